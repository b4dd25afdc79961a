import { keyLife, keyState, mayWaitForKey } from './keys/key-store.ts';

/** What can sign an account in. */
export const credentialKinds = ['key'] as const;
export type CredentialKind = (typeof credentialKinds)[number];

/**
 * The state of an account, which follows from its credential, as an expression over a row of `contexts`: `signed_out`
 * without one, `pending` while the service does not know it yet, `active` from then on, whatever became of it since.
 */
export const stateOfRow = `CASE credential WHEN 'key' THEN ${keyState} ELSE 'signed_out' END`;

/** Whether an account is `pending`, so that an index finds the few that are. */
export const isPending = `${mayWaitForKey} AND ${stateOfRow} = 'pending'`;

/**
 * The longest life of a token that is made for a person or a program, seconds, as an expression over a row of
 * `contexts`.
 */
export const longestLifeOfRow = keyLife;
