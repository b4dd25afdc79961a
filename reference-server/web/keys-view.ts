import { printable } from '../../contracts/domain/printable.ts';
import type { ApiErrorCode } from '../../contracts/server-api/errors.ts';
import type { PublicKey } from '../../contracts/server-api/keys.ts';
import type { UserTable } from '../db/schema.ts';
import type { ApiError } from '../http/api-error.ts';
import type { OrgMembership } from '../identity/users.ts';
import type { KeyRow, Notice } from './views.ts';

const dateFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeZone: 'UTC' });
const timeFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short', timeZone: 'UTC' });

const problemTitles: Partial<Record<ApiErrorCode, string>> = {
  registration_token_invalid: 'This token cannot be used',
  registration_token_expired: 'This token has expired',
  registration_token_replayed: 'This token was used before',
  registration_token_wrong_user: 'This token is for another user',
  registration_token_wrong_origin: 'This token is for another server',
  conflict: 'The key was not registered',
};

/** The notice for a registration that was refused. */
export function registrationProblem(error: ApiError): Notice {
  return {
    kind: 'error',
    title: problemTitles[error.code] ?? 'The key was not registered',
    text: error.message,
  };
}

/** A key as one row of the list. */
export function toKeyRow(key: PublicKey, now: Date): KeyRow {
  return {
    kid: key.kid,
    name: printable(key.name),
    fingerprint: key.fingerprint,
    createdAt: key.created_at,
    created: formatDay(key.created_at, now),
    lastUsedAt: key.last_used_at,
    lastUsed: key.last_used_at === null ? 'never used' : formatDay(key.last_used_at, now),
  };
}

/** The signed-in user as the frame of every page shows it. */
export function toViewer(user: UserTable, memberships: OrgMembership[]) {
  return {
    username: user.username,
    displayName: user.display_name,
    email: user.email,
    initials: initialsOf(user.display_name),
    orgs: memberships.map(({ slug, role }) => `${slug} (${role})`).join(', '),
  };
}

/** `today at 08:15 UTC` or `24 Nov 2026`. */
function formatDay(instant: string, now: Date): string {
  const date = new Date(instant);
  const day = dateFormat.format(date);
  return day === dateFormat.format(now) ? `today at ${timeFormat.format(date)} UTC` : day;
}

function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== '');
  const letters = [words.at(0), words.length > 1 ? words.at(-1) : undefined].map(
    (word) => word?.charAt(0) ?? '',
  );
  return letters.join('').toUpperCase();
}
