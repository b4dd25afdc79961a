import { join } from 'node:path';
import { inMain } from '../support/in-main.ts';
import { expect, passphrase, test } from './fixtures.ts';
import { launchApp } from './launch.ts';
import { lastLockReason, writeSettings } from './locking.ts';
import { makeVault } from './make-vault.ts';
import { VaultScreens } from './pages/vault-screens.ts';

// How the time is counted is proved in test/unit/main/lock; here, that Electron's idle time is what counts.
test('the vault locks when nobody has used the computer for as long as the settings say', async ({
  home,
}) => {
  writeSettings(home, { autoLockMinutes: 1 });
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const app = await launchApp(home);
  const screens = new VaultScreens(app.window);
  await screens.unlock(passphrase);
  const idleSeconds = () => inMain(app.electron, ({ powerMonitor }) => powerMonitor.getSystemIdleTime());
  await expect.poll(idleSeconds, 'the desktop counts').toBeGreaterThan(0);
  expect(await screens.isLocked(), 'not before the time is over').toBe(false);

  // The minute goes by at once, for the clock and for the desktop, which both have to say so.
  await inMain(app.electron, ({ powerMonitor }) => {
    const minute = 60_000;
    const counted = powerMonitor.getSystemIdleTime.bind(powerMonitor);
    powerMonitor.getSystemIdleTime = () => counted() + minute / 1000;
    const RealDate = Date;
    globalThis.Date = class extends RealDate {
      constructor(...time: [number?]) {
        super(time[0] ?? RealDate.now() + minute);
      }
    } as DateConstructor;
  });
  await app.window.locator('html[data-ready="unlock"]').waitFor({ state: 'attached', timeout: 30_000 });
  expect(await lastLockReason(app)).toContain('nobody used the computer');
  await app.electron.close();
});
