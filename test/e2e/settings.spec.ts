import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp, type Home, type RunningApp } from './launch.ts';
import { makeVault } from './make-vault.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { inMain } from '../support/in-main.ts';

async function openSettings(home: Home): Promise<RunningApp> {
  if (!existsSync(join(home.dataFolder, 'vault.db'))) {
    await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  }
  const app = await launchApp(home);
  await new VaultScreens(app.window).unlock(passphrase);
  await new ShellPage(app.window).open('Settings');
  return app;
}

function isDark({ window }: RunningApp): Promise<boolean> {
  return window.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
}

test('the theme holds from the first frame of the next start', async ({ home }) => {
  const app = await openSettings(home);
  expect(await isDark(app)).toBe(false);
  await app.window.getByRole('radiogroup', { name: 'Theme' }).getByText('Dark').click();
  await expect.poll(() => isDark(app)).toBe(true);
  await app.electron.close();

  const again = await launchApp(home);
  expect(await isDark(again)).toBe(true);
  const background = await inMain(again.electron, ({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBackgroundColor(),
  );
  expect(background).toBe('#101113');
  await again.electron.close();
});

test('the window opens where it was closed', async ({ home }) => {
  const app = await openSettings(home);
  const bounds = { x: 60, y: 40, width: 900, height: 610 };
  await inMain(
    app.electron,
    ({ BrowserWindow }, to) => {
      BrowserWindow.getAllWindows()[0]?.setBounds(to);
    },
    bounds,
  );
  await app.electron.close();
  expect(JSON.parse(readFileSync(join(home.dataFolder, 'window.json'), 'utf8'))).toEqual({
    bounds,
    maximized: false,
  });

  const again = await launchApp(home);
  const found = await inMain(again.electron, ({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]?.getBounds(),
  );
  expect(found).toEqual(bounds);
  await again.electron.close();
});

test('start at login makes a file for the desktop, and takes it away again', async ({ home }) => {
  test.skip(process.platform !== 'linux', 'other systems keep a list of their own');
  const file = join(home.folder, '.config', 'autostart', 'keyhold.desktop');
  const app = await openSettings(home);
  const control = app.window.getByRole('switch', { name: 'Start Keyhold at login' });
  await app.window.getByText('Start Keyhold at login').click();
  await expect(control).toBeChecked();
  expect(readFileSync(file, 'utf8')).toMatch(/^Exec=".*electron" ".*" "--at-login"$/m);
  await app.window.getByText('Start Keyhold at login').click();
  await expect(control).not.toBeChecked();
  expect(existsSync(file)).toBe(false);
  await app.electron.close();
});

test('a settings file that somebody writes turns neither the asking nor the lock off', async ({ home }) => {
  const file = join(home.dataFolder, 'settings.json');
  const weak = {
    version: 1,
    theme: 'dark',
    autoLockMinutes: null,
    lockOnSuspend: false,
    askBeforeUse: false,
  };
  const kept = (running: RunningApp) =>
    running.window.evaluate(async () => {
      const view = await window.keyhold.settings.get();
      return view.ok ? view.value.settings : null;
    });
  const app = await openSettings(home);
  await app.window.evaluate(() => window.keyhold.settings.change({ askBeforeUse: true }));
  await app.electron.close();

  writeFileSync(file, JSON.stringify(weak));
  const again = await openSettings(home);
  expect(await kept(again)).toMatchObject({
    theme: 'dark',
    askBeforeUse: true,
    autoLockMinutes: 15,
    lockOnSuspend: true,
  });
  await again.window.evaluate(() => window.keyhold.settings.change({ autoLockMinutes: null }));
  await new ShellPage(again.window).open('Activity');
  await expect(again.window.getByText('Security setting weakened')).toBeVisible();
  await expect(again.window.getByText(/never, was after 15 min/)).toBeVisible();
  await again.electron.close();
});

test('settings that cannot be read are set aside, and said once', async ({ home }) => {
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  writeFileSync(join(home.dataFolder, 'settings.json'), '{"version":1,"autoLockMinutes":0}');
  const app = await openSettings(home);
  const notice = app.window.getByText('Your settings could not be read');
  await expect(notice).toBeVisible();
  await app.window.getByRole('button', { name: 'Dismiss' }).click();
  await expect(notice).toHaveCount(0);
  expect(readdirSync(home.dataFolder).filter((name) => name.startsWith('settings.json'))).toEqual([
    expect.stringMatching(/^settings\.json\.unreadable-/),
  ]);
  await app.electron.close();
});
