import type { Cancel, Clock } from '../../../../main/core/ports.ts';

interface Planned {
  at: number;
  task: () => void;
}

/** A clock that stands still until the test moves it; what was planned happens then, in order. */
export class ManualClock implements Clock {
  #now: number;
  readonly #planned = new Set<Planned>();

  constructor(start: Date) {
    this.#now = start.getTime();
  }

  now(): Date {
    return new Date(this.#now);
  }

  after(ms: number, task: () => void): Cancel {
    const planned = { at: this.#now + ms, task };
    this.#planned.add(planned);
    return () => {
      this.#planned.delete(planned);
    };
  }

  /** How much is planned. */
  get pending(): number {
    return this.#planned.size;
  }

  advance(ms: number): void {
    const end = this.#now + ms;
    for (let next = this.#nextUntil(end); next !== undefined; next = this.#nextUntil(end)) {
      this.#planned.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.task();
    }
    this.#now = end;
  }

  /** Sets the time, also back; nothing that is planned happens. */
  set(to: Date): void {
    this.#now = to.getTime();
  }

  #nextUntil(end: number): Planned | undefined {
    return [...this.#planned].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
  }
}
