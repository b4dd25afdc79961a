import { join } from 'node:path';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp } from './launch.ts';
import { lastLockReason, writeSettings } from './locking.ts';
import { makeVault } from './make-vault.ts';
import { VaultScreens } from './pages/vault-screens.ts';

// In a file of its own, so that other tests run during its minute.
test('the vault locks when nobody has used the computer for as long as the settings say', async ({
  home,
}) => {
  test.setTimeout(150_000);
  writeSettings(home, { autoLockMinutes: 1 });
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const app = await launchApp(home);
  const screens = new VaultScreens(app.window);
  await screens.unlock(passphrase);
  await app.window.locator('html[data-ready="unlock"]').waitFor({ state: 'attached', timeout: 120_000 });
  expect(await lastLockReason(app)).toContain('nobody used the computer');
  await app.electron.close();
});
