import { startKeyring, wipeKeyring } from '../support/keyring.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp, type Home, type RunningApp } from './launch.ts';
import { SecuritySettings } from './pages/settings.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';

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

test('a keyring opens the vault at the start, not by itself after a lock; one that is another, gone or wiped leads back to the passphrase and says why', async ({
  home,
}) => {
  const keyring = await startKeyring(home);
  await createWithKeychain({ ...home, env: keyring.env });

  await test.step('at the start, and on request after a lock', async () => {
    const app = await launchApp({ ...home, env: keyring.env });
    const screens = new VaultScreens(app.window);
    await screens.whenOpen();
    const shell = new ShellPage(app.window);
    await shell.open('Settings');
    await expect(new SecuritySettings(app.window).row('System keychain')).toContainText('GNOME Keyring');
    await shell.lock();
    await screens.whenLocked();
    await expect(screens.keychainButton).toBeEnabled();
    expect(await app.window.evaluate(() => window.keyhold.vault.status())).toMatchObject({
      value: { state: 'locked', keychain: 'offered' },
    });
    await screens.keychainButton.click();
    await screens.whenOpen();
    await app.electron.close();
  });

  await test.step('on a desktop with another keychain', async () => {
    // No KWallet runs here, so that Electron says either that it uses another one or that there is none.
    const env = { ...keyring.env, XDG_CURRENT_DESKTOP: 'KDE', KDE_SESSION_VERSION: '6' };
    const app = await launchApp({ ...home, env });
    await expect(app.window.getByText(/^The system keychain (does not answer|is another one)/)).toBeVisible();
    await expect(new VaultScreens(app.window).passphrase).toBeFocused();
    await app.electron.close();
  });
  await keyring.stop();

  await test.step('on a desktop without any', async () => {
    const app = await launchApp(home);
    const screens = new VaultScreens(app.window);
    await screens.whenLocked();
    await notice(app, 'The system keychain does not answer').waitFor();
    await expect(screens.passphrase).toBeFocused();
    await screens.unlock(passphrase);
    await app.electron.close();
  });

  wipeKeyring(home);
  const wiped = await startKeyring(home);
  await test.step('with a keyring that was wiped, and the cure that the message names, until it is turned off', async () => {
    const app = await launchApp({ ...home, env: wiped.env });
    await notice(app, 'The system keychain no longer holds the key to this vault').waitFor();
    const screens = new VaultScreens(app.window);
    await screens.unlock(passphrase);
    const shell = new ShellPage(app.window);
    await shell.open('Settings');
    const security = new SecuritySettings(app.window);
    await security.press('System keychain', 'Turn off');
    await security.turnKeychainOn(passphrase);
    await notice(app, 'Keychain turned on').waitFor();

    await shell.lock();
    await screens.keychainButton.click();
    await screens.whenOpen();
    await shell.open('Settings');
    await security.press('System keychain', 'Turn off');
    await notice(app, 'Keychain turned off').waitFor();
    await shell.lock();
    await screens.whenLocked();
    await expect(screens.keychainButton).toHaveCount(0);
    await screens.unlock(passphrase);
    await app.electron.close();
  });
  await wiped.stop();
});
