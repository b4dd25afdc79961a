import { BrowserWindow, type NativeImage, type Session, type WebContents } from 'electron';
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
 * Has every font loaded, then turns the page white: text whose font is on its way is not drawn, and the load of a page
 * waits for the fonts only that its layout has asked for by then. In place of a font that cannot be had the system's is
 * drawn.
 */
const loadFonts = `Promise.allSettled([...document.fonts].map((font) => font.load())).then(() => {
  document.documentElement.dataset.fonts = 'loaded';
})`;

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

/**
 * Whether a frame is of the page with its fonts: only that one is white. On a busy computer the one before it, without
 * text, may still be the last that was drawn.
 */
function isFinished(frame: NativeImage): boolean {
  const [blue, green, red] = frame.crop({ x: 0, y: 0, width: 1, height: 1 }).toBitmap();
  return blue === 255 && green === 255 && red === 255;
}

async function takePicture(contents: WebContents): Promise<Buffer> {
  const finished = new Promise<NativeImage>((resolve) => {
    contents.on('paint', (_details, _changed, frame) => {
      if (isFinished(frame)) resolve(frame);
    });
  });
  // The frame may have been there before anybody listened.
  contents.invalidate();
  return (await finished).toPNG();
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
      await wait(window.webContents, loadFonts);
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
  return new Promise((resolve, reject) =>
    contents.print({ silent: false, printBackground: true }, (success, reason) => {
      if (success || cancelled.test(reason)) resolve(success);
      else reject(new Error(reason));
    }),
  );
}
