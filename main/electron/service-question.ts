import { performance } from 'node:perf_hooks';
import { dialog, type BrowserWindow, type MessageBoxOptions } from 'electron';
import type { AskAboutServices } from '../core/ports.ts';

/** A yes sooner than this was meant for what was there before, milliseconds. The question is then put again. */
const armedAfterMs = 500;
const mostTries = 3;
const [no, yes] = [0, 1] as const;

function question(origins: readonly string[]): MessageBoxOptions {
  const [first = ''] = origins;
  return {
    type: 'question',
    title: 'Keyhold asks',
    message: origins.length === 1 ? `Contact ${first}?` : `Contact ${String(origins.length)} services?`,
    detail: [
      ...(origins.length === 1 ? [] : [origins.join('\n'), '']),
      'Keyhold has no context there yet. Say yes only if you just asked for it: the name itself can be seen on the network.',
    ].join('\n'),
    buttons: ['Cancel', 'Contact'],
    // What is typed into the window at that moment must not count as a yes.
    defaultId: no,
    cancelId: no,
    noLink: true,
  };
}

/**
 * Asks by a dialog of the system, in front of the window: no script can press its buttons, nor can it say other names
 * than those that are contacted.
 */
export function askByDialog(currentWindow: () => BrowserWindow | null): AskAboutServices {
  return async (origins) => {
    for (let tries = 0; tries < mostTries; tries += 1) {
      const shownAt = performance.now();
      const window = currentWindow();
      const options = question(origins);
      const { response } = await (window === null
        ? dialog.showMessageBox(options)
        : dialog.showMessageBox(window, options));
      if (response !== yes) return false;
      if (performance.now() - shownAt >= armedAfterMs) return true;
    }
    return false;
  };
}
