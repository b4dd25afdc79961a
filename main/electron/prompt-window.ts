import { app, BrowserWindow, session } from 'electron';
import { appOrigin } from '../../contracts/ipc/channels.ts';
import { sendEvent } from './ipc-server.ts';
import { pageBackground, pagePreferences } from './window.ts';

/** CSS pixels; what does not fit scrolls inside. */
const size = { width: 460, height: 400 };

/**
 * The approval window: small, above all others, on its own. It has nothing to close it by but its answers, and stays
 * when another window is clicked.
 */
export class PromptWindow {
  readonly #outFolder: string;
  #window: BrowserWindow | null = null;

  constructor(outFolder: string) {
    this.#outFolder = outFolder;
    // It would keep the app from quitting.
    app.on('before-quit', () => this.show(false));
  }

  get current(): BrowserWindow | null {
    return this.#window;
  }

  /** Opens the window or has it read the questions anew; closes it when none waits. */
  show(waiting: boolean): void {
    if (!waiting) {
      this.#window?.destroy();
      this.#window = null;
    } else if (this.#window === null) {
      this.#window = this.#open();
    } else {
      sendEvent(this.#window, 'questionsChanged', undefined);
    }
  }

  #open(): BrowserWindow {
    const window = new BrowserWindow({
      title: 'Keyhold asks',
      ...size,
      show: false,
      center: true,
      resizable: false,
      minimizable: false,
      maximizable: false,
      fullscreenable: false,
      closable: false,
      alwaysOnTop: true,
      autoHideMenuBar: true,
      backgroundColor: pageBackground(),
      webPreferences: pagePreferences({
        session: session.defaultSession,
        outFolder: this.#outFolder,
        allowDevTools: !app.isPackaged,
      }),
    });
    window.once('ready-to-show', () => window.show());
    // Where the desktop closes it all the same, the question waits on, and so does the window.
    window.on('close', (event) => event.preventDefault());
    void window.loadURL(`${appOrigin.href}approval.html`);
    return window;
  }
}
