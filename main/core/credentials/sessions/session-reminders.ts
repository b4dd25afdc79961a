import type { Sql } from '../../ports.ts';
import { readAccountName } from '../kind/account-name.ts';
import { dueStage, type DueReminder } from '../kind/due-reminder.ts';
import { readSessionsToRemindOf, writeSessionReminded, type SessionStage } from './session-store.ts';

const hourMs = 60 * 60 * 1000;

/** What a reminder of a session says: title and text. */
const texts: Readonly<Record<SessionStage, (context: string) => [string, string]>> = {
  hour: (context) => [
    `Your session of ${context} ends within an hour`,
    'Sign in again in Keyhold, on the Status page, to go on without a break.',
  ],
  expired: (context) => [
    `Your session of ${context} has ended`,
    'Sign in again in Keyhold, on the Status page. Nothing was lost.',
  ],
};

/** The reminders of the sessions of all contexts that are due. @param now - Milliseconds since 1970. */
export function dueSessionReminders(sql: Sql, now: number): DueReminder[] {
  const horizon = new Date(now + hourMs).toISOString();
  return readSessionsToRemindOf(sql, horizon).flatMap((row) => {
    const isOver = row.isOver === 1 || Date.parse(row.endsAt) <= now;
    const stage = dueStage<SessionStage>(isOver ? 'expired' : 'hour', row.reminded);
    if (stage === null) return [];
    const words = texts[stage](readAccountName(sql, row.contextId) ?? '');
    return [{ words, note: () => writeSessionReminded(sql, row.id, stage) }];
  });
}
