import { expiryStage, reminderHorizon, type ExpiryStage } from '../../../../contracts/domain/key-expiry.ts';
import type { Sql } from '../../ports.ts';
import { readAccountName } from '../kind/account-name.ts';
import { dueStage, type DueReminder } from '../kind/due-reminder.ts';
import { readApiKeysToRemindOf, writeApiKeyReminded } from './api-key-store.ts';

const before = 'Sign in again in Keyhold, on the Status page, before programs are refused.';

/** What a reminder of an API key says: title and text. */
const texts: Readonly<Record<ExpiryStage, (label: string, context: string) => [string, string]>> = {
  week: (label, context) => [`An API key of ${context} ends within a week`, `It is “${label}”. ${before}`],
  day: (label, context) => [`An API key of ${context} ends within a day`, `It is “${label}”. ${before}`],
  expired: (label, context) => [
    `An API key of ${context} has ended`,
    `“${label}” is no longer accepted. Sign in again in Keyhold, on the Status page.`,
  ],
};

/** The reminders of the API keys of all contexts that are due. @param now - Milliseconds since 1970. */
export function dueApiKeyReminders(sql: Sql, now: number): DueReminder[] {
  return readApiKeysToRemindOf(sql, reminderHorizon(now)).flatMap((row) => {
    const stage = dueStage(expiryStage(row.expiresAt, now), row.reminded);
    if (stage === null) return [];
    const words = texts[stage](row.label, readAccountName(sql, row.contextId) ?? '');
    return [{ words, note: () => writeApiKeyReminded(sql, row.id, stage) }];
  });
}
