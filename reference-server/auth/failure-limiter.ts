/** Five failures per account and address in five minutes. */
export const loginFailureLimit = { failures: 5, windowSeconds: 300, maxKeys: 10_000 };

/** Too many failures: the next try is possible after this many seconds. */
export interface Limited {
  retryAfterSeconds: number;
}

/**
 * Counts failures (never successes) per key in a sliding window. Tries for one key run one after the other, so that
 * many at once cannot slip past the count. Kept in memory and bounded: the key that failed longest ago goes first.
 */
export class FailureLimiter {
  readonly #now: () => Date;
  readonly #failures = new Map<string, number[]>();
  readonly #running = new Map<string, Promise<unknown>>();

  constructor(now: () => Date) {
    this.#now = now;
  }

  /**
   * Runs one try unless the key has failed too often.
   *
   * @param attempt - Gives a value for a success and null for a failure.
   * @returns What the attempt gave, or `Limited` without running it.
   */
  async attempt<T>(key: string, attempt: () => Promise<T | null>): Promise<T | null | Limited> {
    const before = this.#running.get(key) ?? Promise.resolve();
    const turn = before.then(() => this.#runOne(key, attempt));
    // The next in the queue waits for this turn's end, whatever it was.
    const settled = turn.catch(() => null);
    this.#running.set(key, settled);
    try {
      return await turn;
    } finally {
      if (this.#running.get(key) === settled) this.#running.delete(key);
    }
  }

  /** Counts one failure; true while the key is within its limit. */
  note(key: string): boolean {
    if (this.#limitedFor(key) !== null) return false;
    this.#add(key);
    return true;
  }

  async #runOne<T>(key: string, attempt: () => Promise<T | null>): Promise<T | null | Limited> {
    const limited = this.#limitedFor(key);
    if (limited !== null) return limited;
    const result = await attempt();
    if (result === null) this.#add(key);
    else this.#failures.delete(key);
    return result;
  }

  #limitedFor(key: string): Limited | null {
    const recent = this.#recent(key);
    const oldest = recent[0];
    if (oldest === undefined || recent.length < loginFailureLimit.failures) return null;
    const freeAt = oldest + loginFailureLimit.windowSeconds * 1000;
    return { retryAfterSeconds: Math.max(1, Math.ceil((freeAt - this.#now().getTime()) / 1000)) };
  }

  #recent(key: string): number[] {
    const since = this.#now().getTime() - loginFailureLimit.windowSeconds * 1000;
    return (this.#failures.get(key) ?? []).filter((time) => time > since);
  }

  #add(key: string): void {
    const recent = [...this.#recent(key), this.#now().getTime()];
    // Deleting first moves the key to the map's end, so that the first key is the one that failed longest ago.
    this.#failures.delete(key);
    this.#failures.set(key, recent);
    if (this.#failures.size <= loginFailureLimit.maxKeys) return;
    const [longestAgo] = this.#failures.keys();
    if (longestAgo !== undefined) this.#failures.delete(longestAgo);
  }
}

/** Tells a refusal from what an attempt gave. */
export function isLimited(result: unknown): result is Limited {
  return typeof result === 'object' && result !== null && 'retryAfterSeconds' in result;
}
