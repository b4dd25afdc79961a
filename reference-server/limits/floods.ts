import { FailureCounter } from './failure-counter.ts';
import type { FailureRule } from './failure-counter.ts';

/** So many kinds are counted beside those that are told. */
const mostKinds = 1000;

/** Tells something; `more` is how often it happened besides, in the same way, without being told. */
type Tell = (more: number) => Promise<void>;

/**
 * Keeps what happens again and again from filling a log: the first of one kind are told, the others are counted and told
 * together, with the last of them, when the window is over.
 */
export class Floods {
  readonly #told: FailureCounter;
  readonly #windowSeconds: number;
  readonly #counted = new Map<string, { more: number; tell: Tell }>();
  #timer: NodeJS.Timeout | undefined;

  constructor(now: () => Date, rule: FailureRule) {
    this.#told = new FailureCounter(now, rule);
    this.#windowSeconds = rule.windowSeconds;
  }

  /** Tells what happened, now or later. @throws what telling it now throws */
  async note(kind: string, tell: Tell): Promise<void> {
    if (this.#told.pausedFor(kind) === null) {
      this.#told.add(kind);
      await tell(0);
      return;
    }
    const before = this.#counted.get(kind);
    if (before === undefined && this.#counted.size >= mostKinds) return;
    this.#counted.set(kind, { more: before === undefined ? 0 : before.more + 1, tell });
    this.#timer ??= setTimeout(() => void this.flush(), this.#windowSeconds * 1000).unref();
  }

  /** Tells what was counted until now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const counted = [...this.#counted.values()];
    this.#counted.clear();
    // What cannot be told has nobody who could be told that.
    for (const { more, tell } of counted) await tell(more).catch(() => undefined);
  }
}
