import type { Clock, Sql } from '../ports.ts';

const freeTries = 2;
const firstDelayMs = 1000;
const longestDelayMs = 60_000;

interface ThrottleRow {
  failures: number;
  not_before: number;
}

/** How long to wait after this many wrong passphrases in a row, in milliseconds: 0, 0, 1 s, 2 s, 4 s … 60 s. */
export function delayAfter(failures: number): number {
  if (failures <= freeTries) return 0;
  return Math.min(firstDelayMs * 2 ** (failures - freeTries - 1), longestDelayMs);
}

/**
 * Slows down guessing at the passphrase. The count lies in the vault file, so that a restart does not reset
 * it. It hinders people at this keyboard; against those who have a copy of the file stands Argon2id alone.
 */
export class UnlockThrottle {
  readonly #sql: Sql;
  readonly #clock: Clock;

  constructor(sql: Sql, clock: Clock) {
    this.#sql = sql;
    this.#clock = clock;
  }

  /** Milliseconds until the next try is accepted; 0 when it is now. */
  retryAfterMs(): number {
    const { failures, not_before: notBefore } = this.#read();
    const left = notBefore - this.#clock.now().getTime();
    // A clock that was set back must not lengthen the wait.
    return Math.max(0, Math.min(left, delayAfter(failures)));
  }

  /** Notes a wrong passphrase and answers the wait that follows, in milliseconds. */
  fail(): number {
    const failures = this.#read().failures + 1;
    const delay = delayAfter(failures);
    this.#write({ failures, not_before: this.#clock.now().getTime() + delay });
    return delay;
  }

  /** Notes a right passphrase. */
  reset(): void {
    if (this.#read().failures > 0) this.#write({ failures: 0, not_before: 0 });
  }

  #read(): ThrottleRow {
    const row = this.#sql.get<ThrottleRow>('SELECT failures, not_before FROM unlock_throttle WHERE id = 1');
    return row ?? { failures: 0, not_before: 0 };
  }

  #write(row: ThrottleRow): void {
    this.#sql.run(
      `INSERT INTO unlock_throttle (id, failures, not_before) VALUES (1, ?, ?)
       ON CONFLICT (id) DO UPDATE SET failures = excluded.failures, not_before = excluded.not_before`,
      row.failures,
      row.not_before,
    );
  }
}
