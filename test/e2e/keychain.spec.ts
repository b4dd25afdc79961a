import { startKeyring, wipeKeyring } from '../support/keyring.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp, type Home, type RunningApp } from './launch.ts';
import { SecuritySettings } from './pages/settings.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { inMain } from '../support/in-main.ts';

/** First start in a desktop session that has a keyring, with the keychain switched on. */
async function createWithKeychain(home: Home): Promise<void> {
  const app = await launchApp(home);
  const screens = new VaultScreens(app.window);
  await expect(screens.keychainBox).toBeChecked();
  await screens.create(passphrase);
  await app.electron.close();
}

function notice(app: RunningApp, title: string): ReturnType<RunningApp['window']['getByText']> {
  return app.window.getByText(title);
}

test('a keyring opens the vault at the start, but not by itself after a lock', async ({ home }) => {
  const keyring = await startKeyring(home);
  await createWithKeychain({ ...home, env: keyring.env });
  const app = await launchApp({ ...home, env: keyring.env });
  const screens = new VaultScreens(app.window);
  await screens.whenOpen();

  const shell = new ShellPage(app.window);
  await shell.open('Settings');
  const security = new SecuritySettings(app.window);
  await expect(security.row('System keychain')).toContainText('GNOME Keyring');
  await shell.lock();
  await screens.whenLocked();
  await expect(screens.keychainButton).toBeEnabled();
  expect(await app.window.evaluate(() => window.keyhold.vault.status())).toMatchObject({
    value: { state: 'locked', keychain: 'offered' },
  });
  await screens.keychainButton.click();
  await screens.whenOpen();

  await shell.open('Settings');
  await security.press('System keychain', 'Turn off');
  await notice(app, 'Keychain turned off').waitFor();
  await app.electron.close();
  const again = await launchApp({ ...home, env: keyring.env });
  await new VaultScreens(again.window).whenLocked();
  await expect(new VaultScreens(again.window).keychainButton).toHaveCount(0);
  await new VaultScreens(again.window).unlock(passphrase);
  await again.electron.close();
  await keyring.stop();
});

test('a keyring that was wiped, or is gone, leads back to the passphrase and says why', async ({ home }) => {
  const first = await startKeyring(home);
  await createWithKeychain({ ...home, env: first.env });
  await first.stop();

  // The same vault on a desktop without any keyring.
  const without = await launchApp(home);
  const screens = new VaultScreens(without.window);
  await screens.whenLocked();
  await notice(without, 'The system keychain does not answer').waitFor();
  await expect(screens.passphrase).toBeFocused();
  await screens.unlock(passphrase);
  await without.electron.close();

  wipeKeyring(home);
  const second = await startKeyring(home);
  const wiped = await launchApp({ ...home, env: second.env });
  const again = new VaultScreens(wiped.window);
  await notice(wiped, 'The system keychain no longer holds the key to this vault').waitFor();
  await again.unlock(passphrase);

  // The cure that the message names.
  await new ShellPage(wiped.window).open('Settings');
  const security = new SecuritySettings(wiped.window);
  await security.press('System keychain', 'Turn off');
  await security.turnKeychainOn(passphrase);
  await notice(wiped, 'Keychain turned on').waitFor();
  await wiped.electron.close();
  const cured = await launchApp({ ...home, env: second.env });
  await new VaultScreens(cured.window).whenOpen();
  await cured.electron.close();
  await second.stop();
});

test('on a desktop with another keychain the passphrase is asked for', async ({ home }) => {
  const keyring = await startKeyring(home);
  await createWithKeychain({ ...home, env: keyring.env });
  // No KWallet runs here, so that Electron says either that it uses another one or that there is none.
  const app = await launchApp({
    ...home,
    env: { ...keyring.env, XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '6' },
  });
  await expect(app.window.getByText(/^The system keychain (does not answer|is another one)/)).toBeVisible();
  await new VaultScreens(app.window).unlock(passphrase);
  await app.electron.close();
  await keyring.stop();
});

test('without a keyring the keychain is not offered, and main refuses it', async ({ home }) => {
  const app = await launchApp(home);
  const backend = await inMain(app.electron, ({ safeStorage }) => safeStorage.getSelectedStorageBackend());
  expect(backend).toBe('basic_text');
  expect(await app.window.evaluate(() => window.keyhold.vault.keychain())).toEqual({
    ok: true,
    value: { backend: null },
  });
  const screens = new VaultScreens(app.window);
  await expect(screens.keychainBox).toHaveCount(0);
  await screens.create(passphrase);
  // Asked for all the same, past the window; and with Electron told to make do with a fixed password.
  await inMain(app.electron, ({ safeStorage }) => {
    safeStorage.setUsePlainTextEncryption(true);
  });
  expect(
    await app.window.evaluate((text) => window.keyhold.slots.addKeychain({ passphrase: text }), passphrase),
  ).toEqual({
    ok: false,
    error: { code: 'keychain_failed', details: { keychain: 'unavailable' } },
  });
  await new ShellPage(app.window).open('Settings');
  await expect(new SecuritySettings(app.window).row('System keychain').getByRole('button')).toHaveCount(0);
  await app.electron.close();
});
