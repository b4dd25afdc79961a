import type { Cancel, Clock, Notifier } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import { dueApiKeyReminders } from './api-keys/api-key-reminders.ts';
import { dueKeyReminders } from './keys/key-reminders.ts';
import { duePastedReminders, nextPastedReminder } from './pasted/pasted-reminders.ts';
import { dueSessionReminders } from './sessions/session-reminders.ts';

/** How often it is looked at least, while the vault is open. */
const everyMs = 60 * 60 * 1000;

interface RemindersDeps {
  vault: Vault;
  clock: Clock;
  notifier: Notifier;
}

/**
 * Reminds the user of credentials that are about to end, once at each stage: of keys and API keys a week before, a day
 * before and when they have ended; of sessions, which last hours, within the last hour and when they have ended; of tokens,
 * which may last minutes, shortly before and when they have ended.
 */
export class Reminders {
  readonly #deps: RemindersDeps;
  #next: Cancel | null = null;

  constructor(deps: RemindersDeps) {
    this.#deps = deps;
  }

  /**
   * Gives the reminders that are due, now and each time when one is, until the vault is locked. To be called when it
   * opens, and when somebody has signed in.
   */
  check(): void {
    this.#next?.();
    this.#next = null;
    const { vault, clock, notifier } = this.#deps;
    if (!vault.isUnlocked) return;
    const sql = vault.sql();
    const now = clock.now().getTime();
    const due = [
      ...dueKeyReminders(sql, now),
      ...dueApiKeyReminders(sql, now),
      ...dueSessionReminders(sql, now),
      ...duePastedReminders(sql, now),
    ];
    for (const { words, note } of due) {
      note();
      notifier.show(...words);
    }
    const nextMs = (nextPastedReminder(sql, now) ?? Infinity) - now;
    this.#next = clock.after(Math.min(everyMs, nextMs), () => this.check());
  }
}
