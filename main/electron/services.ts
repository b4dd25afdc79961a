import { join } from 'node:path';
import { app, type BrowserWindow } from 'electron';
import { bootstrap, type AppServices, type Platform } from '../bootstrap.ts';
import { systemClipboard } from './clipboard.ts';
import { fileDialogs } from './file-dialogs.ts';
import { openExternalLink } from './external-links.ts';
import { sendEvent, serveIpc } from './ipc-server.ts';
import { networkFetch } from './network.ts';
import { systemNotifier } from './notifier.ts';

function describePlatform(outFolder: string, currentWindow: () => BrowserWindow | null): Platform {
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
    notifier: systemNotifier,
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
export function buildServices(outFolder: string, currentWindow: () => BrowserWindow | null): AppServices {
  const services = bootstrap(describePlatform(outFolder, currentWindow));
  serveIpc(services.handlers, currentWindow, services.logger);
  return services;
}
