import { join } from 'node:path';
import { BrowserWindow, nativeTheme, type Session } from 'electron';
import { appOrigin } from '../../contracts/ipc/channels.ts';

/** Opens the one window. Every preference that matters for security is stated, whatever its default. */
export function openMainWindow(session: Session, outFolder: string, allowDevTools: boolean): BrowserWindow {
  const window = new BrowserWindow({
    title: 'Keyhold',
    width: 1100,
    height: 720,
    minWidth: 800,
    minHeight: 560,
    show: false,
    autoHideMenuBar: true,
    // The page's own background in both themes, so that the first frame does not flash.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#101113' : '#ffffff',
    webPreferences: {
      session,
      preload: join(outFolder, 'preload', 'index.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: allowDevTools,
    },
  });
  window.once('ready-to-show', () => {
    window.show();
  });
  void window.loadURL(appOrigin.href);
  return window;
}

/** Brings the window to the front, whatever it was doing. */
export function raiseWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
