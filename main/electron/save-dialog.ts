import { dialog, type BrowserWindow } from 'electron';
import type { SaveDialog } from '../core/ports.ts';

/** The system's save dialog, in front of our window. It asks by itself before a file is replaced. */
export function saveDialog(currentWindow: () => BrowserWindow | null): SaveDialog {
  return {
    async choose({ title, name, extension }) {
      const options = {
        title,
        defaultPath: `${name}.${extension}`,
        filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
        properties: ['showOverwriteConfirmation' as const],
      };
      const window = currentWindow();
      const { canceled, filePath } =
        window === null ? await dialog.showSaveDialog(options) : await dialog.showSaveDialog(window, options);
      return canceled || filePath === '' ? null : filePath;
    },
  };
}
