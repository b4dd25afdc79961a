import { printable } from '../../contracts/domain/printable.ts';
import type { ApiErrorCode } from '../../contracts/server-api/errors.ts';
import type { PublicKey } from '../../contracts/server-api/keys.ts';
import type { ApiError } from '../http/api-error.ts';
import type { Draft } from './draft.ts';
import type { Moment } from './view-helpers.ts';
import { page } from './views.ts';
import type { Notice } from './views.ts';
import { momentOf } from './words.ts';

/** The page that the sign-in leads to. */
export const keysPagePath = '/dashboard/keys';

/** One key in the list. */
interface KeyRow {
  kid: string;
  name: string;
  fingerprint: string;
  created: Moment;
  lastUsed: Moment | null;
}

/** `/dashboard/keys`. */
export const keysView = page<{ userId: string; keys: KeyRow[]; draft: Draft; tokenRefused: boolean }>(
  'keys',
  keysPagePath,
);

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
    tone: 'error',
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
    created: momentOf(key.created_at, now),
    lastUsed: key.last_used_at === null ? null : momentOf(key.last_used_at, now),
  };
}
