import { decodeJwt } from 'jose';
import { limits } from '../../contracts/domain/limits.ts';
import { call } from '../support/server-client.ts';
import { clipboardText, copyElsewhere } from './clipboard.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { ShellPage } from './pages/shell.ts';
import { TokensPage } from './pages/tokens.ts';
import { VaultScreens } from './pages/vault-screens.ts';

/** How far `iat` lies back: a token's whole life is that much longer than what is left of it. */
const backdate = 30;

test.beforeEach(async ({ maya }) => {
  await new ShellPage(maya.window).open('Tokens');
});

test('a minted token says what the page says, works, and is shown once', async ({ maya, server }) => {
  const tokens = new TokensPage(maya.window);
  const user = server.user('maya');
  await tokens.mint('15 min');
  await expect(tokens.card).toContainText(/Expires in 1[45]:\d\d/);
  const text = await tokens.reveal();
  const claims = decodeJwt(text);
  expect(claims).toMatchObject({ iss: user.id, sub: user.id, aud: server.origin });
  expect(Number(claims.exp) - Number(claims.iat)).toBe(15 * 60 + backdate);
  await expect(tokens.claim('User (sub)')).toHaveText(user.id);
  await expect(tokens.claim('Token id (jti)')).toHaveText(String(claims.jti));
  await expect(tokens.claim('Expires (exp)')).toHaveText(shownTime(claims.exp));

  const whoami = await call(server, '/v1/whoami', { token: text });
  expect(whoami.status).toBe(200);
  expect(whoami.body).toMatchObject({ user: { id: user.id } });
  const tampered = `${text.slice(0, -6)}AAAAAA`;
  expect((await call(server, '/v1/whoami', { token: tampered })).status).toBe(401);

  await maya.window.getByRole('button', { name: 'Hide token' }).click();
  await expect(tokens.shown).toHaveCount(0);
  await expect(maya.window.getByText('It was shown once')).toBeVisible();
  await expect(maya.window.getByRole('button', { name: 'Reveal token' })).toHaveCount(0);
});

test('a life of one’s own is taken up to the service’s limit', async ({ maya }) => {
  const tokens = new TokensPage(maya.window);
  await tokens.mintFor('25h');
  await expect(tokens.otherLife).toHaveAttribute('aria-invalid', 'true');
  await expect(maya.window.getByText('at most 24h for this service')).toBeVisible();
  await tokens.mintFor('soon');
  await expect(maya.window.getByText('That is not a token life Keyhold can use')).toBeVisible();
  await expect(tokens.card).toHaveCount(0);

  await tokens.mintFor('1h30m');
  const { exp, iat } = decodeJwt(await tokens.reveal());
  expect(Number(exp) - Number(iat)).toBe(90 * 60 + backdate);
});

test('each form is copied whole', async ({ maya, server }) => {
  const tokens = new TokensPage(maya.window);
  await tokens.mint('1 hour');
  await tokens.copy('token');
  const token = await clipboardText(maya);
  expect((await call(server, '/v1/whoami', { token })).status).toBe(200);
  await tokens.copy('Authorization header');
  await expect.poll(() => clipboardText(maya)).toBe(`Authorization: Bearer ${token}`);
  await tokens.copy('curl command');
  await expect.poll(() => clipboardText(maya)).toMatch(/^curl .*\/v1\/whoami'?$/);
  expect(await clipboardText(maya)).toContain(token);
});

test('locking takes a copied token off the clipboard, but nothing that another program put there', async ({
  maya,
  browserWindow,
}) => {
  const shell = new ShellPage(maya.window);
  const screens = new VaultScreens(maya.window);
  const tokens = new TokensPage(maya.window);
  await tokens.mint('1 hour');
  await tokens.copy('token');
  expect(await clipboardText(maya)).toMatch(/^eyJ/);
  await shell.lock();
  await screens.whenLocked();
  await expect.poll(() => clipboardText(maya)).toBe('');

  await screens.unlock(passphrase);
  await shell.open('Tokens');
  await tokens.mint('1 hour');
  await tokens.copy('token');
  await copyElsewhere(browserWindow, 'a shopping list');
  await shell.lock();
  await screens.whenLocked();
  // A round trip through the main process, behind the lock's own work on the clipboard.
  await maya.window.evaluate(() => window.keyhold.vault.status());
  expect(await clipboardText(maya)).toBe('a shopping list');
});

// That something else that was copied since stays: test/unit/main/clipboard, and the lock above.
test('a copied token leaves the clipboard by itself', async ({ maya }) => {
  // The shortest time that a token may stay runs in full.
  const { clipboardMin: clipboardSeconds } = limits;
  const patient = { timeout: 3 * clipboardSeconds * 1000 };
  await maya.window.evaluate((change) => window.keyhold.settings.change(change), { clipboardSeconds });
  const tokens = new TokensPage(maya.window);
  await tokens.mint('1 hour');
  await tokens.copy('token');
  expect(await clipboardText(maya)).toMatch(/^eyJ/);
  await expect.poll(() => clipboardText(maya), patient).toBe('');
  await expect(maya.window.getByRole('button', { name: /^Copied/ })).toHaveCount(0);
});

/** `exp` as the window writes it: local time of this machine, to the second. */
function shownTime(exp: number | undefined): string {
  const style = { day: 'numeric', month: 'short', year: 'numeric' } as const;
  const at = new Date(Number(exp) * 1000);
  const time = at.toLocaleTimeString('en-GB');
  return `${at.toLocaleDateString('en-GB', style)}, ${time}`;
}
