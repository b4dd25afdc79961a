import { expiryStage, reminderHorizon, type ExpiryStage } from '../../../../contracts/domain/key-expiry.ts';
import type { Cancel, Clock, Notifier } from '../../ports.ts';
import type { Vault } from '../../vault/vault.ts';
import { readAccountName } from './account-name.ts';
import { readKeysToRemindOf, writeReminded, type KeyRow } from './key-store.ts';

/** How often it is looked, while the vault is open. */
const everyMs = 60 * 60 * 1000;

const order: readonly (ExpiryStage | null)[] = [null, 'week', 'day', 'expired'];

/** What of a key decides on a reminder. */
export type Remindable = Pick<KeyRow, 'expires_at' | 'reminded'>;

/**
 * The reminder that a key's user is to be given now: that of its stage, unless it was given before. Stages that
 * passed while nobody looked are left out.
 *
 * @param now - Milliseconds since 1970.
 */
export function dueReminder({ expires_at, reminded }: Remindable, now: number): ExpiryStage | null {
  const stage = expiryStage(expires_at, now);
  return order.indexOf(stage) > order.indexOf(reminded) ? stage : null;
}

const texts: Readonly<Record<ExpiryStage, (label: string, context: string) => [string, string]>> = {
  week: (label, context) => [
    `A key of ${context} expires within a week`,
    `Rotate “${label}” in Keyhold, on the Keys page, before it stops to sign.`,
  ],
  day: (label, context) => [
    `A key of ${context} expires within a day`,
    `Rotate “${label}” in Keyhold, on the Keys page, before it stops to sign.`,
  ],
  expired: (label, context) => [
    `A key of ${context} has expired`,
    `“${label}” no longer signs. Rotate it in Keyhold, on the Keys page.`,
  ],
};

interface KeyRemindersDeps {
  vault: Vault;
  clock: Clock;
  notifier: Notifier;
}

/** Reminds the user of keys that are about to expire: a week before, a day before and when they have, once each. */
export class KeyReminders {
  readonly #deps: KeyRemindersDeps;
  #next: Cancel | null = null;

  constructor(deps: KeyRemindersDeps) {
    this.#deps = deps;
  }

  /** Gives the reminders that are due, now and each hour, until the vault is locked. To be called when it opens. */
  check(): void {
    this.#next?.();
    this.#next = null;
    const { vault, clock, notifier } = this.#deps;
    if (!vault.isUnlocked) return;
    const sql = vault.sql();
    const now = clock.now().getTime();
    for (const key of readKeysToRemindOf(sql, reminderHorizon(now))) {
      const stage = dueReminder(key, now);
      if (stage === null) continue;
      writeReminded(sql, key.id, stage);
      notifier.show(...texts[stage](key.label, readAccountName(sql, key.context_id) ?? ''));
    }
    this.#next = clock.after(everyMs, () => this.check());
  }
}
