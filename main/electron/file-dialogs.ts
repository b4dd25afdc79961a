import { dialog, type BrowserWindow } from 'electron';
import { join } from 'node:path';
import type { FileDialogs } from '../core/ports.ts';

/**
 * The system's file dialogs, in front of the window.
 *
 * @param folder - where they begin, until the user has chosen another folder
 */
export function fileDialogs(folder: string, currentWindow: () => BrowserWindow | null): FileDialogs {
  return {
    async save({ title, fileName, extension }) {
      const options = {
        title,
        defaultPath: join(folder, fileName),
        filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
      };
      const window = currentWindow();
      const { canceled, filePath } = await (window === null
        ? dialog.showSaveDialog(options)
        : dialog.showSaveDialog(window, options));
      return canceled || filePath === '' ? null : filePath;
    },
  };
}
