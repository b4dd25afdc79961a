import { closeSync, constants, openSync, lstatSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** How often a pipe is looked at, milliseconds. */
const lookEveryMs = 20;

/**
 * Lets a program run until it ends or waits for a pipe into which nobody writes; one that waits is ended.
 *
 * @param files - Those that may be such a pipe.
 * @param run - Starts the program, and ends it at the signal.
 * @returns How it ended; null where it waited.
 */
export async function unlessItWaits<T>(
  files: readonly string[],
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T | null> {
  const [end, ended] = [new AbortController(), new AbortController()];
  const running = run(end.signal).finally(() => {
    ended.abort();
  });
  const writer = await writerOf(files.filter(isPipe), ended.signal);
  if (writer === null) return running;
  end.abort();
  await running;
  closeSync(writer);
  return null;
}

function isPipe(file: string): boolean {
  return lstatSync(file, { throwIfNoEntry: false })?.isFIFO() === true;
}

/** The writing end of the first pipe that is waited for; null where all is over before one is. */
async function writerOf(pipes: readonly string[], over: AbortSignal): Promise<number | null> {
  while (pipes.length > 0 && !over.aborted) {
    for (const pipe of pipes) {
      try {
        // Fails while nobody has it open to read from it (fifo(7)). It stays open, so that the reader waits on.
        return openSync(pipe, constants.O_WRONLY | constants.O_NONBLOCK);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENXIO')) throw error;
      }
    }
    await setTimeout(lookEveryMs);
  }
  return null;
}
