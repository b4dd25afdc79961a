import type { ElectronApplication } from '@playwright/test';

type Electron = typeof import('electron');

let asked = 0;

/**
 * Runs `work` in the app's main process, once, and gives what it returns; one call at a time. Tests use this instead of
 * Playwright's `evaluate`, whose answer V8 can lose: its inspector waits for every answer with a promise that only a weak
 * handle holds, so "Resulting promise was garbage collected" when main collects garbage before its next microtask.
 * The answer is kept in main until the next call, and a lost one is fetched again.
 *
 * @param work - uses nothing from outside but `arg`
 */
export async function inMain<Result, Arg = undefined>(
  electron: ElectronApplication,
  work: (modules: Electron, arg: Arg) => Result,
  ...[arg]: undefined extends Arg ? [] : [arg: Arg]
): Promise<Awaited<Result>> {
  asked += 1;
  const question = { id: asked, work: work.toString(), arg };
  for (;;) {
    try {
      return (await electron.evaluate(answerOnce, question)) as Awaited<Result>;
    } catch (error) {
      if (!String(error).includes('promise was garbage collected')) throw error;
    }
  }
}

function answerOnce(
  modules: Electron,
  { id, work, arg }: { id: number; work: string; arg: unknown },
): unknown {
  const main = globalThis as { kept?: { id: number; answer: unknown } };
  if (main.kept?.id !== id) {
    // First gone, then done: what is asked may be what main still holds.
    delete main.kept;
    const run = (0, eval)(`(${work})`) as (electron: Electron, given: unknown) => unknown;
    main.kept = { id, answer: run(modules, arg) };
  }
  return main.kept.answer;
}
