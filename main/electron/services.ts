import { hostname } from 'node:os';
import { join } from 'node:path';
import { app, nativeTheme, session, type BrowserWindow } from 'electron';
import { bootstrap, type AppServices, type Platform } from '../bootstrap/bootstrap.ts';
import { systemClipboard } from './clipboard.ts';
import { fileDialogs } from './file-dialogs.ts';
import { openExternalLink } from './external-links.ts';
import { sendEvent, serveIpc } from './ipc-server.ts';
import { appFonts } from './app-fonts.ts';
import { systemLoginItem } from './login-item.ts';
import { networkFetch } from './network.ts';
import { systemNotifier } from './notifier.ts';
import type { OneTimePages } from './one-time-pages.ts';
import { powerSignals, systemIdleTime } from './presence.ts';
import { PromptWindow } from './prompt-window.ts';
import { systemKeychain } from './safe-storage.ts';
import { askByDialog } from './service-question.ts';
import { WindowSheetPrinter } from './sheet-printer.ts';
import { ElectronTray } from './tray.ts';

/** How the services reach the one window. */
export interface WindowAccess {
  outFolder: string;
  /** Pages that main makes, which the app's protocol serves. */
  pages: OneTimePages;
  current: () => BrowserWindow | null;
  raise: () => void;
}

function describePlatform(
  { outFolder, pages, current, raise }: WindowAccess,
  prompt: PromptWindow,
): Platform {
  const resourcesFolder = app.isPackaged ? process.resourcesPath : join(outFolder, '..', 'resources');
  const executable = process.env['APPIMAGE'] ?? app.getPath('exe');
  return {
    dataFolder: app.getPath('userData'),
    homeFolder: app.getPath('home'),
    userId: process.getuid?.() ?? 0,
    resourcesFolder,
    executable,
    outFolder,
    environment: process.env,
    computerName: hostname(),
    versions: { app: app.getVersion(), electron: process.versions.electron, platform: process.platform },
    fetch: networkFetch(),
    clipboard: systemClipboard,
    dialogs: fileDialogs(app.getPath('documents'), current),
    keychain: systemKeychain,
    sheetPrinter: (logger) =>
      new WindowSheetPrinter({
        session: session.defaultSession,
        pages,
        fonts: () => appFonts(outFolder),
        logger,
      }),
    notifier: systemNotifier,
    openExternalLink,
    askAboutServices: askByDialog(current),
    showQuestions: (waiting) => prompt.show(waiting),
    emit: (name, payload) => sendEvent(current(), name, payload),
    command: app.isPackaged ? [executable] : [executable, app.getAppPath()],
    idle: systemIdleTime,
    powerSignals,
    trayView: new ElectronTray(join(resourcesFolder, 'tray')),
    loginItem: systemLoginItem,
    applyTheme: (theme) => {
      nativeTheme.themeSource = theme;
    },
    openWindow: raise,
    quit: () => app.quit(),
  };
}

/**
 * Builds the services and registers the calls that the window may make. In a file of its own, loaded while
 * the window's process starts, so that neither waits for the other.
 */
export async function buildServices(access: WindowAccess): Promise<AppServices> {
  const prompt = new PromptWindow(access.outFolder);
  const services = bootstrap(describePlatform(access, prompt));
  await services.load();
  serveIpc(services, { main: access.current, prompt: () => prompt.current });
  return services;
}
