import { clipboard } from 'electron';
import type { Clipboard } from '../core/ports.ts';

/** The system clipboard. Electron 44 made its calls asynchronous; `await` serves both forms. */
export const systemClipboard: Clipboard = {
  async write(text) {
    await clipboard.writeText(text);
  },
  async read() {
    return await clipboard.readText();
  },
  clear() {
    clipboard.clear();
  },
};
