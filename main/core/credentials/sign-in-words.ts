import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { clockTime } from '../lib/clock-time.ts';

/** How a context stands, in a line for the tray and the terminal; with the time, because the line is not updated. */
export function signInWords({ state, signIn }: Pick<ContextSummary, 'state' | 'signIn'>): string {
  if (state === 'signed_out') return 'Signed out';
  if (state === 'pending') return 'Key not registered yet';
  const at = signIn.checkedAt === null ? '' : clockTime(signIn.checkedAt);
  const since = signIn.since === null ? '' : clockTime(signIn.since);
  const seen = signIn.seenAt === null ? '' : `, last seen signed in at ${clockTime(signIn.seenAt)}`;
  switch (signIn.state) {
    case 'signed_in':
      return `Signed in as of ${at}`;
    case 'key_unknown':
      return at === '' ? 'Not signed in: no registered key' : `Not signed in: key refused at ${at}`;
    case 'refused':
      return `Not signed in: refused at ${at}`;
    case 'key_expired':
      return 'Not signed in: the key has expired';
    case 'unreachable':
      return `Service not reached since ${since}${seen}`;
    case 'foreign':
      return `Not known: something else answered at ${at}${seen}`;
    case 'unknown':
      return 'Not checked yet';
  }
}
