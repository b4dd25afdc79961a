import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { app, Menu, session, type BrowserWindow } from 'electron';
import { printable } from '../../contracts/domain/printable.ts';
import type { AppServices } from '../bootstrap/bootstrap.ts';
import { refusedSwitch } from '../core/window/start-switches.ts';
import type { Desktop } from '../bootstrap/desktop.ts';
import type { WindowAccess } from './services.ts';
import { registerAppScheme, serveApp } from './app-protocol.ts';
import { prepareFirstFrame } from './first-frame.ts';
import { wasStartedAtLogin } from './login-item.ts';
import { denyNavigation } from './navigation-policy.ts';
import { OneTimePages } from './one-time-pages.ts';
import { hearLinks } from './opened-links.ts';
import { denyPermissions } from './permission-policy.ts';
import { askBeforeLosing } from './unsaved-work.ts';
import { closeSideWays, denyNetwork } from './window-network.ts';
import { onWindowState, openMainWindow, raiseWindow } from './window.ts';

/** How long a start at login waits for a panel that is still starting, before it shows the window, milliseconds. */
const trayPatience = 10_000;

/** How long services that hang may leave the person without a window, milliseconds: an empty one can be closed. */
const windowPatience = 10_000;

/** How long socket, tray and the like wait for the window's first frame, milliseconds. */
const firstFramePatience = 2000;

let mainWindow: BrowserWindow | null = null;
/** True once the app is on its way out: windows then close whatever the settings say. */
let quitting = false;

function installMenu(): void {
  // Elsewhere the keys for copy and paste work without a menu; macOS takes them from it.
  const menu =
    process.platform === 'darwin'
      ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }, { role: 'windowMenu' }])
      : null;
  Menu.setApplicationMenu(menu);
}

function raiseMainWindow(): void {
  if (mainWindow !== null) raiseWindow(mainWindow);
}

async function openApp(outFolder: string, handLinks: ReturnType<typeof hearLinks>): Promise<void> {
  const windowSession = session.defaultSession;
  denyPermissions(windowSession);
  const closed = denyNetwork(windowSession);
  installMenu();
  const placement = prepareFirstFrame(app.getPath('userData'));
  const pages = new OneTimePages();
  const unlockFirst = existsSync(join(app.getPath('userData'), 'vault.db'));
  const services = startable(() => loadServices({ outFolder, pages }));
  // That they do not load is said below, and ends the app; the protocol would print it a second time, with its stack.
  const ready = (): Promise<unknown> => Promise.all([services.start().catch(() => undefined), closed]);
  serveApp(windowSession, join(outFolder, 'renderer'), { closed, ready, unlockFirst, pages });
  // Loading them keeps this process from serving the page, so the unlock screen comes first; but they come in any case.
  setTimeout(() => void services.start(), unlockFirst ? firstFramePatience : 0);
  const hidden = wasStartedAtLogin(process.argv);
  const allowDevTools = !app.isPackaged;
  mainWindow = openMainWindow({ session: windowSession, outFolder, allowDevTools, placement, hidden });
  mainWindow.on('closed', () => {
    mainWindow = null;
  });
  // What nobody sees yet does not hold up the first frame.
  const shown = once(mainWindow, 'ready-to-show', { signal: AbortSignal.timeout(firstFramePatience) }).catch(
    () => undefined,
  );
  const hanging = setTimeout(() => {
    if (!hidden) mainWindow?.show();
  }, windowPatience);
  const loaded = await services.done;
  clearTimeout(hanging);
  stopOnQuit(loaded);
  handLinks((link) => {
    if (loaded.openLink(link)) raiseMainWindow();
  });
  followWindow(mainWindow, loaded.desktop);
  askBeforeLosing(mainWindow, loaded.unsaved, () => {
    quitting = false;
  });
  await shown;
  await loaded.start();
  if (hidden && !(await loaded.desktop.staysHidden(trayPatience))) raiseMainWindow();
}

/** Work that is done once, when `start` is first called. `done` is its result. */
function startable<Result>(work: () => Promise<Result>): {
  start: () => Promise<Result>;
  done: Promise<Result>;
} {
  let start: () => Promise<Result> = work;
  const done = new Promise<Result>((resolve) => {
    start = () => {
      start = () => done;
      resolve(work());
      return done;
    };
  });
  return { start: () => start(), done };
}

async function loadServices(own: Pick<WindowAccess, 'outFolder' | 'pages'>): Promise<AppServices> {
  const { buildServices } = await import('./services.ts');
  return buildServices({ ...own, current: () => mainWindow, raise: raiseMainWindow });
}

/** Remembers where the window is, and leaves it in the tray on close if the user wants that. */
function followWindow(window: BrowserWindow, desktop: Desktop): void {
  onWindowState(window, (state) => desktop.rememberWindow(state));
  window.on('close', (event) => {
    if (quitting || !desktop.hidesOnClose()) return;
    event.preventDefault();
    window.hide();
  });
}

/** Quitting waits until the services have stopped: secrets wiped, the socket gone, the vault closed. */
function stopOnQuit(services: AppServices): void {
  app.on('will-quit', (event) => {
    event.preventDefault();
    void services.stop().finally(() => app.exit(0));
  });
}

/**
 * Whether the program may run with its command line and environment. Chromium has read the switches before; so the
 * packaged program ends at those it does not take, before there is anything of value in the process.
 */
export function isStartAllowed(): boolean {
  // Chromium would write the keys of every TLS connection there, also where it was set for another program.
  delete process.env['SSLKEYLOGFILE'];
  const refused = app.isPackaged ? refusedSwitch(process.argv.slice(1), process.platform) : null;
  if (refused === null) return true;
  process.stderr.write(`Keyhold does not take ${printable(refused)}. It was not started.\n`);
  app.exit(1);
  return false;
}

/**
 * Runs the desktop app: one instance, one window, services loaded beside the window's own start.
 *
 * @param outFolder - where the build put `main/`, `preload/` and `renderer/`
 */
export function runApp(outFolder: string): void {
  if (!app.requestSingleInstanceLock()) {
    process.stderr.write('Keyhold is already running; its window was brought to the front.\n');
    app.exit(0);
    return;
  }
  registerAppScheme();
  denyNavigation(app);
  closeSideWays(app);
  const handLinks = hearLinks();
  app.on('second-instance', raiseMainWindow);
  app.on('activate', raiseMainWindow);
  app.on('before-quit', () => {
    quitting = true;
  });
  app.on('window-all-closed', () => app.quit());
  app
    .whenReady()
    .then(() => openApp(outFolder, handLinks))
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
    (code) => app.exit(code),
    () => app.exit(1),
  );
}
