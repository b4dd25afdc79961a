import { z } from 'zod';

/**
 * What a context's service said last when it was asked with the key that signs now.
 *
 * - `signed_in`: it knows the key, as the context's user.
 * - `key_unknown`: it does not know the key, or has revoked it.
 * - `refused`: it knows the key, and refused for another reason.
 * - `unreachable`: nothing answered.
 * - `foreign`: something else than the service answered.
 * - `key_expired`: it was not asked, for no key is within its age limit.
 * - `unknown`: it was not asked since the vault was unlocked or since the key changed.
 */
const signInStateSchema = z.enum([
  'signed_in',
  'key_unknown',
  'refused',
  'unreachable',
  'foreign',
  'key_expired',
  'unknown',
]);
export type SignInState = z.infer<typeof signInStateSchema>;

/** The one account of a context's sign-in, with its age: whatever shows it reads this. Times are RFC 3339. */
export const signInSchema = z.strictObject({
  state: signInStateSchema,
  /** Since when each answer was this one; null for `unknown` and `key_expired`. */
  since: z.string().nullable(),
  /** When the service was asked last; null as `since`. */
  checkedAt: z.string().nullable(),
  /** When the service last said that it knows us; null for not since the vault was unlocked. */
  seenAt: z.string().nullable(),
});
export type SignIn = z.infer<typeof signInSchema>;
