import { credentialKinds, type CredentialKind } from '../../../contracts/domain/credential.ts';
import { apiKeyEnd } from './api-keys/api-key-store.ts';
import { keyLife, keyState, mayWaitForKey } from './keys/key-store.ts';
import { pastedEnd } from './pasted/pasted-store.ts';
import { isNarrowSession, sessionEnd } from './sessions/session-store.ts';

/** What follows from each kind, as expressions over a row of `contexts` that is signed in by it. */
const expressions: Readonly<Record<CredentialKind, { state: string; end: string; longestLife: string }>> = {
  key: { state: keyState, end: 'NULL', longestLife: keyLife },
  'api-key': { state: `'active'`, end: apiKeyEnd, longestLife: 'NULL' },
  session: { state: `'active'`, end: sessionEnd, longestLife: 'NULL' },
  pasted: { state: `'active'`, end: pastedEnd, longestLife: 'NULL' },
};

function byKind(name: 'state' | 'end' | 'longestLife', otherwise: string): string {
  const cases = credentialKinds.map((kind) => `WHEN '${kind}' THEN ${expressions[kind][name]}`);
  return `CASE credential ${cases.join(' ')} ELSE ${otherwise} END`;
}

/**
 * The state of an account, which follows from its credential, as an expression over a row of `contexts`: `signed_out`
 * without one, `pending` while the service does not know it yet, `active` from then on, whatever became of it since.
 */
export const stateOfRow = byKind('state', `'signed_out'`);

/** When the credential of an account ends, RFC 3339; null for never, and for keys. As `stateOfRow`. */
export const endOfRow = byKind('end', 'NULL');

/**
 * The longest life of a token that is made for a person or a program, seconds; null where none can be made. What a
 * service asks of keys stays when its account is signed out, but for the user of a keeper's token. As `stateOfRow`.
 */
export const longestLifeOfRow = byKind('longestLife', `iif(signed_out_of = 'pasted', NULL, ${keyLife})`);

/** Whether an account's session is for one organization, 1 or 0. As `stateOfRow`. */
export const hasNarrowSession = `coalesce(credential = 'session' AND ${isNarrowSession}, 0)`;

/** Whether an account is `pending`, so that an index finds the few that are. */
export const isPending = `${mayWaitForKey} AND ${stateOfRow} = 'pending'`;

/**
 * Whether no second context of the same user and organization makes sense. API keys differ in what they are for. As
 * `stateOfRow`.
 */
export const isOnlyOfAccount = `credential IS NOT 'api-key'`;
