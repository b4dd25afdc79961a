import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from '../turns.ts';

/** How long a server that has no time to spare rests after a password, as a multiple of what the password took. */
const restOfBusy = 3;

/**
 * How long to rest after a password, milliseconds.
 *
 * @param took - What the password took, milliseconds.
 * @param busy - The part of that time in which the server had other work, 0 to 1.
 */
export function restAfter(took: number, busy: number): number {
  return took * restOfBusy * busy;
}

/**
 * Makes a function that works passwords out one at a time, with a rest after each as the server is busy: each takes a core
 * for as long as it lasts, and the registry needs the cores. Who asked does not wait for the rest.
 *
 * @param rest - Waits for so many milliseconds.
 */
export function passwordTurns(rest = (time: number): Promise<unknown> => sleep(time, null, { ref: false })) {
  const turns = new Turns();
  return <Value>(work: () => Promise<Value>): Promise<Value> =>
    new Promise((resolve, reject) => {
      void turns.run('', async () => {
        const before = performance.eventLoopUtilization();
        const begun = performance.now();
        await work().then(resolve, reject);
        const { utilization } = performance.eventLoopUtilization(before);
        await rest(restAfter(performance.now() - begun, utilization));
      });
    });
}
