import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import type { Tally } from './tally.ts';

/** Between so many cases the process can hear that it is to stop. */
const batch = 1000;

/**
 * Checks a property with so many random cases, until one fails: its smallest form goes to what the tally calls wrong, with
 * the seed and the path that bring it back.
 *
 * @param check throws, or rejects, when a case is not as it should be
 */
export async function runCases<T>(
  { count, tally }: { count: number; tally: Tally },
  cases: fc.Arbitrary<T>,
  check: (value: T) => void | Promise<void>,
): Promise<void> {
  const property = fc.asyncProperty(cases, async (value) => {
    await check(value);
  });
  for (let left = count; left > 0 && !tally.stopped; left -= batch) {
    const result = await fc.check(property, { numRuns: Math.min(batch, left) });
    tally.count('cases', result.numRuns);
    if (result.failed) {
      tally.wrong.push(`${String(result.errorInstance)}\n${fc.defaultReportMessage(result)}`);
      return;
    }
    await setImmediate();
  }
}
