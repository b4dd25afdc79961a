import { expiryStage, reminderHorizon, type ExpiryStage } from '../../../../contracts/domain/key-expiry.ts';
import type { Sql } from '../../ports.ts';
import { readAccountName } from '../kind/account-name.ts';
import { dueStage, type DueReminder } from '../kind/due-reminder.ts';
import { readKeysToRemindOf, writeReminded } from './key-store.ts';

/** What a reminder of a key says: title and text. */
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

/** The reminders of the keys of all contexts that are due. @param now - Milliseconds since 1970. */
export function dueKeyReminders(sql: Sql, now: number): DueReminder[] {
  return readKeysToRemindOf(sql, reminderHorizon(now)).flatMap((row) => {
    const stage = dueStage(expiryStage(row.expires_at, now), row.reminded);
    if (stage === null) return [];
    const words = texts[stage](row.label, readAccountName(sql, row.context_id) ?? '');
    return [{ words, note: () => writeReminded(sql, row.id, stage) }];
  });
}
