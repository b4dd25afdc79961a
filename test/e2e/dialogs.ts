import type { RunningApp } from './launch.ts';
import { inMain } from '../support/in-main.ts';

/**
 * The user's answer in the system's file dialogs, for opening and for saving. They are windows of the desktop (GTK's
 * own), which no test can click; so their answer is put in their place. `null`: the user gives up.
 */
export async function answerFileDialogs({ electron }: RunningApp, path: string | null): Promise<void> {
  await inMain(
    electron,
    ({ dialog }, filePath) => {
      const chosen = {
        canceled: filePath === null,
        filePath: filePath ?? '',
        filePaths: filePath === null ? [] : [filePath],
      };
      Object.assign(dialog, {
        showOpenDialog: () => Promise.resolve(chosen),
        showSaveDialog: () => Promise.resolve(chosen),
      });
    },
    path,
  );
}

/** What main's question about services that no context is of was answered, in place of a person who reads it first. */
export async function answerServiceQuestions(
  electron: RunningApp['electron'],
  answer: 'contact' | 'cancel',
): Promise<void> {
  await inMain(
    electron,
    ({ dialog }, response) => {
      Object.assign(dialog, {
        showMessageBox: (...args: unknown[]) => {
          const asked = ((globalThis as { serviceQuestions?: unknown[] }).serviceQuestions ??= []);
          asked.push(args.at(-1));
          // A yes within half a second is not taken for one.
          return new Promise((resolve) => {
            setTimeout(() => {
              resolve({ response, checkboxChecked: false });
            }, 520);
          });
        },
      });
    },
    answer === 'contact' ? 1 : 0,
  );
}

/** What is answered to main's own questions from now on, by a button's words: they are windows of the desktop, too. */
export async function answerQuestions({ electron }: RunningApp, words: string): Promise<void> {
  await inMain(
    electron,
    ({ dialog }, answer) => {
      Object.assign(dialog, {
        showMessageBox: (...args: unknown[]) => {
          const asked = ((globalThis as { questions?: unknown[] }).questions ??= []);
          const { message, detail, buttons } = args.at(-1) as Record<'message' | 'detail', string> & {
            buttons: string[];
          };
          asked.push(`${message} ${detail}`);
          return Promise.resolve({ response: buttons.indexOf(answer), checkboxChecked: false });
        },
      });
    },
    words,
  );
}

/** What was asked since `answerQuestions` was first called. */
export function questions({ electron }: RunningApp): Promise<unknown> {
  return inMain(electron, () => (globalThis as { questions?: unknown[] }).questions ?? []);
}
