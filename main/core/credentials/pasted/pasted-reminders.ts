import type { Sql } from '../../ports.ts';
import { readAccountName } from '../kind/account-name.ts';
import { dueStage, type DueReminder } from '../kind/due-reminder.ts';
import {
  readPastedToRemindOf,
  writePastedReminded,
  type PastedRow,
  type PastedStage,
} from './pasted-store.ts';

/** How long before its end a token's user is told, milliseconds; of one that lasts less than twice as long, halfway. */
const soonMs = 10 * 60_000;

/** What a reminder of a pasted token says: title and text. */
const texts: Readonly<Record<PastedStage, (context: string) => [string, string]>> = {
  soon: (context) => [
    `Your token of ${context} ends soon`,
    'Nothing renews it. Sign in again in Keyhold, on the Status page, to go on without a break.',
  ],
  expired: (context) => [
    `Your token of ${context} has ended`,
    'Sign in again in Keyhold, on the Status page. Nothing was lost.',
  ],
};

/** The reminders of the pasted tokens of all contexts that are due. @param now - Milliseconds since 1970. */
export function duePastedReminders(sql: Sql, now: number): DueReminder[] {
  return readPastedToRemindOf(sql).flatMap((row) => {
    const stage = dueStage(stageAt(row, now), row.reminded);
    if (stage === null) return [];
    const words = texts[stage](readAccountName(sql, row.contextId) ?? '');
    return [{ words, note: () => writePastedReminded(sql, row.id, stage) }];
  });
}

/** When the next one will be due, milliseconds since 1970; null for never, as far as is known now. */
export function nextPastedReminder(sql: Sql, now: number): number | null {
  const times = readPastedToRemindOf(sql).flatMap((row) => timesOf(row));
  const next = Math.min(...times.filter((time) => time > now));
  return Number.isFinite(next) ? next : null;
}

function stageAt(row: PastedRow, now: number): PastedStage | null {
  const [soon, end] = timesOf(row);
  if (now >= end) return 'expired';
  return now >= soon ? 'soon' : null;
}

/** When its stages begin, milliseconds since 1970. */
function timesOf({ createdAt, endsAt }: PastedRow): [soon: number, end: number] {
  const end = endsAt === null ? Infinity : Date.parse(endsAt);
  return [Math.max(end - soonMs, (Date.parse(createdAt) + end) / 2), end];
}
