import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { helperHome } from '../support/helper-home.ts';
import type { ClientRun, HelperHome } from '../support/helper-home.ts';
import { writeOciLayout } from '../support/oci-image.ts';
import type { OciLayout } from '../support/oci-image.ts';
import { hasTool, imageStore } from '../support/registry-tools.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';

// Real registry clients that have nothing but the helper to sign in with: what they fetch and push, and what else there
// is to sign in with. client-states.test.ts has each command in each state.

/** Later clients than skopeo 1.9 have words of their own for a refusal without credentials. */
const denied = 'requested access to the resource is denied';
const lockedAdvice = 'Keyhold is locked. Unlock it and run the command again.\n';

let server: TestServer;
let home: HelperHome;
let image: OciLayout;
let maya: string;

beforeAll(async () => {
  server = await startLocalServer();
  home = await helperHome();
  image = await writeOciLayout(inHome('image'), {
    name: 'v1',
    files: { 'hello.txt': 'Hello from a real image\n' },
    architectures: ['amd64', 'arm64'],
  });
  maya = await home.addContext(server, 'maya');
  await home.app.registries.setUp(maya, 'podman');
});
afterAll(async () => {
  await home.dispose();
  await server.stop();
});

function inHome(...names: string[]): string {
  return path.join(home.app.home, ...names);
}

function skopeo(...args: string[]): Promise<ClientRun> {
  return home.run('skopeo', ['--insecure-policy', ...args]);
}
function push(target: string): Promise<ClientRun> {
  return skopeo('copy', '--all', '--dest-tls-verify=false', image.reference, url(target));
}
function pull(source: string, folder: string): Promise<ClientRun> {
  return skopeo('copy', '--all', '--src-tls-verify=false', source, `oci:${inHome(folder)}:v1`);
}
function url(name: string, host = server.host): string {
  return `docker://${host}/${name}`;
}
/** Success with these calls; the rest of the result is shown when a test fails. */
function done(...calls: string[]): Partial<ClientRun> {
  return { code: 0, calls };
}

async function blobs(folder: string): Promise<Map<string, string>> {
  const names = await readdir(inHome(folder, 'blobs/sha256'));
  const read = (name: string) => readFile(inHome(folder, 'blobs/sha256', name), 'base64');
  return new Map(await Promise.all(names.sort().map(async (name) => [name, await read(name)] as const)));
}

describe.skipIf(!hasTool('skopeo'))('with the helper alone', () => {
  beforeAll(async () => {
    expect(await push('acme/web:v1')).toMatchObject(done('get'));
    expect(await push('acme/base:v1')).toMatchObject(done('get'));
  });

  describe('skopeo', () => {
    it('pulls the bytes that it pushed', async () => {
      expect(await pull(url('acme/web:v1'), 'back')).toMatchObject({ ...done('get'), stderr: '' });
      expect(await blobs('back')).toEqual(await blobs('image'));
    });

    it('copies within the registry', async () => {
      const both = ['--all', '--src-tls-verify=false', '--dest-tls-verify=false'];
      const copied = await skopeo('copy', ...both, url('acme/web:v1'), url('acme/web:copy'));
      expect(copied).toMatchObject(done('get', 'get'));
    });

    it('inspects and lists', async () => {
      const inspected = await skopeo('inspect', '--tls-verify=false', url('acme/web:v1'));
      expect(inspected).toMatchObject(done('get', 'get'));
      expect(JSON.parse(inspected.stdout)).toMatchObject({ Digest: image.root.digest });
      const raw = await skopeo('inspect', '--raw', '--tls-verify=false', url('acme/web:v1'));
      expect(raw).toMatchObject(done('get'));
      const tags = await skopeo('list-tags', '--tls-verify=false', url('acme/web'));
      expect(tags).toMatchObject(done('get'));
      expect(JSON.parse(tags.stdout)).toMatchObject({ Tags: expect.arrayContaining(['v1']) as string[] });
    });

    it('is signed in already, and cannot be signed out', async () => {
      const login = await skopeo('login', '--tls-verify=false', server.host);
      expect(login).toMatchObject(done('get'));
      expect(login.stdout).toContain('Existing credentials are valid');
      const logout = await skopeo('logout', server.host);
      expect(logout).toMatchObject({ code: 1, calls: ['get'] });
      expect(logout.stderr).toContain('not logged into');
      expect(await push('acme/web:after-logout')).toMatchObject(done('get'));
    });

    it('asks no more once somebody signed in with a password, until the logout', async () => {
      const password = ['-u', 'maya', '-p', server.user('maya').password];
      expect(await skopeo('login', '--tls-verify=false', ...password, server.host)).toMatchObject(
        done('get'),
      );
      expect(await pull(url('acme/web:v1'), 'shadowed')).toMatchObject(done());
      expect(await skopeo('logout', server.host)).toMatchObject(done());
      expect(await pull(url('acme/web:v1'), 'again')).toMatchObject(done('get'));
    });
  });

  describe.skipIf(!hasTool('podman'))('podman', () => {
    const podman = (...args: string[]): Promise<ClientRun> =>
      home.run('podman', [...imageStore(home.app.home), ...args]);
    const insecure = '--tls-verify=false';

    it('pulls, makes a container and pushes', async () => {
      const name = `${server.host}/acme/web`;
      expect(await podman('pull', '-q', insecure, `${name}:v1`)).toMatchObject(done('get'));
      expect(await podman('create', insecure, `${name}:v1`, 'hello')).toMatchObject(done());
      expect(await podman('push', insecure, `${name}:v1`, `${name}:podman`)).toMatchObject(done('get'));
    });

    it('is signed in already, and keeps to the helper when it signs in and out of its file', async () => {
      const { authFile } = home.app;
      const login = await podman('login', insecure, server.host);
      expect(login).toMatchObject(done('get'));
      expect(login.stdout).toContain('Existing credentials are valid');
      const password = ['-u', 'maya', '-p', server.user('maya').password];
      const inFile = ['--authfile', authFile, server.host];
      const again = await podman('login', insecure, ...password, ...inFile);
      expect(again).toMatchObject(done('get', 'store'));
      expect(again.stderr).toContain('Keyhold did not keep this password');
      expect(await podman('logout', ...inFile)).toMatchObject(done('erase'));
      expect(JSON.parse(await readFile(authFile, 'utf8'))).toEqual({
        auths: {},
        credHelpers: { [server.host]: 'keyhold' },
      });
      expect(await push('acme/web:after-podman-logout')).toMatchObject(done('get'));
    });
  });

  it('skopeo asks by Docker’s entry too, where its own file names nobody', async () => {
    await home.app.registries.setUp(maya, 'docker');
    await home.app.registries.undo(maya, 'podman');
    const pulled = await pull(url('acme/web:v1'), 'by-docker');
    await home.app.registries.setUp(maya, 'podman');
    expect(await home.app.registries.undo(maya, 'docker')).toEqual({ restored: 'exact' });
    expect(pulled).toMatchObject(done('get'));
  });

  it('a host that is not set up is no matter of the helper', async () => {
    const other = server.host.replace('127.0.0.1', 'localhost');
    expect(await pull(url('acme/base:v1', other), 'other')).toMatchObject({ ...done(), stderr: '' });
  });

  describe('while the vault is locked', () => {
    beforeAll(() => {
      home.app.parts.vault.lock();
    });
    afterAll(async () => {
      await home.app.parts.unlock();
    });

    it('public images are pulled, and the user hears why nothing else is', async () => {
      const pulled = await pull(url('acme/base:v1'), 'public');
      expect(pulled).toMatchObject({ ...done('get'), stderr: lockedAdvice });
    });

    it('the registry refuses the rest', async () => {
      const pulled = await pull(url('acme/web:v1'), 'private');
      expect(pulled).toMatchObject({ code: 1, calls: ['get'] });
      expect(pulled.stderr).toMatch(
        new RegExp(`^${lockedAdvice}.*(unauthorized: Sign in to pull from acme/web|${denied})`),
      );
      const pushed = await push('acme/base:no');
      expect(pushed).toMatchObject({ code: 1, calls: ['get'] });
      expect(pushed.stderr).toMatch(new RegExp(`^${lockedAdvice}.*(unauthorized: Sign in|${denied})`));
    });
  });

  it('while the app does not run, public images are pulled all the same', async () => {
    await home.agent.stop();
    const pulled = await pull(url('acme/base:v1'), 'no-app');
    await home.agent.start();
    expect(pulled).toMatchObject(done('get'));
    expect(pulled.stderr).toMatch(/^Keyhold is not running, .+\n$/);
  });

  it('a user without rights is refused', async () => {
    const priya = await home.addContext(server, 'priya');
    home.app.parts.contexts.useAccount(priya);
    const answers = [await push('acme/web:no'), await pull(url('acme/web:v1'), 'outsider')];
    home.app.parts.contexts.useAccount(maya);
    for (const { code, calls, stderr } of answers) {
      expect([code, calls]).toEqual([1, ['get']]);
      expect(stderr).toContain('name unknown');
    }
  });

  it('nothing is asked any more once the set-up is undone', async () => {
    await home.app.registries.undo(maya, 'podman');
    const pulled = await pull(url('acme/web:v1'), 'undone');
    expect(pulled).toMatchObject({ code: 1, calls: [] });
    await home.app.registries.setUp(maya, 'podman');
    expect(await pull(url('acme/web:v1'), 'set-up-again')).toMatchObject(done('get'));
  });
});
