import { dialog, type BrowserWindow, type OpenDialogOptions } from 'electron';
import { basename, join } from 'node:path';
import type { FileDialogs } from '../core/ports.ts';

/**
 * The system's file dialogs, in front of the window, one at a time: a script in the window cannot pile them up.
 *
 * @param folder - where they begin, until the user has chosen another folder
 */
export function fileDialogs(folder: string, currentWindow: () => BrowserWindow | null): FileDialogs {
  let open = false;
  /** @returns null, as if the person had given up, while another dialog is open */
  const alone = async <T>(show: () => Promise<T>): Promise<T | null> => {
    if (open) return null;
    open = true;
    try {
      return await show();
    } finally {
      open = false;
    }
  };
  return {
    async save({ title, fileName, extension }) {
      const options = {
        title,
        defaultPath: join(folder, fileName),
        filters: [{ name: extension.toUpperCase(), extensions: [extension] }],
      };
      const window = currentWindow();
      const answer = await alone(() =>
        window === null ? dialog.showSaveDialog(options) : dialog.showSaveDialog(window, options),
      );
      return answer === null || answer.canceled || answer.filePath === '' ? null : answer.filePath;
    },
    async open({ title }) {
      // Keys of SSH lie in a hidden folder.
      const options: OpenDialogOptions = {
        title,
        defaultPath: folder,
        properties: ['openFile', 'showHiddenFiles', 'dontAddToRecent'],
      };
      const window = currentWindow();
      const answer = await alone(() =>
        window === null ? dialog.showOpenDialog(options) : dialog.showOpenDialog(window, options),
      );
      const [path] = answer?.filePaths ?? [];
      return answer?.canceled !== false || path === undefined ? null : { path, name: basename(path) };
    },
  };
}
