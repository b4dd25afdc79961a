import { procCallers } from '../../main/adapters/process-callers.ts';
import type { Callers } from '../../main/core/ports.ts';

/** Reads of each process once who it is: thousands of cases come from the same one, and its parents are many files. */
export function sameCallers(): Callers {
  const seen = new Map<number, ReturnType<Callers['callerOf']>>();
  return {
    callerOf: (pid) => {
      if (!seen.has(pid)) seen.set(pid, procCallers.callerOf(pid));
      return seen.get(pid) ?? null;
    },
  };
}
