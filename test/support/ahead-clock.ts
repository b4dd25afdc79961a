import { systemClock } from '../../main/adapters/clock.ts';
import type { Clock } from '../../main/core/ports.ts';

/** The system's clock, but so many milliseconds ahead of it as a test says. */
export interface AheadClock extends Clock {
  ahead: number;
}

export function aheadClock(): AheadClock {
  const clock = { ...systemClock, ahead: 0, now: () => new Date(systemClock.now().getTime() + clock.ahead) };
  return clock;
}

/** Longer than noes keep a program from being asked about, milliseconds. */
export const afterNoes = 11 * 60_000;
