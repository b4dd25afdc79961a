import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesHolding } from '../support/search-bytes.ts';
import { nativeClient, startOidcProvider, type TestProvider } from '../support/oidc-provider.ts';
import { startTestServer, type TestServer } from '../support/server.ts';
import { expect, test, type SignedIn } from './fixtures.ts';
import { AddContextPage } from './pages/add-context.ts';
import { ProviderPage } from './pages/provider.ts';
import { RemoteKeysPage } from './pages/remote-keys.ts';
import { ShellPage } from './pages/shell.ts';

const audience = 'https://keeper.acme.example';
const email = 'ada@acme.example';
const rules = ['tkeeper.compliance.inventory', 'tkeeper.key.*.sign', '-tkeeper.key.custody-*.sign'];

/** The demo's server, whose keeper takes JWTs of the provider, and whose people sign in by other means as well. */
function startKeeper({ home }: SignedIn, { issuer }: TestProvider): Promise<TestServer> {
  const oidc = {
    'client-id': nativeClient,
    'discovery-url': `${issuer}/.well-known/openid-configuration`,
    'callback-url': 'http://127.0.0.1:8970/ui/oidc/callback',
  };
  const jwt = { 'jwks-location': `${issuer}/jwks`, audience, issuer, oidc };
  const config = join(home.folder, 'keeper.json');
  writeFileSync(config, JSON.stringify({ keeper: { auth: { type: 'jwt', jwt } } }));
  return startTestServer({ args: ['--config', config] });
}

test('at the provider of a keeper a browser signs in, the keys are used by the rules of its token, and again once signed out', async ({
  unlocked: app,
  browserWindow,
}) => {
  const { window, home } = app;
  const permissions = [...rules];
  const provider = await startOidcProvider({
    ...{ id: 'corp', name: 'Corp', accounts: [{ sub: 'auth0|ada', email }] },
    native: { audience, isJwt: true, permissions },
  });
  const server = await startKeeper(app, provider);
  const providerHost = new URL(provider.issuer).host;
  const openProvider = (): Promise<void> =>
    window.getByRole('button', { name: `Open ${providerHost}` }).click();
  const context = await browserWindow.newContext();
  /** Whoever the app sent to the provider signs in there. */
  const signInAtProvider = async (before: number): Promise<void> => {
    await expect.poll(() => home.openedLinks().length).toBeGreaterThan(before);
    const address = new URL(home.openedLinks().at(-1) ?? '');
    expect(address.origin).toBe(provider.issuer);
    expect(address.searchParams.get('code_challenge_method')).toBe('S256');
    const tab = await context.newPage();
    await tab.goto(address.href);
    await new ProviderPage(tab).signInAs(email);
    await expect(tab.getByText('You can close this window')).toBeVisible();
    const code = Buffer.from(new URL(tab.url()).searchParams.get('code') ?? 'none');
    expect(filesHolding(home.dataFolder, new Map([['the code', code]]))).toEqual([]);
    await tab.close();
  };
  try {
    const add = new AddContextPage(window);
    const keys = new RemoteKeysPage(window);
    const shell = new ShellPage(window);

    await test.step('the provider is named before anybody is sent there, and asked no sooner', async () => {
      await add.open();
      provider.requests.length = 0;
      await add.find(server.origin);
      await window.getByRole('radio', { name: `At ${providerHost}` }).check();
      await window.getByLabel('Context name').fill('Keeper');
      expect(provider.requests).toEqual([]);
      const before = home.openedLinks().length;
      await openProvider();
      expect(home.openedLinks()).toHaveLength(before);
      await window.getByRole('checkbox', { name: /belong together$/ }).check();
      await openProvider();
      await expect(window.getByText('Waiting for your answer in the browser.')).toBeVisible();
      await signInAtProvider(before);
      await expect(window.getByText('You are signed in as auth0|ada')).toBeVisible();
      expect(filesHolding(home.dataFolder, new Map([['a JWT', Buffer.from('eyJ')]]))).toEqual([]);
    });

    await test.step('the keys are listed, and each can be used as the rules say', async () => {
      await window.getByRole('button', { name: 'Show status' }).click();
      await shell.open('Remote keys');
      await expect(keys.table.getByRole('row')).toHaveCount(7);
      await keys.open('custody-btc-prod');
      await expect(keys.dialog.getByText(/^Your rules do not allow/)).toContainText(
        'tkeeper.key.custody-btc-prod.sign',
      );
      await window.keyboard.press('Escape');
      await keys.open('release-signing');
      expect(await keys.sign('release 4.2')).toMatch(/^[\w+/]{20,}={0,2}$/);
      await window.keyboard.press('Escape');
    });

    await test.step('signed out, it is offered the provider again and nothing else; another token has other rules', async () => {
      permissions.splice(0, 1);
      await shell.open('Status');
      await window.getByRole('button', { name: 'Sign out…' }).click();
      await window.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
      await window.getByRole('button', { name: 'Done' }).click();
      await window.getByRole('button', { name: 'Sign in…' }).click();
      await window.getByRole('radio', { name: `At ${providerHost}` }).check();
      await context.clearCookies();
      const before = home.openedLinks().length;
      await openProvider();
      await signInAtProvider(before);
      await window.getByRole('button', { name: 'Show status' }).click();
      await shell.open('Remote keys');
      await expect(window.getByText(/tkeeper\.compliance\.inventory/).first()).toBeVisible();
      await expect(keys.table).toBeHidden();
    });
  } finally {
    await context.close();
    await Promise.all([server.stop(), provider.stop()]);
  }
});
