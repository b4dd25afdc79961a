import { BrowserWindow, type Session, type WebContents } from 'electron';
import { KeyholdError } from '../../contracts/errors.ts';
import type { Logger, RecoverySheet, SheetPrinter } from '../core/ports.ts';
import type { OneTimePages } from './one-time-pages.ts';
import { recoverySheetPage, sheetWidth } from './recovery-sheet-page.ts';

interface SheetPrinterDeps {
  session: Session;
  pages: OneTimePages;
  /** Rules that name the app's own fonts. */
  fonts: () => string;
  logger: Logger;
}

/** What Electron calls a print that the user gave up. */
const cancelled = /cancell?ed/i;

/** Pictures are made at twice the size of the screen, so that a code is readable on paper too. */
const pictureScale = 2;

function openHidden(session: Session): BrowserWindow {
  return new BrowserWindow({
    show: false,
    width: sheetWidth,
    height: 900,
    webPreferences: {
      session,
      // No preload, no script: the page cannot call main, nor do anything else.
      javascript: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      devTools: false,
      spellcheck: false,
      // Painted without being shown, whatever the desktop does with hidden windows.
      offscreen: true,
    },
  });
}

/** Prints recovery sheets from a window that is never shown. The code is in no file but the one the user asked for. */
export class WindowSheetPrinter implements SheetPrinter {
  readonly #deps: SheetPrinterDeps;

  constructor(deps: SheetPrinterDeps) {
    this.#deps = deps;
  }

  pdf(sheet: RecoverySheet): Promise<Buffer> {
    return this.#withPage(sheet, ({ webContents }) =>
      webContents.printToPDF({ preferCSSPageSize: false, printBackground: true }),
    );
  }

  png(sheet: RecoverySheet): Promise<Buffer> {
    return this.#withPage(sheet, async ({ webContents }) => {
      webContents.setZoomFactor(pictureScale);
      return (await webContents.capturePage()).toPNG();
    });
  }

  print(sheet: RecoverySheet): Promise<boolean> {
    return this.#withPage(sheet, ({ webContents }) => showPrintDialog(webContents));
  }

  async #withPage<T>(sheet: RecoverySheet, work: (window: BrowserWindow) => Promise<T>): Promise<T> {
    const { session, pages, fonts, logger } = this.#deps;
    const address = pages.add('recovery-sheet', (nonce) => recoverySheetPage(sheet, fonts(), nonce));
    const window = openHidden(session);
    try {
      await window.loadURL(address);
      return await work(window);
    } catch (error) {
      logger.error('recovery_sheet.failed', error);
      throw new KeyholdError('print_failed');
    } finally {
      pages.remove(address);
      window.destroy();
    }
  }
}

function showPrintDialog(contents: WebContents): Promise<boolean> {
  return new Promise((resolve, reject) => {
    contents.print({ silent: false, printBackground: true }, (success, reason) => {
      if (success || cancelled.test(reason)) resolve(success);
      else reject(new Error(reason));
    });
  });
}
