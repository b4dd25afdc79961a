import { standingOf, type Standing } from '../../../contracts/domain/context-standing.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { relativeTime } from '../../lib/format.ts';

type Shown = Pick<ContextSummary, 'state' | 'signIn'>;

const words: Readonly<Record<Standing, string>> = {
  pending: 'key not registered',
  signed_out: 'signed out',
  signed_in: 'signed in',
  stale: 'signed in when last checked',
  key_unknown: 'key refused',
  refused: 'sign-in refused',
  key_expired: 'key expired',
  unreachable: 'service not reached',
  foreign: 'something else answered',
  unknown: 'sign-in not checked',
};

/** How a context stands, with the age of what is known: `signed in, checked 2 minutes ago`. `now` in ms. */
export function standingWords(context: Shown, now: number): string {
  const { checkedAt } = context.signIn;
  const age =
    context.state !== 'active' || checkedAt === null ? '' : `, checked ${relativeTime(checkedAt, now)}`;
  return `${words[standingOf(context, now)]}${age}`;
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
    case 'key_unknown':
    case 'refused':
      return 'Refused';
    case 'key_expired':
      return 'Key expired';
    case 'unreachable':
    case 'foreign':
      return 'Not reached';
  }
}
