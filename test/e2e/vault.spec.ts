import { statSync } from 'node:fs';
import { join } from 'node:path';
import { accessibilityProblems, settle } from '../support/accessibility.ts';
import { inMain } from '../support/in-main.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp } from './launch.ts';
import { RecoveryCodePage, SecuritySettings } from './pages/settings.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

test('a first start without a keyring makes a vault, which opens again with its passphrase only', async ({
  home,
}) => {
  const first = await launchApp(home);
  const screens = new VaultScreens(first.window);
  await expect(screens.passphrase).toBeFocused();
  // Without a keyring, whatever Electron makes do with.
  expect(await inMain(first.electron, ({ safeStorage }) => safeStorage.getSelectedStorageBackend())).toBe(
    'basic_text',
  );
  expect(await first.window.evaluate(() => window.keyhold.vault.keychain())).toEqual({
    ok: true,
    value: { backend: null },
  });
  await expect(screens.keychainBox).toHaveCount(0);
  await settle(first.window);
  expect(await accessibilityProblems(first.window)).toEqual([]);
  await screens.createUpToCode(passphrase);
  const code = new RecoveryCodePage(first.window);
  const unstored = await code.reveal();
  await code.press('Continue without a recovery code');
  await code.press('Continue without a code');
  await screens.whenOpen();
  await expect(first.window.getByRole('button', { name: /^Context:/ })).toContainText('No context');
  // Asked for all the same, past the window; and with Electron told to make do with a fixed password.
  await inMain(first.electron, ({ safeStorage }) => {
    safeStorage.setUsePlainTextEncryption(true);
  });
  expect(
    await first.window.evaluate((text) => window.keyhold.slots.addKeychain({ passphrase: text }), passphrase),
  ).toEqual({
    ok: false,
    error: { code: 'keychain_failed', details: { keychain: 'unavailable' } },
  });
  await new ShellPage(first.window).open('Settings');
  await expect(new SecuritySettings(first.window).row('System keychain').getByRole('button')).toHaveCount(0);
  await first.electron.close();
  expect(statSync(home.dataFolder).mode & 0o777).toBe(0o700);
  expect(statSync(join(home.dataFolder, 'vault.db')).mode & 0o777).toBe(0o600);

  const second = await launchApp(home, { args: ['--at-login'] });
  const isShown = () =>
    inMain(second.electron, ({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]?.isVisible());
  await expect.poll(isShown, 'at login there is no tray to wait in').toBe(true);
  const again = new VaultScreens(second.window);
  await again.whenLocked();
  await expect(second.window.getByRole('button', { name: 'Forgot passphrase?' })).toHaveCount(0);
  const recovered = await second.window.evaluate(
    (typed) => window.keyhold.vault.recover({ code: typed, passphrase: 'plum anchor velvet lantern' }),
    unstored,
  );
  expect(recovered, 'a code that nobody stored was removed').toMatchObject({
    ok: false,
    error: { code: 'wrong_recovery_code' },
  });
  await again.tryUnlock('not the passphrase');
  await expect(second.window.getByText(/wrong|does not open|not the passphrase/i).first()).toBeVisible();
  await again.unlock(passphrase);
  await second.electron.close();
});

test('lock takes everything off the screen', async ({ unlocked: app }) => {
  const screens = new VaultScreens(app.window);
  const shell = new ShellPage(app.window);
  await shell.open('Activity');
  await shell.lock();
  await screens.whenLocked();
  await expect(shell.title('Activity')).toHaveCount(0);
  const answer = await app.window.evaluate(() => window.keyhold.contexts.list());
  expect(answer).toEqual({ ok: false, error: { code: 'vault_locked' } });
});
