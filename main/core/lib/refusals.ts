import type { Clock } from '../ports.ts';

/** How many refusals within how many milliseconds end the asking. */
const most = { count: 3, withinMs: 10 * 60_000 };

/**
 * Counts a person's refusals, so that nobody is worn down by questions: after three within ten minutes nothing is asked
 * until ten minutes after the first of them.
 */
export class Refusals {
  readonly #clock: Pick<Clock, 'now'>;
  #at: number[] = [];

  constructor(clock: Pick<Clock, 'now'>) {
    this.#clock = clock;
  }

  note(): void {
    this.#at.push(this.#clock.now().getTime());
  }

  /** After a yes. */
  forget(): void {
    this.#at = [];
  }

  /** How long nothing is asked yet, milliseconds. */
  pauseMs(): number {
    const now = this.#clock.now().getTime();
    // Either way: a clock that was set back must not lengthen the pause.
    this.#at = this.#at.filter((at) => Math.abs(now - at) < most.withinMs);
    const first = this.#at.at(-most.count);
    return first === undefined ? 0 : Math.min(first - now, 0) + most.withinMs;
  }
}
