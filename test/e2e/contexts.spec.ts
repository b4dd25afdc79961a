import { existsSync } from 'node:fs';
import { keysPath, publicKeyListSchema } from '../../contracts/server-api/keys.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { askHelper } from './helper.ts';
import type { RunningApp } from './launch.ts';
import { RegistrationPage } from './pages/add-context.ts';
import { ContextPages } from './pages/contexts.ts';
import { RegistriesPage } from './pages/registries.ts';
import { ShellPage } from './pages/shell.ts';
import { TokensPage } from './pages/tokens.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { registerOverApi, registrationToken, signInByCalls } from './sign-in.ts';

/** A second service beside the fixture's; the last test stops it. */
let staging: TestServer;

test.beforeAll(async () => {
  staging = await startTestServer();
});
test.afterAll(async () => {
  await staging.stop();
});

/** Two contexts of two services, Podman set up for both; Staging is the current one. */
async function sideBySide(app: RunningApp, production: TestServer): Promise<void> {
  await signInByCalls(app, production, 'maya', { name: 'Production', setUpPodman: true });
  await signInByCalls(app, staging, 'maya', { name: 'Staging', setUpPodman: true });
  await expect(new ShellPage(app.window).switcher).toContainText('Staging');
}

async function keysOf(server: TestServer, username: string): Promise<string[]> {
  const { body } = await call(server, keysPath, { token: await signIn(server, username) });
  return publicKeyListSchema.parse(body).keys.map(({ kid }) => kid);
}

async function mintHere(app: RunningApp): Promise<string> {
  await new ShellPage(app.window).open('Tokens');
  const tokens = new TokensPage(app.window);
  await tokens.mint('15 min');
  return tokens.reveal();
}

test('production and staging live side by side: looks, switching, tokens, helper', async ({
  unlocked: app,
  server,
}) => {
  const { home } = app;
  const shell = new ShellPage(app.window);
  const contexts = new ContextPages(app.window);
  await sideBySide(app, server);
  await shell.open('Status');
  await contexts.edit({ label: 'staging', colour: 'Blue' });
  await shell.chooseByKeyboard(0);
  await expect(shell.switcher).toContainText('Production');
  await contexts.edit({ name: 'Live', label: 'prod', colour: 'Red' });
  await expect(shell.switcher).toContainText('Live');
  await expect(shell.switcher).toContainText('prod');

  const live = await mintHere(app);
  expect((await call(server, '/v1/whoami', { token: live })).status).toBe(200);
  expect(errorCode(await call(staging, '/v1/whoami', { token: live }))).toBe('key_not_registered');
  await shell.chooseByKeyboard(1);
  await expect(shell.switcher).toContainText('staging');
  const tried = await mintHere(app);
  expect((await call(staging, '/v1/whoami', { token: tried })).status).toBe(200);

  // Whichever is current, each host is answered for by its own.
  for (const at of [server, staging]) {
    const { credential } = askHelper(home, at.host);
    expect(credential?.username).toBe(at.user('maya').id);
    expect((await call(at, '/v1/whoami', { token: credential?.secret ?? '' })).status).toBe(200);
  }

  await shell.lock();
  await new VaultScreens(app.window).unlock(passphrase);
  await shell.switcher.click();
  await expect(shell.option()).toHaveCount(2);
  const names = await shell.option().allInnerTexts();
  expect(names.map((text) => text.split('\n').slice(0, 3))).toEqual([
    ['L', 'Live', 'prod'],
    ['S', 'Staging', 'staging'],
  ]);
});

test('two accounts on one registry: the chosen one answers whichever is looked at, and nobody in its place', async ({
  unlocked: app,
  server,
}) => {
  const { home } = app;
  const shell = new ShellPage(app.window);
  const registries = new RegistriesPage(app.window);
  await signInByCalls(app, server, 'maya', { name: 'Maya', setUpPodman: true });
  await signInByCalls(app, server, 'priya', { name: 'Priya' });
  const [maya, priya] = [server.user('maya').id, server.user('priya').id];
  await shell.open('Registries');
  await expect(registries.row(priya)).toContainText('Maya answers for this host');
  await expect(registries.row(maya)).not.toContainText('answers for this host');
  await expect(shell.switcher, 'Priya is looked at').toContainText('Priya');
  expect(askHelper(home, server.host).credential?.username).toBe(maya);
  await shell.open('Status');
  await expect(app.window.getByText('As Maya')).toBeVisible();
  await app.window.getByRole('button', { name: /^Use this account: Priya/ }).click();
  await expect(app.window.getByText('With this account')).toBeVisible();
  expect(askHelper(home, server.host).credential?.username).toBe(priya);

  await shell.open('Registries');
  await registries
    .row(maya)
    .getByRole('button', { name: /^Use this account/ })
    .click();
  await expect(registries.row(priya)).toContainText('Maya answers for this host');
  const { credential } = askHelper(home, server.host);
  expect(credential?.username).toBe(maya);
  expect(await call(server, '/v1/whoami', { token: credential?.secret ?? '' })).toMatchObject({
    body: { user: { id: maya } },
  });

  // Signing out of the one leaves the registry set up, and to nobody until the other is chosen.
  await app.window.evaluate(async () => {
    const contexts = await window.keyhold.contexts.list();
    const id = contexts.ok ? contexts.value.find(({ name }) => name === 'Maya')?.id : undefined;
    await window.keyhold.contexts.setCurrent({ contextId: id ?? '' });
  });
  await expect(shell.switcher).toContainText('Maya');
  await shell.open('Status');
  const contexts = new ContextPages(app.window);
  await contexts.signOut();
  await expect(contexts.reportOf('Maya')).toContainText(
    `Podman stays set up for your other account on ${server.host}. If this one answered there, nothing does until you choose it under Registries.`,
  );
  const refused = askHelper(home, server.host);
  expect(refused.credential).toBeNull();
  expect(refused.hint).toContain(`“Maya”, the account for ${server.host}, is signed out.`);
});

test('signing out revokes and deletes the key, undoes the helper, and can be followed by signing in', async ({
  unlocked: app,
}) => {
  const { home } = app;
  const contexts = new ContextPages(app.window);
  const shell = new ShellPage(app.window);
  const others = await keysOf(staging, 'maya');
  await signInByCalls(app, staging, 'maya', { name: 'Staging', setUpPodman: true });
  const { credential } = askHelper(home, staging.host);
  const kid = (await keysOf(staging, 'maya')).find((each) => !others.includes(each));
  expect(existsSync(home.podmanAuthFile)).toBe(true);

  await shell.open('Status');
  await contexts.signOut();
  const report = contexts.reportOf('Staging');
  await expect(report).toContainText(/Key “This computer” \(SHA256:.*\) revoked by/);
  await expect(report).toContainText('Private key deleted from this computer.');
  await expect(report).toContainText(`Podman no longer asks Keyhold for ${staging.host}.`);
  await expect(contexts.report).toContainText('Nothing is left to do.');
  expect(await keysOf(staging, 'maya')).not.toContain(kid);
  expect(errorCode(await call(staging, '/v1/whoami', { token: credential?.secret ?? '' }))).toBe(
    'key_revoked',
  );
  expect(existsSync(home.podmanAuthFile), 'the file that Keyhold made is gone').toBe(false);
  const refused = askHelper(home, staging.host);
  expect(refused.credential).toBeNull();
  expect(refused.hint).toContain(`“Staging”, the account for ${staging.host}, is signed out.`);

  await contexts.closeReport();
  await expect(app.window.getByRole('heading', { name: 'You are signed out' })).toBeVisible();
  await contexts.signInAgain();
  const registration = new RegistrationPage(app.window);
  await registration.whenWaiting();
  await registerOverApi(staging, 'maya', await registrationToken(app));
  await registration.checkNow();
  await registration.whenRegistered();
  const again = askHelper(home, staging.host).credential;
  expect((await call(staging, '/v1/whoami', { token: again?.secret ?? '' })).status).toBe(200);
  expect(await keysOf(staging, 'maya')).toHaveLength(others.length + 1);
});

test('signing out of all says what could not be revoked, and opens the dashboard for it', async ({
  unlocked: app,
  server,
}) => {
  const { home } = app;
  const shell = new ShellPage(app.window);
  const contexts = new ContextPages(app.window);
  await sideBySide(app, server);
  const before = await keysOf(server, 'maya');
  await staging.stop();

  await shell.contextMenu('Sign out of all…');
  await contexts.confirmSignOutOfAll();
  await expect(contexts.report).toContainText('Signed out, with something left to do');
  await expect(contexts.reportOf('Production')).toContainText('revoked by');
  const lost = contexts.reportOf('Staging');
  await expect(lost).toContainText('could not be reached. Revoke it on the dashboard');
  await expect(lost).toContainText('Private key deleted from this computer.');
  await lost.getByRole('button', { name: /^Open dashboard/ }).click();
  await expect.poll(() => home.openedLinks().at(-1)).toBe(`${staging.origin}/dashboard/keys`);
  expect((await keysOf(server, 'maya')).length).toBe(before.length - 1);
  expect(existsSync(home.podmanAuthFile)).toBe(false);

  await contexts.closeReport();
  await shell.open('Activity');
  await expect(app.window.getByText('key not revoked: service not reached')).toBeVisible();
  for (const host of [server.host, staging.host]) expect(askHelper(home, host).credential).toBeNull();
});
