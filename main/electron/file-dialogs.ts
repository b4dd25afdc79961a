import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { basename, join } from 'node:path';
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
    async open({ title }) {
      // Keys of SSH lie in a hidden folder.
      const options: OpenDialogOptions = {
        title,
        defaultPath: folder,
        properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'],
      };
      const window = currentWindow();
      const { canceled, filePaths } = await (window === null
        ? dialog.showOpenDialog(options)
        : dialog.showOpenDialog(window, options));
      const [path] = filePaths;
      return canceled || path === undefined ? null : { path, name: basename(path) };
    },
  };
}
