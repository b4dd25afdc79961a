import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startPrivateBus, type PrivateBus } from '../support/private-bus.ts';
import { TrayDesktop } from '../support/tray-desktop.ts';
import { expect, passphrase, test as base } from './fixtures.ts';
import { launchApp, type Home, type RunningApp } from './launch.ts';
import { lastLockReason } from './locking.ts';
import { makeVault } from './make-vault.ts';
import { ShellPage } from './pages/shell.ts';
import { VaultScreens } from './pages/vault-screens.ts';
import { inMain } from '../support/in-main.ts';

const logind = 'org.freedesktop.login1';
/** Path and name of the signal. */
const sessionLock = ['/org/freedesktop/login1/session/_31', `${logind}.Session.Lock`] as const;
const sleep = ['/org/freedesktop/login1', `${logind}.Manager.PrepareForSleep`] as const;
/** Sender, path and name of the signal. */
const screenSaver = [
  'org.freedesktop.ScreenSaver',
  '/org/freedesktop/ScreenSaver',
  'org.freedesktop.ScreenSaver.ActiveChanged',
] as const;

interface Fixtures {
  session: PrivateBus;
  system: PrivateBus;
}

const test = base.extend<Fixtures>({
  session: async ({ home }, use) => {
    const bus = await startPrivateBus(home.runtimeFolder, 'session-bus');
    await use(bus);
    await bus.stop();
  },
  system: async ({ home }, use) => {
    const bus = await startPrivateBus(home.runtimeFolder, 'system-bus');
    await use(bus);
    await bus.stop();
  },
});

/** How often the app has said that it listens on a bus. */
function listening(home: Home): number {
  const log = readFileSync(join(home.dataFolder, 'logs', 'keyhold.log'), 'utf8');
  return log.split('\n').filter((line) => line.includes('"dbus.listening"')).length;
}

async function unlockedOnBuses(home: Home, session: PrivateBus, system: PrivateBus): Promise<RunningApp> {
  await makeVault(join(home.dataFolder, 'vault.db'), passphrase);
  const app = await launchApp(home, {
    env: { DBUS_SESSION_BUS_ADDRESS: session.address, DBUS_SYSTEM_BUS_ADDRESS: system.address },
  });
  await new VaultScreens(app.window).unlock(passphrase);
  await expect.poll(() => listening(home)).toBe(2);
  return app;
}

/** Runs a script in the window by way of the main process. */
function runByMain(app: RunningApp, script: string): Promise<unknown> {
  return inMain(
    app.electron,
    ({ BrowserWindow }, text) => BrowserWindow.getAllWindows()[0]?.webContents.executeJavaScript(text),
    script,
  );
}

test('a signal on a real bus locks the vault and says why, unless it is switched off, forged, or tells the end', async ({
  home,
  session,
  system,
}) => {
  const app = await unlockedOnBuses(home, session, system);
  const shell = new ShellPage(app.window);
  const screens = new VaultScreens(app.window);
  const locks = app.window.getByRole('listitem').filter({ hasText: 'Vault locked' });

  await test.step('from the screen saver', async () => {
    await session.emit(...screenSaver, 'boolean:true');
    await screens.whenLocked();
    expect(await lastLockReason(app)).toContain('the screen was locked');
    await expect(locks).toHaveCount(1);
  });

  await test.step('from logind, to lock the session; but not one that is switched off, forged, or tells the end', async () => {
    await shell.open('Settings');
    const control = app.window.getByRole('switch', { name: 'Lock when the screen is locked' });
    await app.window.getByText('Lock when the screen is locked').click();
    await expect(control).not.toBeChecked();
    await session.emit(...screenSaver, 'boolean:true');
    await system.emit(logind, ...sessionLock);
    await system.emit(logind, ...sleep, 'boolean:false');

    await app.window.getByText('Lock when the screen is locked').click();
    await expect(control).toBeChecked();
    await session.emit('org.example.Somebody', screenSaver[1], screenSaver[2], 'boolean:true');
    await session.emit(...screenSaver, 'boolean:false');
    // A bus delivers in order: the app sees this desktop's tray come up after the signals before it.
    const tray = await TrayDesktop.start(session.address);
    expect((await tray.menu())[0]?.label).toMatch(/^Unlocked/);
    tray.stop();

    await system.emit('org.example.Somebody', ...sleep, 'boolean:true');
    await system.emit(logind, ...sleep, 'boolean:false');
    await system.emit(logind, ...sessionLock);
    await screens.whenLocked();
    expect(await lastLockReason(app)).toContain('the screen was locked');
    await expect(locks).toHaveCount(2);
  });

  await test.step('from logind, before sleep', async () => {
    await system.emit(logind, ...sleep, 'boolean:true');
    // Chromium drops the test's connection to the window before sleep; the one to main stays.
    await expect.poll(() => runByMain(app, 'document.documentElement.dataset.ready')).toBe('unlock');
    await runByMain(app, `keyhold.vault.unlock(${JSON.stringify({ passphrase })})`);
    const newest = { kinds: ['vault.locked'], text: '', before: null, limit: 1 };
    expect(await runByMain(app, `keyhold.activity.list(${JSON.stringify(newest)})`)).toMatchObject({
      value: { entries: [{ detail: 'suspend' }] },
    });
    const exited = once(app.electron.process(), 'exit');
    await inMain(app.electron, ({ app: electronApp }) => {
      electronApp.quit();
    });
    await exited;
  });
});
