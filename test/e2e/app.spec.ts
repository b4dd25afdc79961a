import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Locator, Page } from '@playwright/test';
import { SqliteDatabase } from '../../main/adapters/sqlite.ts';
import { call } from '../support/server-client.ts';
import { clipboardText } from './clipboard.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { appCommand, launchApp, type RunningApp } from './launch.ts';
import { makeVault } from './make-vault.ts';
import { RegistrationPage } from './pages/add-context.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { registerOverApi } from './sign-in.ts';
import { inMain } from '../support/in-main.ts';

test('a second start raises the first window and ends well', async ({ maya }) => {
  await inMain(maya.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.hide());
  try {
    const { command, args } = appCommand(maya.home);
    const second = spawn(command, args, { env: maya.home.env, stdio: ['ignore', 'ignore', 'pipe'] });
    const closed = once(second, 'close');
    const said = await text(second.stderr);
    await closed;
    expect(said).toContain('Keyhold is already running; its window was brought to the front.');
    expect(second.exitCode).toBe(0);
    await expect.poll(() => isShown(maya)).toBe(true);
  } finally {
    // A hidden window would hold up every later test, and the picture of this one.
    await inMain(maya.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.show());
  }
});

test('wrong passphrases are slowed down, and cost nothing but time', async ({ maya }) => {
  const screens = new VaultScreens(maya.window);
  const shell = new ShellPage(maya.window);
  await shell.lock();
  await screens.whenLocked();
  for (const guess of ['first guess', 'second guess']) {
    await screens.tryUnlock(guess);
    await expect(screens.problem).toHaveText('Wrong passphrase. Try again.');
  }
  await screens.tryUnlock('third guess');
  await expect(screens.problem).toHaveText('Wrong passphrase. Next try in 1 s.');
  await expect(screens.unlockButton).toBeDisabled();
  const early = await maya.window.evaluate(() => window.keyhold.vault.unlock({ passphrase: 'fourth guess' }));
  expect(early).toMatchObject({ ok: false, error: { code: 'unlock_delayed' } });

  await expect(screens.unlockButton).toBeEnabled();
  await screens.unlock(passphrase);
  await expect(maya.window.getByRole('heading', { name: 'Signed in as Maya Chen' })).toBeVisible();
  await shell.open('Activity');
  await expect(maya.window.getByText('Wrong passphrase or code entered')).toHaveCount(3);
});

test('a vault that is newer or damaged is left alone, and opens once the good file is back', async ({
  home,
}) => {
  const vault = join(home.dataFolder, 'vault.db');
  const good = join(home.folder, 'good.db');
  await makeVault(vault, passphrase);
  copyFileSync(vault, good);
  setSchemaVersion(vault, 999);
  const newer = readFileSync(vault);

  const app = await launchApp(home);
  const checkAgain = app.window.getByRole('button', { name: 'Check again' });
  await expect(app.window.getByRole('heading', { name: 'This vault needs a newer Keyhold' })).toBeVisible();
  expect(readFileSync(vault).equals(newer)).toBe(true);

  copyFileSync(good, vault);
  truncateSync(vault, 5000);
  const damaged = readFileSync(vault);
  await checkAgain.click();
  await expect(app.window.getByRole('heading', { name: 'The vault file is damaged' })).toBeVisible();
  const answers = await app.window.evaluate(async () => [
    await window.keyhold.vault.create({ passphrase: 'another passphrase', keychain: false }),
    await window.keyhold.vault.unlock({ passphrase: 'another passphrase' }),
  ]);
  expect(answers.map((answer) => (answer.ok ? 'done' : answer.error.code))).toEqual([
    'vault_exists',
    'vault_damaged',
  ]);
  expect(readFileSync(vault).equals(damaged)).toBe(true);

  copyFileSync(good, vault);
  await checkAgain.click();
  await new VaultScreens(app.window).unlock(passphrase);
  await app.electron.close();
});

test('everything from launch to a copied token can be done by the keyboard', async ({
  unlocked: app,
  server,
}) => {
  const { window } = app;
  const { keyboard } = window;
  const user = server.user('maya');
  const button = (name: string | RegExp): Locator => window.getByRole('button', { name });
  const press = async (target: Locator): Promise<void> => {
    await tabTo(window, target);
    await keyboard.press('Enter');
  };
  const screens = new VaultScreens(window);
  await new ShellPage(window).lock();
  await expect(screens.passphrase).toBeFocused();
  await keyboard.type(passphrase);
  await keyboard.press('Enter');
  await screens.whenOpen();

  await press(button('Add context'));
  await expect(window.getByLabel('Service address')).toBeFocused();
  await keyboard.type(server.origin);
  await keyboard.press('Enter');
  await expect(window.getByLabel('Your user id')).toBeFocused();
  await keyboard.type(user.id);
  await press(button('Make key and continue'));
  const registration = new RegistrationPage(window);
  await registration.whenWaiting();
  await press(button('Copy token'));
  await expect.poll(() => clipboardText(app)).toMatch(/^eyJ/);
  await registerOverApi(server, 'maya', await clipboardText(app));
  await registration.whenRegistered();

  await keyboard.press('ControlOrMeta+3');
  await new ShellPage(window).title('Tokens').waitFor();
  await press(button('Mint token'));
  await window.getByRole('heading', { name: 'New token' }).waitFor();
  const before = await clipboardText(app);
  await press(button('Copy token'));
  await expect.poll(() => clipboardText(app)).not.toBe(before);
  const token = await clipboardText(app);
  expect((await call(server, '/v1/whoami', { token })).body).toMatchObject({ user: { id: user.id } });
});

test('every page fits the smallest window, and the window gets no smaller', async ({ maya }) => {
  const bounds = await inMain(maya.electron, ({ BrowserWindow }) => {
    const window = BrowserWindow.getAllWindows()[0];
    window?.setSize(300, 200);
    return window?.getMinimumSize();
  });
  expect(bounds).toEqual([800, 560]);
  await expect.poll(() => maya.window.evaluate(() => [outerWidth, outerHeight])).toEqual([800, 560]);
  const shell = new ShellPage(maya.window);
  for (const page of ['Status', 'Keys', 'Tokens', 'Registries', 'Activity'] as const) {
    await shell.open(page);
    await expect(shell.title(page)).toBeInViewport({ ratio: 1 });
    const wider = await maya.window.evaluate(() => document.documentElement.scrollWidth - innerWidth);
    expect(wider, `${page}: pixels that stick out to the right`).toBeLessThanOrEqual(0);
  }
  for (const name of ['Lock', 'Collapse sidebar']) {
    await expect(maya.window.getByRole('button', { name })).toBeInViewport({ ratio: 1 });
  }
  await inMain(maya.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.setSize(1100, 720));
});

async function isShown({ electron }: RunningApp): Promise<boolean | undefined> {
  return inMain(electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
}

/** Goes on with the tab key until `target` has the focus; fails after a whole round. */
async function tabTo(window: Page, target: Locator): Promise<void> {
  await target.waitFor();
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await window.keyboard.press('Tab');
  }
  await expect(target).toBeFocused();
}

function setSchemaVersion(path: string, version: number): void {
  const sql = new SqliteDatabase(path, { readOnly: false, nativeBinding: null });
  sql.run(`PRAGMA user_version = ${String(version)}`);
  sql.close();
}
