import { app, dialog, type BrowserWindow } from 'electron';
import type { UnsavedWork } from '../core/window/unsaved-work.ts';
import { raiseWindow } from './window.ts';

const [stay, quit] = [0, 1] as const;

/**
 * Asks before the window goes with what nobody has kept yet, and quits on a yes. The question is main's: while it stands the
 * vault still locks itself.
 *
 * @param onStay - The window does not go for now.
 */
export function askBeforeLosing(
  window: BrowserWindow,
  unsaved: Pick<UnsavedWork, 'lost'>,
  onStay: () => void,
): void {
  let isAsking = false;
  let mayGo = false;
  const ask = async (lost: string): Promise<void> => {
    raiseWindow(window);
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      title: 'Keyhold asks',
      message: 'Quit and lose unsaved changes?',
      detail: lost,
      buttons: ['Cancel', 'Quit and lose them'],
      // What is typed into the window at that moment must not count as a yes.
      defaultId: stay,
      cancelId: stay,
      noLink: true,
    });
    mayGo = response === quit;
    if (mayGo) app.quit();
  };
  window.on('close', (event) => {
    const { lost } = unsaved;
    if (event.defaultPrevented || mayGo || lost === null) return;
    event.preventDefault();
    onStay();
    if (isAsking) return;
    isAsking = true;
    void ask(lost).finally(() => {
      isAsking = false;
    });
  });
}
