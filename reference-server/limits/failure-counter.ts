import { createHmac, randomBytes } from 'node:crypto';

/** How many failures are allowed in how long. */
export interface FailureRule {
  failures: number;
  windowSeconds: number;
}

/** So many keys are told apart; no more memory is ever taken than their last failures need. */
const buckets = 2 ** 16;

/**
 * Counts failures per key in a sliding window, in memory. A key is one of a fixed number of buckets, chosen by a
 * secret: memory is bounded, nothing is ever pushed out by new keys, and nobody can aim at another key's bucket. Two
 * keys in one bucket share a count, which takes hundreds of thousands of failures in a window to matter.
 */
export class FailureCounter {
  readonly #now: () => Date;
  readonly #rule: FailureRule;
  readonly #secret = randomBytes(32);
  readonly #failures = new Map<number, number[]>();

  constructor(now: () => Date, rule: FailureRule) {
    this.#now = now;
    this.#rule = rule;
  }

  /** Seconds until the key may fail again; null while it may. */
  pausedFor(key: string): number | null {
    const recent = this.#recent(this.#bucketOf(key));
    const oldest = recent[0];
    if (oldest === undefined || recent.length < this.#rule.failures) return null;
    const freeAt = oldest + this.#rule.windowSeconds * 1000;
    return Math.max(1, Math.ceil((freeAt - this.#now().getTime()) / 1000));
  }

  /** Counts one failure. */
  add(key: string): void {
    const bucket = this.#bucketOf(key);
    const recent = [...this.#recent(bucket), this.#now().getTime()];
    this.#failures.set(bucket, recent.slice(-this.#rule.failures));
  }

  /** Forgets the failures of a key. */
  forget(key: string): void {
    this.#failures.delete(this.#bucketOf(key));
  }

  #recent(bucket: number): number[] {
    const since = this.#now().getTime() - this.#rule.windowSeconds * 1000;
    return (this.#failures.get(bucket) ?? []).filter((time) => time > since);
  }

  #bucketOf(key: string): number {
    return createHmac('sha256', this.#secret).update(key).digest().readUInt32BE() % buckets;
  }
}
