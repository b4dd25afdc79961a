import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { keysPath, publicKeyListSchema } from '../../contracts/server-api/keys.ts';
import { freePort, Gateway } from '../support/gateway.ts';
import { writeOciLayout } from '../support/oci-image.ts';
import { skopeoInspect, skopeoPull, skopeoPush } from '../support/registry-commands.ts';
import { hasTool } from '../support/registry-tools.ts';
import { call, signIn } from '../support/server-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { expect, passphrase, test, type SignedIn } from './fixtures.ts';
import { askHelper } from './helper.ts';
import type { Home } from './launch.ts';
import { RegistrationPage } from './pages/add-context.ts';
import { KeysPage } from './pages/keys.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { registerOverApi, registrationToken, signInByCalls } from './sign-in.ts';

async function keysOf(server: TestServer): Promise<string[]> {
  const { body } = await call(server, keysPath, { token: await signIn(server, 'maya') });
  return publicKeyListSchema.parse(body).keys.map(({ kid }) => kid);
}

/** Unlocked, with a context whose key is registered and whose registry Podman is set up for. */
async function signedIn(app: SignedIn, server: TestServer): Promise<KeysPage> {
  mkdirSync(dirname(app.home.podmanAuthFile), { recursive: true });
  await signInByCalls(app, server, 'maya', { setUpPodman: true });
  const keys = new KeysPage(app.window);
  await keys.open();
  return keys;
}

/** Whether the server accepts what the helper gives Podman now. */
async function helperSignsIn(home: Home, server: Pick<TestServer, 'host' | 'origin'>): Promise<boolean> {
  const { credential } = askHelper(home, server.host);
  const response = await fetch(`${server.origin}/v1/whoami`, {
    headers: { authorization: `Bearer ${credential?.secret ?? ''}` },
  });
  return response.status === 200;
}

test.describe('with skopeo', () => {
  test.skip(!hasTool('skopeo'), 'skopeo is not installed');

  test('a key is rotated in one click, and skopeo signs in before and after', async ({
    unlocked: app,
    server,
  }) => {
    const { home } = app;
    const keys = await signedIn(app, server);
    const before = await keysOf(server);
    const image = `${server.host}/acme/web:rotated`;
    const layout = await writeOciLayout(join(home.folder, 'image'), { files: { motd: 'before\n' } });
    expect(await skopeoPush(home, layout.reference, image)).toMatchObject({ code: 0 });

    await keys.rotate();
    await keys.whenRotated();
    await expect(keys.rows).toHaveCount(2);
    await expect(keys.rows.nth(0)).toContainText('Signs');
    await expect(keys.rows.nth(1)).toContainText('Revoked');
    const after = await keysOf(server);
    expect(after).toHaveLength(before.length);
    expect(after).not.toEqual(before);

    expect(await skopeoInspect(home, image)).toMatchObject({ code: 0 });
    expect(await skopeoPull(home, image, 'back')).toMatchObject({ code: 0, digest: layout.root.digest });
  });
});

test.describe('while the service comes and goes', () => {
  let gateway: Gateway;
  let port: number;
  let backend: TestServer;
  /** The service as the app knows it: the gateway's address, the users of the server behind it. */
  let service: TestServer;

  /** Starts the server behind the gateway's address, on its data of before. */
  async function startBackend(home: Home): Promise<void> {
    const data = join(home.folder, 'server');
    const args = ['--data', data, '--origin', gateway.origin, '--port', String(port)];
    backend = await startTestServer({ args });
    gateway.target = `http://127.0.0.1:${String(port)}`;
    service = { ...backend, origin: gateway.origin, host: new URL(gateway.origin).host };
  }

  test.beforeEach(async ({ unlocked: { home } }) => {
    gateway = await Gateway.open();
    port = await freePort();
    await startBackend(home);
  });
  test.afterEach(async () => {
    await gateway.close();
    await backend.stop();
  });

  // Each step at which it can break off is stopped at in test/contract/rotation.test.ts.
  test('a server that stops once it has registered the new key leaves a key that works, also over a restart', async ({
    unlocked: app,
    restart,
  }) => {
    const { home } = app;
    const keys = await signedIn(app, service);
    gateway.onAnswer = async (request) => {
      if (!request.startsWith('POST /v1/keys/rotate')) return true;
      gateway.target = null;
      await backend.stop();
      return false;
    };
    await keys.rotate();
    await expect(keys.standing).toHaveText('The rotation stands at step 2');
    gateway.onAnswer = () => true;

    await startBackend(home);
    const again = await restart();
    await new VaultScreens(again.window).unlock(passphrase);
    expect(await helperSignsIn(home, service), 'a key works before the rotation goes on').toBe(true);
    await again.window.getByRole('button', { name: 'Open Keys' }).click();
    const continued = new KeysPage(again.window);
    await expect(continued.standing).toHaveText('The rotation is not finished');
    await continued.goOn();
    await continued.whenRotated();
    expect(await helperSignsIn(home, service), 'and after it').toBe(true);
    expect(await keysOf(service)).toHaveLength(1);
  });
});

test('a second key takes over once it is registered; the first is revoked from its sheet', async ({
  unlocked: app,
  server,
}) => {
  const { home } = app;
  const keys = await signedIn(app, server);
  await app.window.getByRole('button', { name: 'New key' }).click();
  await app.window.getByLabel('Key label').fill('Second');
  await app.window.getByRole('button', { name: 'Make key' }).click();
  const registration = new RegistrationPage(app.window);
  await registration.whenWaiting();
  await registerOverApi(server, 'maya', await registrationToken(app));
  await registration.whenRegistered();
  await keys.open();
  await expect(keys.rows.nth(0)).toContainText('Second');
  await expect(keys.rows.nth(0)).toContainText('Signs');
  await expect(keys.rows.nth(1)).toContainText('Registered');

  const before = await keysOf(server);
  const sheet = await keys.openSheet(keys.rows.nth(1));
  await sheet.getByRole('button', { name: 'Revoke key…' }).click();
  await app.window.getByRole('button', { name: 'Revoke key', exact: true }).click();
  await expect(keys.rows.nth(1)).toContainText('Revoked');
  expect(await keysOf(server)).toHaveLength(before.length - 1);
  expect(await helperSignsIn(home, server)).toBe(true);
});
