import type { SecuritySettings } from '../../../contracts/domain/settings.ts';
import type { LockReason } from '../../../contracts/domain/lock.ts';
import type { Cancel, Clock, IdleTime, SystemSignals } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';

interface LockControllerDeps {
  vault: Vault;
  clock: Clock;
  idle: IdleTime;
  signals: readonly SystemSignals[];
  /** Read anew each time, so that a changed setting counts at once. */
  settings: () => SecuritySettings;
}

/** The idle time is looked at no more often and no less often than this, milliseconds. */
const shortestLook = 1000;
const longestLook = 15_000;

/** Every lock goes through here, and says why: by the user, by idle time, by what the system signals. */
export class LockController {
  readonly #deps: LockControllerDeps;
  #cancelLook: Cancel | null = null;
  #unlockedAt = 0;

  constructor(deps: LockControllerDeps) {
    this.#deps = deps;
    const { vault, signals, settings } = deps;
    for (const source of signals) {
      source.onSuspend(() => {
        if (settings().lockOnSuspend) this.lock('suspend');
      });
      source.onScreenLock(() => {
        if (settings().lockOnScreenLock) this.lock('screen_lock');
      });
    }
    vault.onChange(() => {
      if (vault.isUnlocked) this.#watch();
      else this.#stopWatching();
    });
  }

  /** Locks the vault; does nothing when it is locked. `reason` goes to the activity log. */
  lock(reason: LockReason): void {
    this.#deps.vault.lock(reason);
  }

  #watch(): void {
    if (this.#cancelLook !== null) return;
    this.#unlockedAt = this.#now();
    this.#lookAfter(shortestLook);
  }

  #stopWatching(): void {
    this.#cancelLook?.();
    this.#cancelLook = null;
  }

  #lookAfter(ms: number): void {
    this.#cancelLook = this.#deps.clock.after(ms, () => {
      this.#look();
    });
  }

  #look(): void {
    const minutes = this.#deps.settings().autoLockMinutes;
    const left = minutes === null ? longestLook : minutes * 60_000 - this.#idleMs();
    if (left <= 0) this.lock('idle');
    else this.#lookAfter(Math.min(longestLook, Math.max(shortestLook, left)));
  }

  /** Unlocking is a sign of life, whatever the system counts: a remote desktop may hide the keyboard from it. */
  #idleMs(): number {
    // A clock that was set back must not put the lock off.
    this.#unlockedAt = Math.min(this.#unlockedAt, this.#now());
    return Math.min(this.#deps.idle.seconds() * 1000, this.#now() - this.#unlockedAt);
  }

  #now(): number {
    return this.#deps.clock.now().getTime();
  }
}
