import type { BackupProgress } from '../../../contracts/ipc/backup.ts';

/** The user does not want it any more. */
export class Cancelled extends Error {
  override name = 'Cancelled';
}

/** How many pieces are done before others get their turn. */
const pieces = 100;

/** One piece of long work: says how far it is, and ends when it is cancelled. */
export class LongWork {
  readonly #report: (progress: BackupProgress) => void;
  #cancelled = false;
  #reject: (reason: Cancelled) => void = () => undefined;
  readonly #whenCancelled: Promise<never>;

  constructor(report: (progress: BackupProgress) => void) {
    this.#report = report;
    this.#whenCancelled = new Promise<never>((_resolve, reject) => {
      this.#reject = reject;
    });
    // Nobody may be waiting when it is cancelled.
    this.#whenCancelled.catch(() => undefined);
  }

  cancel(): void {
    this.#cancelled = true;
    this.#reject(new Cancelled());
  }

  /** @throws Cancelled */
  step(step: BackupProgress['step'], done = 0, total = 0): void {
    if (this.#cancelled) throw new Cancelled();
    this.#report({ step, done, total });
  }

  /**
   * Waits for work that cannot be stopped, or for the end of patience. What the work gives after that is handed to
   * `drop`, because it may be a key.
   * @throws Cancelled
   */
  async orCancelled<T>(work: Promise<T>, drop: (value: T) => void): Promise<T> {
    const guarded = work.then((value) => {
      if (this.#cancelled) drop(value);
      return value;
    });
    // Its failure is of no interest once it was cancelled.
    guarded.catch(() => undefined);
    return Promise.race([this.#whenCancelled, guarded]);
  }

  /**
   * Does the same with each item and lets others work in between.
   * @throws Cancelled, and what `work` throws
   */
  async each<T>(step: BackupProgress['step'], items: readonly T[], work: (item: T) => void): Promise<void> {
    for (const [index, item] of items.entries()) {
      if (index % pieces === 0) {
        this.step(step, index, items.length);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
      }
      work(item);
    }
    this.step(step, items.length, items.length);
  }
}
