import { z } from 'zod';

/**
 * What a context's service said last when it was asked with the credential that signs in now.
 *
 * - `signed_in`: it knows the credential, as the context's user.
 * - `waiting`: it knows who asks, and an operator has to approve the account before it may do anything.
 * - `not_accepted`: it does not know the credential, or has revoked it.
 * - `refused`: it knows the credential, and refused for another reason.
 * - `unreachable`: nothing answered.
 * - `foreign`: something else than the service answered.
 * - `expired`: it was not asked, for the credential is over: no key is within its age limit, the API key or the session
 *   has ended.
 * - `unknown`: it was not asked since the vault was unlocked or since the credential changed.
 */
const signInStateSchema = z.enum([
  'signed_in',
  'waiting',
  'not_accepted',
  'refused',
  'unreachable',
  'foreign',
  'expired',
  'unknown',
]);
export type SignInState = z.infer<typeof signInStateSchema>;

/** The one account of a context's sign-in, with its age: whatever shows it reads this. Times are RFC 3339. */
export const signInSchema = z.strictObject({
  state: signInStateSchema,
  /** Since when each answer was this one; null for `unknown` and `expired`. */
  since: z.string().nullable(),
  /** When the service was asked last; null as `since`. */
  checkedAt: z.string().nullable(),
  /** When the service last said that it knows us; null for not since the vault was unlocked. */
  seenAt: z.string().nullable(),
});
export type SignIn = z.infer<typeof signInSchema>;
