import { join } from 'node:path';
import { BrowserWindow, nativeTheme, type Session, type WebPreferences } from 'electron';
import { appOrigin } from '../../contracts/ipc/channels.ts';
import { minimumSize, type Placement, type WindowState } from '../core/window/window-placement.ts';

interface WindowOptions {
  session: Session;
  outFolder: string;
  allowDevTools: boolean;
  placement: Placement;
  /** Opened, but not yet shown. */
  hidden: boolean;
}

/** What a page of ours may do. Every preference that matters for security is stated, whatever its default. */
export function pagePreferences({
  session,
  outFolder,
  allowDevTools,
}: Pick<WindowOptions, 'session' | 'outFolder' | 'allowDevTools'>): WebPreferences {
  return {
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
  };
}

/** The page's own background in both themes, so that the first frame does not flash. */
export function pageBackground(): string {
  return nativeTheme.shouldUseDarkColors ? '#101113' : '#ffffff';
}

/** Opens the app's window. */
export function openMainWindow(options: WindowOptions): BrowserWindow {
  const { maximized, ...place } = options.placement;
  const window = new BrowserWindow({
    title: 'Keyhold',
    ...place,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    show: false,
    autoHideMenuBar: true,
    backgroundColor: pageBackground(),
    webPreferences: pagePreferences(options),
  });
  if (!options.hidden) {
    window.once('ready-to-show', () => {
      if (maximized) window.maximize();
      window.show();
    });
  }
  void window.loadURL(appOrigin.href);
  return window;
}

/** Brings the window to the front, whatever it was doing. */
export function raiseWindow(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}

/** Calls `listener` with the window's place and size whenever they change, and when it closes. */
export function onWindowState(window: BrowserWindow, listener: (state: WindowState) => void): void {
  const report = (): void => {
    if (window.isMinimized()) return;
    listener({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
  };
  // One overload for each event name: `on` takes no union of them.
  const emitter: NodeJS.EventEmitter = window;
  for (const event of ['resize', 'move', 'maximize', 'unmaximize', 'close']) emitter.on(event, report);
}
