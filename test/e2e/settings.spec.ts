import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp, type RunningApp } from './launch.ts';
import { makeVault } from './make-vault.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { inMain } from '../support/in-main.ts';

function isDark({ window }: RunningApp): Promise<boolean> {
  return window.evaluate(() => matchMedia('(prefers-color-scheme: dark)').matches);
}

test('theme and place of the window hold from the first frame; a settings file that somebody writes turns neither the asking nor the lock off', async ({
  home,
}) => {
  const file = join(home.dataFolder, 'settings.json');
  const bounds = { x: 60, y: 40, width: 900, height: 610 };

  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  writeFileSync(file, '{"version":1,"autoLockMinutes":0}');

  await test.step('a file that cannot be read is set aside, that is said once, and what is chosen takes effect', async () => {
    const app = await launchApp(home);
    await new VaultScreens(app.window).unlock(passphrase);
    const notice = app.window.getByText('Your settings could not be read');
    await expect(notice).toBeVisible();
    await app.window.getByRole('button', { name: 'Dismiss' }).click();
    await expect(notice).toHaveCount(0);
    expect(readdirSync(home.dataFolder).filter((name) => name.startsWith('settings.json'))).toEqual([
      expect.stringMatching(/^settings\.json\.unreadable-/),
    ]);

    await new ShellPage(app.window).open('Settings');
    expect(await isDark(app)).toBe(false);
    await app.window.getByRole('radiogroup', { name: 'Theme' }).getByText('Dark').click();
    await expect.poll(() => isDark(app)).toBe(true);
    await app.window.evaluate(() => window.keyhold.settings.change({ askBeforeUse: true }));
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
  });

  await test.step('the next start has it, but for what weakens', async () => {
    const weak = {
      ...(JSON.parse(readFileSync(file, 'utf8')) as object),
      autoLockMinutes: null,
      lockOnSuspend: false,
      askBeforeUse: false,
    };
    writeFileSync(file, JSON.stringify(weak));
    const app = await launchApp(home);
    expect(await isDark(app)).toBe(true);
    await expect(app.window.getByText('Your settings could not be read')).toHaveCount(0);
    const found = await inMain(app.electron, ({ BrowserWindow }) => {
      const window = BrowserWindow.getAllWindows()[0];
      return { background: window?.getBackgroundColor(), bounds: window?.getBounds() };
    });
    expect(found).toEqual({ background: '#101113', bounds });

    await new VaultScreens(app.window).unlock(passphrase);
    const kept = await app.window.evaluate(async () => {
      const view = await window.keyhold.settings.get();
      return view.ok ? view.value.settings : null;
    });
    expect(kept).toMatchObject({
      theme: 'dark',
      askBeforeUse: true,
      autoLockMinutes: 15,
      lockOnSuspend: true,
    });
    await app.window.evaluate(() => window.keyhold.settings.change({ autoLockMinutes: null }));
    await new ShellPage(app.window).open('Activity');
    await expect(app.window.getByText('Security setting weakened')).toBeVisible();
    await expect(app.window.getByText(/never, was after 15 min/)).toBeVisible();
    await app.electron.close();
  });
});

test('start at login makes a file for the desktop, and takes it away again', async ({ unlocked: app }) => {
  test.skip(process.platform !== 'linux', 'other systems keep a list of their own');
  const file = join(app.home.folder, '.config', 'autostart', 'keyhold.desktop');
  await new ShellPage(app.window).open('Settings');
  const control = app.window.getByRole('switch', { name: 'Start Keyhold at login' });
  await app.window.getByText('Start Keyhold at login').click();
  await expect(control).toBeChecked();
  expect(readFileSync(file, 'utf8')).toMatch(/^Exec=".*electron" ".*" "--at-login"$/m);
  await app.window.getByText('Start Keyhold at login').click();
  await expect(control).not.toBeChecked();
  expect(existsSync(file)).toBe(false);
});
