import { expiryStage, reminderHorizon, type ExpiryStage } from '../../../contracts/domain/key-expiry.ts';
import type { Cancel, Clock, Notifier } from '../ports.ts';
import type { Vault } from '../vault/vault.ts';
import { keysToRemindOf } from './keys/key-reminders.ts';

/** How often it is looked, while the vault is open. */
const everyMs = 60 * 60 * 1000;

const order: readonly (ExpiryStage | null)[] = [null, 'week', 'day', 'expired'];

/**
 * The reminder that a credential's user is to be given now: that of its stage, unless it was given before. Stages that
 * passed while nobody looked are left out.
 *
 * @param endsAt - RFC 3339; null for never.
 * @param reminded - The last one that was given.
 * @param now - Milliseconds since 1970.
 */
export function dueReminder(
  { endsAt, reminded }: { endsAt: string | null; reminded: ExpiryStage | null },
  now: number,
): ExpiryStage | null {
  const stage = expiryStage(endsAt, now);
  return order.indexOf(stage) > order.indexOf(reminded) ? stage : null;
}

interface RemindersDeps {
  vault: Vault;
  clock: Clock;
  notifier: Notifier;
}

/** Reminds the user of credentials that are about to end: a week before, a day before and when they have, once each. */
export class Reminders {
  readonly #deps: RemindersDeps;
  #next: Cancel | null = null;

  constructor(deps: RemindersDeps) {
    this.#deps = deps;
  }

  /** Gives the reminders that are due, now and each hour, until the vault is locked. To be called when it opens. */
  check(): void {
    this.#next?.();
    this.#next = null;
    const { vault, clock, notifier } = this.#deps;
    if (!vault.isUnlocked) return;
    const now = clock.now().getTime();
    for (const credential of keysToRemindOf(vault.sql(), reminderHorizon(now))) {
      const stage = dueReminder(credential, now);
      if (stage === null) continue;
      credential.note(stage);
      notifier.show(...credential.words(stage));
    }
    this.#next = clock.after(everyMs, () => this.check());
  }
}
