import { inMain } from '../support/in-main.ts';
import { expect, test } from './fixtures.ts';
import type { RunningApp } from './launch.ts';
import { lastLockReason } from './locking.ts';
import { VaultScreens } from './pages/vault-screens.ts';

/** Has a minute gone by, for the clock and for the desktop, which both have to say so; or takes that back. */
async function passMinute({ electron }: RunningApp, isOver: boolean): Promise<void> {
  await inMain(
    electron,
    ({ powerMonitor }, over) => {
      const minute = over ? 60_000 : 0;
      const real = ((globalThis as { real?: { Date: DateConstructor; idle: () => number } }).real ??= {
        Date,
        idle: powerMonitor.getSystemIdleTime.bind(powerMonitor),
      });
      powerMonitor.getSystemIdleTime = () => real.idle() + minute / 1000;
      globalThis.Date = class extends real.Date {
        constructor(...time: [number?]) {
          super(time[0] ?? real.Date.now() + minute);
        }
      } as DateConstructor;
    },
    isOver,
  );
}

// How the time is counted is proved in test/unit/main/lock; here, that Electron's idle time is what counts.
test('the vault locks when nobody has used the computer for as long as the settings say', async ({
  unlocked: app,
}) => {
  const lockAfter = (autoLockMinutes: number) =>
    app.window.evaluate((change) => window.keyhold.settings.change(change), { autoLockMinutes });
  await lockAfter(1);
  const idleSeconds = () => inMain(app.electron, ({ powerMonitor }) => powerMonitor.getSystemIdleTime());
  await expect.poll(idleSeconds, 'the desktop counts').toBeGreaterThan(0);
  expect(await new VaultScreens(app.window).isLocked(), 'not before the time is over').toBe(false);

  await passMinute(app, true);
  await app.window.locator('html[data-ready="unlock"]').waitFor({ state: 'attached' });
  await passMinute(app, false);
  expect(await lastLockReason(app)).toContain('nobody used the computer');
  await lockAfter(15);
});
