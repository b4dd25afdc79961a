import { BrowserWindow, type Session, type WebContents } from 'electron';
import { KeyholdError } from '../../contracts/errors.ts';
import type { Logger, RecoverySheet, SheetPrinter } from '../core/ports.ts';
import type { AppFont } from './app-fonts.ts';
import type { OneTimePages } from './one-time-pages.ts';
import { recoverySheetPage, sheetSize } from './recovery-sheet-page.ts';

interface SheetPrinterDeps {
  session: Session;
  pages: OneTimePages;
  fonts: () => readonly AppFont[];
  logger: Logger;
}

/** What Electron calls a print that the user gave up. */
const cancelled = /cancell?ed/i;

/** Pictures are made at twice the size of the screen, so that a code is readable on paper too. */
const pictureScale = 2;

/** Any number but 0, which is the page's own world. */
const ownWorld = 999;

/**
 * `document.fonts.ready` alone is over before the first layout has asked for a font, and text whose font is on its way
 * is not drawn: the sheet would come without its code. A font that cannot be had is replaced by one of the system.
 */
const fontsLoaded = 'Promise.allSettled([...document.fonts].map((font) => font.load())).then(() => true)';

interface SheetWindow {
  scale: number;
  /**
   * Painted although it is not shown, whatever the desktop does with hidden windows. Not for printing: the print
   * dialog needs a window of the desktop.
   */
  painted: boolean;
}

function openHidden(session: Session, { scale, painted }: SheetWindow): BrowserWindow {
  return new BrowserWindow({
    show: false,
    useContentSize: true,
    width: sheetSize.width * scale,
    height: sheetSize.height * scale,
    enableLargerThanScreen: true,
    webPreferences: {
      session,
      zoomFactor: scale,
      offscreen: painted,
      // No preload, no script: the page cannot call main, nor do anything else.
      javascript: false,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      devTools: false,
      spellcheck: false,
    },
  });
}

/** Runs in a world of main's own, where it can although scripts of the page cannot. */
async function wait(contents: WebContents, code: string): Promise<void> {
  await contents.executeJavaScriptInIsolatedWorld(ownWorld, [{ code }]);
}

async function takePicture(contents: WebContents): Promise<Buffer> {
  await wait(contents, 'new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))');
  return (await contents.capturePage()).toPNG();
}

/** Prints recovery sheets from a window that is never shown. The code is in no file but the one the user asked for. */
export class WindowSheetPrinter implements SheetPrinter {
  readonly #deps: SheetPrinterDeps;

  constructor(deps: SheetPrinterDeps) {
    this.#deps = deps;
  }

  pdf(sheet: RecoverySheet): Promise<Buffer> {
    return this.#withPage(sheet, { scale: 1, painted: true }, (contents) =>
      contents.printToPDF({ printBackground: true }),
    );
  }

  png(sheet: RecoverySheet): Promise<Buffer> {
    return this.#withPage(sheet, { scale: pictureScale, painted: true }, takePicture);
  }

  print(sheet: RecoverySheet): Promise<boolean> {
    return this.#withPage(sheet, { scale: 1, painted: false }, showPrintDialog);
  }

  async #withPage<T>(
    sheet: RecoverySheet,
    kind: SheetWindow,
    work: (contents: WebContents) => Promise<T>,
  ): Promise<T> {
    const { session, pages, fonts, logger } = this.#deps;
    const address = pages.add('recovery-sheet', (nonce) => recoverySheetPage(sheet, fonts(), nonce));
    const window = openHidden(session, kind);
    try {
      await window.loadURL(address);
      await wait(window.webContents, fontsLoaded);
      return await work(window.webContents);
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
