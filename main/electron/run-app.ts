import { join } from 'node:path';
import { app, Menu, session, type BrowserWindow } from 'electron';
import type { AppServices } from '../bootstrap.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { denyNavigation, denyNetwork } from './navigation-policy.ts';
import { OneTimePages } from './one-time-pages.ts';
import { denyPermissions } from './permission-policy.ts';
import { openMainWindow, raiseWindow } from './window.ts';

/** A debugger on a port would see every key. The fuses stop Node's; these are Chromium's. */
const refusedSwitches = ['remote-debugging-port', 'remote-debugging-pipe', 'remote-debugging-address'];

let mainWindow: BrowserWindow | null = null;

function installMenu(): void {
  // Elsewhere the keys for copy and paste work without a menu; macOS takes them from it.
  const menu =
    process.platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null;
  Menu.setApplicationMenu(menu);
}

async function openApp(outFolder: string): Promise<void> {
  const windowSession = session.defaultSession;
  denyPermissions(windowSession);
  denyNetwork(windowSession);
  installMenu();
  const pages = new OneTimePages();
  const services = import('./services.ts').then(({ buildServices }) =>
    buildServices({ outFolder, currentWindow: () => mainWindow, pages }),
  );
  serveApp(windowSession, join(outFolder, 'renderer'), { ready: services, pages });
  mainWindow = openMainWindow(windowSession, outFolder, !app.isPackaged);
  mainWindow.on('closed', () => {
    mainWindow = null;
  });
  const loaded = await services;
  stopOnQuit(loaded);
  await loaded.start();
}

/** Quitting waits until the services have stopped: secrets wiped, the socket gone, the vault closed. */
function stopOnQuit(services: AppServices): void {
  app.on('will-quit', (event) => {
    event.preventDefault();
    void services.stop().finally(() => {
      app.exit(0);
    });
  });
}

/**
 * Runs the desktop app: one instance, one window, services loaded beside the window's own start.
 *
 * @param outFolder - where the build put `main/`, `preload/` and `renderer/`
 */
export function runApp(outFolder: string): void {
  if (app.isPackaged && refusedSwitches.some((name) => app.commandLine.hasSwitch(name))) {
    process.stderr.write('Keyhold does not run with remote debugging switches.\n');
    app.exit(1);
    return;
  }
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write('Keyhold is already running; its window was brought to the front.\n');
    app.exit(0);
    return;
  }
  registerAppScheme();
  denyNavigation(app);
  app.on('second-instance', () => {
    if (mainWindow !== null) raiseWindow(mainWindow);
  });
  app.on('window-all-closed', () => {
    app.quit();
  });
  app
    .whenReady()
    .then(() => openApp(outFolder))
    .catch((error: unknown) => {
      process.stderr.write(
        `Keyhold could not start: ${error instanceof Error ? error.message : 'unknown'}\n`,
      );
      app.exit(1);
    });
}

/**
 * Runs a command of the program without window, instance lock and services, and ends with its exit code.
 *
 * @param command - gets the app's version and the user's home folder
 */
export function runCommand(command: (version: string, homeFolder: string) => Promise<number>): void {
  command(app.getVersion(), app.getPath('home')).then(
    (code) => {
      app.exit(code);
    },
    () => {
      app.exit(1);
    },
  );
}
