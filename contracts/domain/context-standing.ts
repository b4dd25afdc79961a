import type { ContextSummary } from './context.ts';
import type { SignInState } from './sign-in.ts';

/** How long an answer of the service counts as what is the case now, milliseconds. */
export const freshMs = 15 * 60 * 1000;

/** How a context stands, as lists show it. `stale`: it was signed in when it was last asked, which is too long ago. */
export type Standing = 'pending' | 'signed_out' | 'stale' | SignInState;

/**
 * How a context stands. To be signed in takes an answer within `freshMs`, by a credential that has not ended since.
 *
 * @param now - Milliseconds since 1970.
 */
export function standingOf(
  { state, signIn, endsAt }: Pick<ContextSummary, 'state' | 'signIn' | 'endsAt'>,
  now: number,
): Standing {
  if (state !== 'active') return state;
  if (endsAt !== null && Date.parse(endsAt) <= now) return 'expired';
  if (signIn.state !== 'signed_in') return signIn.state;
  // What seems to be said later than now was said before the clock was set back, nobody knows how long ago.
  const age = Math.abs(now - Date.parse(signIn.checkedAt ?? ''));
  return age <= freshMs ? 'signed_in' : 'stale';
}
