import path from 'node:path';
import { perClient } from '../../contracts/domain/registry-client.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { PasswordSignIn } from '../../main/core/signin/password/password-sign-in.ts';
import { helperHome } from '../support/helper-home.ts';
import type { HelperHome } from '../support/helper-home.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { writeOciLayout } from '../support/oci-image.ts';
import { hasTool, imageStore } from '../support/registry-tools.ts';
import { filesHolding } from '../support/search-bytes.ts';

// Real registry clients of a context that is signed in with a password: what they are given is its user name and a
// fresh access token.

let server: LocalServer;
let home: HelperHome;
let image: { reference: string };
let password: string;

beforeAll(async () => {
  server = await startLocalServer();
  home = await helperHome();
  image = await writeOciLayout(path.join(home.app.home, 'image'), {
    name: 'v1',
    files: { 'hello.txt': 'Hello from a real image\n' },
    architectures: ['amd64'],
  });
  ({ password } = server.user('maya'));
  const { parts } = home.app;
  const signIns = new PasswordSignIn({
    ...{ ...parts, http: fetchHttpClient(fetch), clock: systemClock },
    logger: fileLogger(home.app.home, 'info'),
    onSignedIn: async ({ id }) => {
      await home.app.registries.setUp(id, 'podman');
      return perClient(() => 'done' as const);
    },
  });
  const chosen = { name: 'Work', address: server.host, setUpPodman: true, setUpDocker: false };
  const target = { kind: 'new', ...chosen } as const;
  await signIns.signIn({ target, username: 'maya', password, newPassword: null });
});
afterAll(async () => {
  await home.dispose();
  await server.stop();
});

const target = (tag: string): string => `docker://${server.host}/acme/web:${tag}`;

describe('with the helper alone, signed in with a password', () => {
  it.skipIf(!hasTool('skopeo'))('skopeo pushes and pulls', async () => {
    const copy = (...args: string[]) => home.run('skopeo', ['--insecure-policy', 'copy', ...args]);
    expect(await copy('--dest-tls-verify=false', image.reference, target('v1'))).toMatchObject({
      code: 0,
      calls: ['get'],
    });
    const folder = `oci:${path.join(home.app.home, 'back')}:v1`;
    expect(await copy('--src-tls-verify=false', target('v1'), folder)).toMatchObject({
      code: 0,
      calls: ['get'],
    });
  });

  it.skipIf(!hasTool('podman'))('podman pulls and pushes, again after a lock', async () => {
    const podman = (...args: string[]) => home.run('podman', [...imageStore(home.app.home), ...args]);
    const name = `${server.host}/acme/web`;
    expect(await podman('pull', '-q', '--tls-verify=false', `${name}:v1`)).toMatchObject({
      code: 0,
      calls: ['get'],
    });
    home.app.parts.vault.lock();
    await home.app.parts.unlock();
    const pushed = await podman('push', '--tls-verify=false', `${name}:v1`, `${name}:podman`);
    expect(pushed).toMatchObject({ code: 0, calls: ['get'] });
  });

  it('the password is in no file of theirs or of the app', () => {
    const needles = new Map([['the password', Buffer.from(password)]]);
    expect(filesHolding(home.app.home, needles)).toEqual([]);
    expect(filesHolding(home.app.parts.folder, needles)).toEqual([]);
  });
});
