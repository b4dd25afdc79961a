import { standingOf, type Standing } from '../../../contracts/domain/context-standing.ts';
import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { relativeTime } from '../../lib/format.ts';

type Shown = Pick<ContextSummary, 'state' | 'signIn' | 'credential' | 'endsAt'>;

const words: Readonly<Record<Exclude<Standing, 'not_accepted' | 'expired'>, string>> = {
  pending: 'key not registered',
  signed_out: 'signed out',
  signed_in: 'signed in',
  stale: 'signed in when last checked',
  waiting: 'account waits for approval',
  refused: 'sign-in refused',
  unreachable: 'service not reached',
  foreign: 'something else answered',
  unknown: 'sign-in not checked',
};

/** What became of the credential that signs a context in. */
const ended: Readonly<Record<CredentialKind, { notAccepted: string; over: string; trouble: string }>> = {
  key: { notAccepted: 'key refused', over: 'key expired', trouble: 'Key expired' },
  'api-key': { notAccepted: 'API key refused', over: 'API key has ended', trouble: 'API key ended' },
  session: { notAccepted: 'session refused', over: 'session has ended', trouble: 'Session ended' },
  pasted: { notAccepted: 'token refused', over: 'token has ended', trouble: 'Token ended' },
};

function endedWords({ credential }: Shown): (typeof ended)[CredentialKind] {
  return ended[credential ?? 'key'];
}

function wordsOf(context: Shown, standing: Standing): string {
  if (standing === 'not_accepted') return endedWords(context).notAccepted;
  return standing === 'expired' ? endedWords(context).over : words[standing];
}

/** How a context stands, with the age of what is known: `signed in, checked 2 minutes ago`. `now` in ms. */
export function standingWords(context: Shown, now: number): string {
  const { checkedAt } = context.signIn;
  const age =
    context.state !== 'active' || checkedAt === null ? '' : `, checked ${relativeTime(checkedAt, now)}`;
  return `${wordsOf(context, standingOf(context, now))}${age}`;
}

/** What stands before a context's host where it cannot be used as it is; null where nothing is known to be wrong. */
export function troubleWord(context: Shown, now: number): string | null {
  const standing = standingOf(context, now);
  switch (standing) {
    case 'signed_in':
    case 'stale':
    case 'unknown':
    case 'pending':
      return null;
    case 'signed_out':
      return 'Signed out';
    case 'waiting':
      return 'Waits for approval';
    case 'not_accepted':
    case 'refused':
      return 'Refused';
    case 'expired':
      return endedWords(context).trouble;
    case 'unreachable':
    case 'foreign':
      return 'Not reached';
  }
}

/** How long a session still lasts, `3 h left`; null for what has no end that is near. `now` in ms. */
export function leftWords({ endsAt }: Pick<Shown, 'endsAt'>, now: number): string | null {
  if (endsAt === null) return null;
  const minutes = Math.ceil((Date.parse(endsAt) - now) / 60_000);
  // An API key may last for years, and a session renews itself for days: only the last day is of interest here.
  if (minutes <= 0 || minutes > 24 * 60) return null;
  return minutes < 100 ? `${String(minutes)} min left` : `${String(Math.round(minutes / 60))} h left`;
}
