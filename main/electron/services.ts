import { join } from 'node:path';
import { app, session, type BrowserWindow } from 'electron';
import { bootstrap, type AppServices, type Platform } from '../bootstrap.ts';
import { systemClipboard } from './clipboard.ts';
import { fileDialogs } from './file-dialogs.ts';
import { openExternalLink } from './external-links.ts';
import { sendEvent, serveIpc } from './ipc-server.ts';
import { appFonts } from './app-fonts.ts';
import { networkFetch } from './network.ts';
import type { OneTimePages } from './one-time-pages.ts';
import { systemKeychain } from './safe-storage.ts';
import { WindowSheetPrinter } from './sheet-printer.ts';

interface Surroundings {
  outFolder: string;
  currentWindow: () => BrowserWindow | null;
  /** Pages that main makes, which the app's protocol serves. */
  pages: OneTimePages;
}

function describePlatform({ outFolder, currentWindow, pages }: Surroundings): Platform {
  return {
    dataFolder: app.getPath('userData'),
    homeFolder: app.getPath('home'),
    resourcesFolder: app.isPackaged ? process.resourcesPath : join(outFolder, '..', 'resources'),
    executable: process.env['APPIMAGE'] ?? app.getPath('exe'),
    outFolder,
    environment: process.env,
    versions: { app: app.getVersion(), electron: process.versions.electron, platform: process.platform },
    fetch: networkFetch(),
    clipboard: systemClipboard,
    dialogs: fileDialogs(app.getPath('documents'), currentWindow),
    keychain: systemKeychain,
    sheetPrinter: (logger) =>
      new WindowSheetPrinter({
        session: session.defaultSession,
        pages,
        fonts: () => appFonts(outFolder),
        logger,
      }),
    openExternalLink,
    emit: (name, payload) => {
      sendEvent(currentWindow(), name, payload);
    },
  };
}

/**
 * Builds the services and registers the calls that the window may make. In a file of its own, loaded while
 * the window's process starts, so that neither waits for the other.
 */
export function buildServices(surroundings: Surroundings): AppServices {
  const services = bootstrap(describePlatform(surroundings));
  serveIpc(services.handlers, surroundings.currentWindow, services.logger);
  return services;
}
