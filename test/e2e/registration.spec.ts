import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { startTestServer } from '../support/server.ts';
import { clipboardText } from './clipboard.ts';
import { expect, passphrase, test } from './fixtures.ts';
import type { RunningApp } from './launch.ts';
import { AddContextPage, RegistrationPage } from './pages/add-context.ts';
import { DashboardPage } from './pages/dashboard.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { registerOverApi, registrationToken } from './sign-in.ts';

test('a key is registered by pasting its token on the dashboard, and Podman’s set-up can be undone', async ({
  unlocked: app,
  server,
  browserWindow,
}) => {
  const { home, window } = app;
  const user = server.user('maya');
  const addContext = new AddContextPage(window);
  await addContext.add({ address: server.origin, userId: user.id, name: 'acme', setUpPodman: true });
  const registration = new RegistrationPage(window);

  await test.step('the card says what the token says, and renewing makes another one', async () => {
    await expect(registration.timeLeft).toHaveText(/^expires in (10:00|9:\d\d)$/);
    await registration.openClaims();
    const first = decodeJwt(await registration.revealToken());
    await expect(registration.claim('For (aud)')).toHaveText(server.origin);
    await expect(registration.claim('User (sub)')).toHaveText(user.id);
    await expect(registration.claim('Token id (jti)')).toHaveText(String(first.jti));
    expect(first).toMatchObject({ iss: user.id, sub: user.id, aud: server.origin });
    await registration.renew();
    await expect(registration.claim('Token id (jti)')).not.toHaveText(String(first.jti));
    await expect(registration.claim('Token id (jti)')).toHaveText(/^[0-9a-f-]{36}$/);
  });

  const token = await registrationToken(app);
  await test.step('copying and opening the dashboard reach the system', async () => {
    await registration.copyToken();
    await expect.poll(() => clipboardText(app)).toBe(token);
    await registration.openDashboard();
    await expect.poll(() => home.openedLinks().at(-1)).toBe(`${server.origin}/dashboard/keys`);
  });

  await test.step('pasted in a real browser, the token registers this key', async () => {
    const tab = await browserWindow.newPage();
    const dashboard = new DashboardPage(tab, server.origin);
    await dashboard.signIn(user);
    expect(await dashboard.userId()).toBe(user.id);
    await dashboard.typeToken('not a token');
    expect(await dashboard.register()).toBe('This token cannot be used');
    await registration.checkNow();
    await registration.whenWaiting();
    await dashboard.typeToken('');
    await tab.bringToFront();
    await dashboard.pasteToken();
    expect(await dashboard.register()).toBe('“This computer” is registered');
    await tab.close();
  });

  await registration.whenRegistered();
  await expect(window.getByRole('heading', { name: 'Podman is set up' })).toBeVisible();
  await window.getByRole('button', { name: 'Undo Podman’s set-up' }).click();
  await expect(window.getByRole('heading', { name: 'Podman’s set-up was undone' })).toBeVisible();

  await window.getByRole('button', { name: 'Show status' }).click();
  await expect(window.getByRole('heading', { name: 'Signed in as Maya Chen' })).toBeVisible();
  await expect(window.getByRole('definition').filter({ hasText: user.id })).toBeVisible();
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'Ed25519', typ: 'registration+jwt' });
});

test('while the service is away the app says so and goes on by itself, also after it was closed', async ({
  unlocked: app,
  restart,
}) => {
  const data = mkdtempSync(join(tmpdir(), 'kh-server-'));
  const first = await startTestServer({ args: ['--data', data] });
  const { id } = first.user('maya');
  const context = { address: first.origin, userId: id, name: 'away', setUpPodman: false };
  await new AddContextPage(app.window).add(context);
  const registration = new RegistrationPage(app.window);
  const token = await registrationToken(app);
  await first.stop();
  await registration.whenOffline();

  const again = await startTestServer({ args: ['--data', data, '--port', new URL(first.origin).port] });
  expect(again.origin).toBe(first.origin);
  await registration.whenWaiting();

  const next = await restart();
  await new VaultScreens(next.window).unlock(passphrase);
  const goesOn = new RegistrationPage(next.window);
  await goesOn.whenWaiting();
  await registerOverApi(again, 'maya', token);
  await goesOn.whenRegistered();
  await again.stop();
  rmSync(data, { recursive: true });
});

test.describe('an address that cannot be used', () => {
  let stranger: Server;
  let closed: string;
  test.beforeAll(async () => {
    const start = async (): Promise<Server> =>
      new Promise((resolve) => {
        const server = createServer((_request, response) => response.end('<h1>It works</h1>'));
        server.listen(0, '127.0.0.1', () => {
          resolve(server);
        });
      });
    stranger = await start();
    const gone = await start();
    closed = addressOf(gone);
    await new Promise((resolve) => gone.close(resolve));
  });
  test.afterAll(() => stranger.close());

  test('is refused with what to do', async ({ maya }) => {
    const page = new AddContextPage(maya.window);
    await page.open();
    const cases = [
      [addressOf(stranger), 'No Keyhold service answers there', 'Check the address with whoever runs it'],
      [closed, 'The service cannot be reached', 'Check the address, your network and your VPN'],
      ['http://registry.example.com', 'That address is not encrypted', 'Use https'],
      ['me@registry.example.com', 'That is not an address Keyhold can use', 'Enter a host'],
    ] as const;
    for (const [address, title, advice] of cases) {
      await page.find(address);
      await expect(page.problem).toContainText(title);
      await expect(page.problem).toContainText(advice);
      await expect(page.address).toBeFocused();
      await expect(page.address).toHaveValue(address);
    }
  });
});

test('waiting can be stopped and taken up again, and a pending context removed', async ({ maya, server }) => {
  const shell = new ShellPage(maya.window);
  const context = { userId: server.user('jonas').id, name: 'Second', setUpPodman: false };
  await new AddContextPage(maya.window).add({ address: server.origin, ...context });
  const registration = new RegistrationPage(maya.window);
  await registration.stopWaiting();
  await expect(maya.window.getByText('Not waiting.')).toBeVisible();
  await registration.waitAgain();
  await registration.whenWaiting();
  await registration.removeContext();
  await expect(shell.switcher).toContainText('maya');
  expect(await contextNames(maya)).toEqual(['maya']);
});

function addressOf(server: Server): string {
  return `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
}

async function contextNames({ window: page }: RunningApp): Promise<string[]> {
  const answer = await page.evaluate(() => window.keyhold.contexts.list());
  return answer.ok ? answer.value.map(({ name }) => name) : [];
}
