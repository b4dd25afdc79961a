import type { LiveTokens } from '../../../contracts/ipc/tokens.ts';
import type { Clock } from '../ports.ts';

const bucketSeconds = 60;

interface OfKey {
  contextId: string;
  /** How many expire in each minute, by the minute's number. Programs may ask for thousands. */
  minutes: Map<number, number>;
  /** When the last one expires, seconds since 1970. */
  until: number;
}

/** Counts the tokens that were made and have not expired, those for programs too. Knows no token. */
export class LiveTokenCount {
  readonly #clock: Clock;
  readonly #keys = new Map<string, OfKey>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** @param exp - Seconds since 1970. */
  add(contextId: string, kid: string, exp: number): void {
    const of = this.#keys.get(kid) ?? { contextId, minutes: new Map<number, number>(), until: 0 };
    const minute = Math.floor(exp / bucketSeconds);
    of.minutes.set(minute, (of.minutes.get(minute) ?? 0) + 1);
    of.until = Math.max(of.until, exp);
    this.#keys.set(kid, of);
  }

  /** What was counted of a key counts no more: it has ended. */
  forget(kid: string): void {
    this.#keys.delete(kid);
  }

  list(): LiveTokens[] {
    const now = this.#clock.now().getTime() / 1000;
    const live: LiveTokens[] = [];
    for (const [kid, { contextId, minutes, until }] of this.#keys) {
      for (const minute of minutes.keys()) if ((minute + 1) * bucketSeconds <= now) minutes.delete(minute);
      if (until <= now) this.#keys.delete(kid);
      else {
        const count = [...minutes.values()].reduce((total, each) => total + each, 0);
        live.push({ contextId, kid, count, until: new Date(until * 1000).toISOString() });
      }
    }
    return live;
  }
}
