import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeOciLayout } from '../support/oci-image.ts';
import type { OciLayout } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { hasTool, runPodman, runTool } from '../support/registry-tools.ts';
import type { ToolResult } from '../support/registry-tools.ts';
import { registerTestKey } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey } from '../support/test-key.ts';

const files = { 'hello.txt': 'Hello from a real image\n', 'data/bytes.bin': Buffer.alloc(200_000, 7) };

/** With stderr, so that a failing test shows what the program said. */
const success = { code: 0, stderr: expect.not.stringMatching(/level=fatal|^Error/m) as string };

let server: TestServer;
let home: string;
let image: OciLayout;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'keyhold-registry-'));
  image = await writeOciLayout(path.join(home, 'image'), { name: 'v1', files });
  server = await startLocalServer();
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

function credentials(username: string): string {
  return `${username}:${server.user(username).password}`;
}

/** The layout's document of a digest. */
async function pulledBlob(folder: string, digest: string): Promise<string> {
  return readFile(path.join(home, folder, 'blobs', 'sha256', digest.slice('sha256:'.length)), 'utf8');
}

describe.skipIf(!hasTool('skopeo'))('skopeo', () => {
  async function skopeo(...args: string[]): Promise<ToolResult> {
    return runTool(home, 'skopeo', ['--insecure-policy', ...args]);
  }
  async function push(who: string | null, source: string, target: string): Promise<ToolResult> {
    const login = who === null ? ['--dest-no-creds'] : ['--dest-creds', who];
    const where = `docker://${server.host}/${target}`;
    return skopeo('copy', '--all', '--dest-tls-verify=false', ...login, source, where);
  }
  async function pull(who: string | null, source: string, folder: string): Promise<ToolResult> {
    const login = who === null ? ['--src-no-creds'] : ['--src-creds', who];
    const where = `docker://${server.host}/${source}`;
    const target = `oci:${path.join(home, folder)}:pulled`;
    return skopeo('copy', '--all', '--src-tls-verify=false', ...login, where, target);
  }

  it('pushes an image and pulls the same bytes back', async () => {
    expect(await push(credentials('maya'), image.reference, 'acme/web:v1')).toMatchObject(success);
    expect(await pull(credentials('jonas'), 'acme/web:v1', 'back')).toMatchObject(success);
    expect(await pulledBlob('back', image.root.digest)).toBe(await pulledBlob('image', image.root.digest));
    expect(await readdir(path.join(home, 'back/blobs/sha256'))).toEqual(
      await readdir(path.join(home, 'image/blobs/sha256')),
    );
    const client = await RepositoryClient.open(server, 'maya', 'acme/web');
    const head = await client.send('manifests/v1', { method: 'HEAD' });
    expect(head.headers.get('docker-content-digest')).toBe(image.root.digest);
  });

  it('makes a repository with an owner’s first push, and mounts what another one has', async () => {
    expect(await push(credentials('maya'), image.reference, 'acme/copy:v1')).toMatchObject(success);
    const tags = await skopeo(
      'list-tags',
      '--tls-verify=false',
      `--creds=${credentials('maya')}`,
      `docker://${server.host}/acme/copy`,
    );
    expect(JSON.parse(tags.stdout)).toMatchObject({ Tags: ['v1'] });
  });

  it('pushes a multi-architecture index whole', async () => {
    const layout = await writeOciLayout(path.join(home, 'multi'), {
      name: 'all',
      files,
      architectures: ['amd64', 'arm64'],
    });
    expect(await push(credentials('maya'), layout.reference, 'acme/api:all')).toMatchObject(success);
    expect(await pull(credentials('maya'), 'acme/api:all', 'multi-back')).toMatchObject(success);
    expect(await pulledBlob('multi-back', layout.root.digest)).toBe(
      await pulledBlob('multi', layout.root.digest),
    );
    for (const { digest } of layout.manifests) {
      expect(await pulledBlob('multi-back', digest)).toBe(await pulledBlob('multi', digest));
    }
  });

  it('converts to Docker’s image format and back to the same layer', async () => {
    const where = `docker://${server.host}/acme/web:docker`;
    const login = ['--dest-tls-verify=false', '--dest-creds', credentials('maya')];
    expect(await skopeo('copy', '--format', 'v2s2', ...login, image.reference, where)).toMatchObject(success);
    const inspected = await skopeo(
      'inspect',
      '--tls-verify=false',
      '--creds',
      credentials('maya'),
      '--raw',
      where,
    );
    expect(JSON.parse(inspected.stdout)).toMatchObject({
      mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
      layers: [{ digest: image.layer.digest }],
    });
  });

  it('works with an API token as password', async () => {
    const key = await newTestKey();
    await registerTestKey(server, 'maya', key);
    const apiToken = await key.apiToken(server.user('maya').id, server.origin);
    expect(await push(`maya:${apiToken}`, image.reference, 'acme/web:by-key')).toMatchObject(success);
  });

  it('shows a reader why the push is refused', async () => {
    const result = await push(credentials('jonas'), image.reference, 'acme/web:no');
    expect(result.code).not.toBe(0);
    expect(result.stderr).toContain('denied: You may pull from acme/web, not push to it');
  });

  it('shows an outsider no more than that there is nothing', async () => {
    const pushed = await push(credentials('priya'), image.reference, 'acme/web:no');
    expect([pushed.code, pushed.stderr]).toEqual([1, expect.stringContaining('name unknown')]);
    const pulled = await pull(credentials('priya'), 'acme/web:v1', 'outsider');
    expect([pulled.code, pulled.stderr]).toEqual([1, expect.stringContaining('name unknown')]);
  });

  it('shows wrong credentials as such', async () => {
    const result = await push('maya:wrong', image.reference, 'acme/web:no');
    expect([result.code, result.stderr]).toEqual([
      1,
      expect.stringContaining('unauthorized: The user name or the password is wrong.'),
    ]);
  });

  it('pulls a public image without credentials and pushes none', async () => {
    expect(await push(credentials('maya'), image.reference, 'acme/base:v1')).toMatchObject(success);
    expect(await pull(null, 'acme/base:v1', 'anonymous')).toMatchObject(success);
    expect(await pulledBlob('anonymous', image.root.digest)).toContain(image.layer.digest);
    const refused = await push(null, image.reference, 'acme/base:no');
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('unauthorized: Sign in')]);
    const hidden = await pull(null, 'acme/web:v1', 'nothing');
    expect([hidden.code, hidden.stderr]).toEqual([1, expect.stringContaining('unauthorized: Sign in')]);
  });

  it('pushes one new blob from four processes at once', async () => {
    const layout = await writeOciLayout(path.join(home, 'shared'), {
      name: 'x',
      files: { 'shared.bin': Buffer.alloc(3_000_000, 'together') },
    });
    const results = await Promise.all(
      ['a', 'b', 'c', 'd'].map((tag) => push(credentials('maya'), layout.reference, `acme/shared:${tag}`)),
    );
    expect(results.map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    const client = await RepositoryClient.open(server, 'maya', 'acme/shared');
    expect(await (await client.send('tags/list')).json()).toMatchObject({ tags: ['a', 'b', 'c', 'd'] });
  });
});

describe.skipIf(!hasTool('podman'))('podman', () => {
  async function podman(...args: string[]): Promise<ToolResult> {
    return runPodman(home, args);
  }

  it('signs in, pulls, tags, pushes and signs out', async () => {
    const client = await RepositoryClient.open(server, 'maya', 'acme/web');
    const name = `${server.host}/acme/web`;
    const authfile = ['--authfile', path.join(home, 'podman-auth.json')];
    const { password } = server.user('maya');
    expect(
      await podman('login', ...authfile, '--tls-verify=false', '-u', 'maya', '-p', password, server.host),
    ).toMatchObject({ ...success, stdout: 'Login Succeeded!\n' });
    // By a relative path: podman makes a name of it, and names have no capitals.
    expect(await podman('pull', '-q', 'oci:image:v1')).toMatchObject(success);
    const [id = ''] = (await podman('images', '-q')).stdout.split('\n');
    expect(await podman('push', ...authfile, '--tls-verify=false', id, `${name}:podman`)).toMatchObject(
      success,
    );
    expect(await podman('rmi', '-f', id)).toMatchObject(success);
    expect(await podman('pull', '-q', ...authfile, '--tls-verify=false', `${name}:podman`)).toMatchObject(
      success,
    );
    const pushed = await client.send('manifests/podman', { method: 'HEAD' });
    const inspected = await podman('image', 'inspect', '--format', '{{.Digest}}', `${name}:podman`);
    expect(inspected.stdout.trim()).toBe(pushed.headers.get('docker-content-digest'));
    expect(await podman('logout', ...authfile, server.host)).toMatchObject(success);
  });

  it('pushes what it built from scratch without a layer, in both forms, and pulls it back', async () => {
    const { username, password } = server.user('maya');
    const login = ['--tls-verify=false', '--creds', `${username}:${password}`];
    await writeFile(path.join(home, 'Containerfile'), 'FROM scratch\nLABEL made=of-nothing\n');
    const client = await RepositoryClient.open(server, 'maya', 'acme/web');
    for (const format of ['oci', 'docker']) {
      const name = `${server.host}/acme/web:scratch-${format}`;
      expect(await podman('build', '-q', '--format', format, '-t', name, '.')).toMatchObject(success);
      expect(await podman('push', '-q', ...login, name)).toMatchObject(success);
      const pushed = await client.send(`manifests/scratch-${format}`);
      expect(await pushed.json()).toMatchObject({ layers: [] });
      expect(await podman('rmi', '-f', name)).toMatchObject(success);
      expect(await podman('pull', '-q', ...login, name)).toMatchObject(success);
      const inspected = await podman('image', 'inspect', '--format', '{{.Digest}}', name);
      expect(inspected.stdout.trim()).toBe(pushed.headers.get('docker-content-digest'));
    }
  });

  it('is told when the password is wrong', async () => {
    const result = await podman('login', '--tls-verify=false', '-u', 'maya', '-p', 'wrong', server.host);
    expect([result.code, result.stderr]).toEqual([125, expect.stringContaining('invalid username/password')]);
  });
});
