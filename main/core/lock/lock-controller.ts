import type { SecuritySettings } from '../../../contracts/domain/settings.ts';
import type { LockForecast, LockReason } from '../../../contracts/domain/lock.ts';
import type { Cancel, Clock, IdleTime, SystemSignals } from '../ports.ts';
import type { TokenService } from '../tokens/token-service.ts';
import type { Vault } from '../vault/vault.ts';

interface LockControllerDeps {
  vault: Vault;
  tokens: Pick<TokenService, 'onProgramUse'>;
  clock: Clock;
  idle: IdleTime;
  signals: readonly SystemSignals[];
  /** Read anew each time, so that a changed setting counts at once. */
  settings: () => SecuritySettings;
}

/** Shortest and longest time until the idle time is checked again, milliseconds. */
const shortestPause = 1000;
const longestPause = 15_000;

/** Every lock goes through here, and says why: by the user, by idle time, by what the system signals. */
export class LockController {
  readonly #deps: LockControllerDeps;
  #cancelCheck: Cancel | null = null;
  #unlockedAt = 0;
  /** When a program last used the vault, maybe before it was last unlocked. */
  #usedAt = 0;
  /** What the clock said last. */
  #lastNow = 0;

  constructor(deps: LockControllerDeps) {
    this.#deps = deps;
    const { vault, tokens, signals, settings } = deps;
    for (const source of signals) {
      source.onSuspend(() => {
        if (settings().lockOnSuspend) this.lock('suspend');
      });
      source.onScreenLock(() => {
        if (settings().lockOnScreenLock) this.lock('screen_lock');
      });
    }
    tokens.onProgramUse(() => {
      // Before anything is asked of the system, for it comes with each token.
      if (settings().programsKeepOpenMinutes === null) return;
      // After a sleep the lock may be overdue: then this use must not put it off.
      if ((this.#left()?.unused ?? 1) > 0) this.#usedAt = this.#now();
    });
    vault.onChange(() => {
      if (vault.isUnlocked) this.#watch();
      else this.#stopWatching();
    });
  }

  /** Locks the vault; does nothing when it is locked. `reason` goes to the activity log. */
  lock(reason: LockReason): void {
    this.#deps.vault.lock(reason);
  }

  /** When the vault locks by itself; null when it does not, or is locked. */
  forecast(): LockForecast | null {
    const left = this.#deps.vault.isUnlocked ? this.#left() : null;
    if (left === null) return null;
    const then = (ms: number): string => new Date(this.#now() + Math.max(0, ms)).toISOString();
    return { at: then(left.unused), latest: left.used === null ? null : then(left.used) };
  }

  #watch(): void {
    if (this.#cancelCheck !== null) return;
    this.#unlockedAt = this.#now();
    this.#checkAfter(shortestPause);
  }

  #stopWatching(): void {
    this.#cancelCheck?.();
    this.#cancelCheck = null;
  }

  #checkAfter(ms: number): void {
    this.#cancelCheck = this.#deps.clock.after(ms, () => this.#check());
  }

  #check(): void {
    const left = this.#left()?.unused ?? longestPause;
    if (left <= 0) this.lock('idle');
    else this.#checkAfter(Math.min(longestPause, Math.max(shortestPause, left)));
  }

  /**
   * How long until the lock, milliseconds: when nobody uses the vault any more, and when only programs do, at the
   * latest (null where their uses do not count). Null as a whole when it never locks by itself.
   */
  #left(): { unused: number; used: number | null } | null {
    const { autoLockMinutes, programsKeepOpenMinutes } = this.#deps.settings();
    if (autoLockMinutes === null) return null;
    const idle = this.#idleMs();
    const byPerson = autoLockMinutes * 60_000 - idle;
    // Less than the person has themselves changes nothing.
    if (programsKeepOpenMinutes === null || programsKeepOpenMinutes <= autoLockMinutes) {
      return { unused: byPerson, used: null };
    }
    const byPrograms = autoLockMinutes * 60_000 - (this.#now() - this.#usedAt);
    const latest = programsKeepOpenMinutes * 60_000 - idle;
    return { unused: Math.max(byPerson, Math.min(byPrograms, latest)), used: latest };
  }

  /** Unlocking is a sign of life, whatever the system counts: a remote desktop may hide the keyboard from it. */
  #idleMs(): number {
    return Math.min(this.#deps.idle.seconds() * 1000, this.#now() - this.#unlockedAt);
  }

  /** Where the clock was set back, earlier times are moved with it, so that it does not put the lock off. */
  #now(): number {
    const now = this.#deps.clock.now().getTime();
    const setBack = Math.max(0, this.#lastNow - now);
    this.#unlockedAt -= setBack;
    this.#usedAt -= setBack;
    this.#lastNow = now;
    return now;
  }
}
