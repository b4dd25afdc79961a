import type { ExpiryStage } from '../../../../contracts/domain/key-expiry.ts';
import type { Sql } from '../../ports.ts';
import { readAccountName } from './account-name.ts';
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

/** A key that its user may have to be reminded of. */
interface KeyToRemindOf {
  /** RFC 3339; null for never. */
  endsAt: string | null;
  /** The last reminder that was given. */
  reminded: ExpiryStage | null;
  words: (stage: ExpiryStage) => [title: string, text: string];
  /** Notes that the reminder was given. */
  note: (stage: ExpiryStage) => void;
}

/** The keys of all contexts that end by then and whose last reminder was not given. @param until - RFC 3339. */
export function keysToRemindOf(sql: Sql, until: string): KeyToRemindOf[] {
  return readKeysToRemindOf(sql, until).map(({ id, label, context_id, expires_at, reminded }) => ({
    endsAt: expires_at,
    reminded,
    words: (stage) => texts[stage](label, readAccountName(sql, context_id) ?? ''),
    note: (stage) => writeReminded(sql, id, stage),
  }));
}
