import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { credentialNames } from '../../../contracts/domain/credential.ts';
import { clockTime } from '../lib/clock-time.ts';

/** How a context stands, in a line for the tray and the terminal; with the time, because the line is not updated. */
export function signInWords({
  state,
  signIn,
  credential,
}: Pick<ContextSummary, 'state' | 'signIn' | 'credential'>): string {
  if (state === 'signed_out' || credential === null) return 'Signed out';
  if (state === 'pending') return 'Key not registered yet';
  const name = credentialNames[credential];
  const at = signIn.checkedAt === null ? '' : clockTime(signIn.checkedAt);
  const since = signIn.since === null ? '' : clockTime(signIn.since);
  const seen = signIn.seenAt === null ? '' : `, last seen signed in at ${clockTime(signIn.seenAt)}`;
  switch (signIn.state) {
    case 'signed_in':
      return `Signed in as of ${at}`;
    case 'waiting':
      return `Not let in yet: an operator has to approve the account, as of ${at}`;
    case 'not_accepted':
      return at === '' ? 'Not signed in: no registered key' : `Not signed in: ${name} refused at ${at}`;
    case 'refused':
      return `Not signed in: refused at ${at}`;
    case 'expired':
      return credential === 'key'
        ? 'Not signed in: the key has expired'
        : `Not signed in: the ${name} has ended`;
    case 'unreachable':
      return `Service not reached since ${since}${seen}`;
    case 'foreign':
      return `Not known: something else answered at ${at}${seen}`;
    case 'unknown':
      return 'Not checked yet';
  }
}
