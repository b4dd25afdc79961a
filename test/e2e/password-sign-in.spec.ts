import { tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { problemsInBothSchemes } from '../support/accessibility.ts';
import { filesHolding } from '../support/search-bytes.ts';
import { call } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';
import { expect, test } from './fixtures.ts';
import { AddContextPage } from './pages/add-context.ts';

/** Chooses another password elsewhere, which ends all sessions of the account. */
async function changePassword(
  server: TestServer,
  { username, current, chosen }: { username: string; current: string; chosen: string },
): Promise<void> {
  const login = await call(server, '/api/v1/auth/login', { body: { username, password: current } });
  const { access_token: token } = tokenPairSchema.parse(login.body);
  const body = { current_password: current, new_password: chosen };
  expect((await call(server, '/api/v1/users/me/password', { token, body })).status).toBe(204);
}

test('a context is added with a password, which is kept nowhere, and signed in again over the page once its session ends', async ({
  unlocked: app,
  server,
}) => {
  const { window, home } = app;
  const { username, password } = server.user('priya');
  const add = new AddContextPage(window);
  await add.open();
  await add.find(server.origin);
  await window.getByRole('radio', { name: 'With a password' }).check();
  await window.getByLabel('User name').fill(username);
  await window.getByLabel('Password', { exact: true }).fill(`not ${password}`);
  await window.getByLabel('Context name').fill('By password');
  await window.getByRole('checkbox', { name: /Set up Podman/ }).setChecked(false);
  await window.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(window.getByText('The user name or the password is wrong.')).toBeVisible();
  expect(await problemsInBothSchemes(window)).toEqual([]);
  await window.getByLabel('Password', { exact: true }).fill(password);
  await window.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(window.getByRole('heading', { level: 1, name: 'Signed in' })).toBeVisible();
  const needles = new Map([
    ['the password', Buffer.from(password)],
    ['a token', Buffer.from('eyJhbGciOi')],
  ]);
  expect(filesHolding(home.dataFolder, needles)).toEqual([]);

  await test.step('its session is ended elsewhere, by another password', async () => {
    await window.getByRole('button', { name: 'Show status' }).click();
    await changePassword(server, { username, current: password, chosen: `${password}2` });
    // Other tests sign in by it as well.
    await changePassword(server, { username, current: `${password}2`, chosen: password });
    await window.getByRole('button', { name: 'Check again' }).click();
    await window.getByRole('button', { name: 'Sign in again' }).click();
    const dialog = window.getByRole('dialog', { name: /^Sign in to / });
    await expect(dialog.getByLabel('User name')).toHaveValue(username);
    await dialog.getByLabel('Password', { exact: true }).fill(password);
    await dialog.getByRole('button', { name: 'Sign in', exact: true }).click();
    await expect(dialog).toBeHidden();
    await expect(window.getByRole('button', { name: 'Sign in again' })).toBeHidden();
  });
});
