import type { RunningApp } from './launch.ts';

/**
 * The user's answer in the system's file dialogs, for opening and for saving. They are windows of the desktop (GTK's
 * own), which no test can click; so their answer is put in their place. `null`: the user gives up.
 */
export async function answerFileDialogs({ electron }: RunningApp, path: string | null): Promise<void> {
  await electron.evaluate(({ dialog }, filePath) => {
    const chosen = {
      canceled: filePath === null,
      filePath: filePath ?? '',
      filePaths: filePath === null ? [] : [filePath],
    };
    Object.assign(dialog, {
      showOpenDialog: () => Promise.resolve(chosen),
      showSaveDialog: () => Promise.resolve(chosen),
    });
  }, path);
}
