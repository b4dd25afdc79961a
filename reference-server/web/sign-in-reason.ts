import { authorizePath } from '../../contracts/server-api/kisenon/loopback.ts';
import { pendingPagePath } from './pending-page.ts';
import type { Notice } from './views.ts';

/** What the sign-in says to who was led to it, by the start of the address that they asked for. */
const reasons: [start: string, title: string, text: string][] = [
  // An operator may have denied the account, which ended the session.
  [pendingPagePath, 'Sign in to see where your account stands', 'An operator may have decided about it.'],
  [
    '/invitations/',
    'Sign in to see your invitation',
    'Use the account of the e-mail address that it was sent to. Nothing is accepted yet.',
  ],
  [
    authorizePath,
    'A program asks to sign in',
    'Sign in, and you are asked about it. Nothing is allowed yet.',
  ],
];

/**
 * Why somebody is asked to sign in; null where it needs no words.
 *
 * @param returnTo - The page that the sign-in leads to.
 */
export function signInReason(returnTo: string): Notice | null {
  const [path = ''] = returnTo.split('?');
  const reason = reasons.find(([start]) => path.startsWith(start));
  return reason === undefined ? null : { tone: 'info', title: reason[1], text: reason[2] };
}
