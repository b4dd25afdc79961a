import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of organizations. */
export const orgErrors = {
  session_required: {
    title: 'A person has to do this',
    advice: 'The service does not take it from a key. Do it in its dashboard, or sign in with the browser.',
  },
  org_slug_taken: {
    title: 'That short name is taken',
    advice: 'Choose another one: it is part of addresses, and no two organizations share it.',
  },
  last_owner: {
    title: 'An organization needs an owner',
    advice: 'Make somebody else an owner first.',
  },
} satisfies Partial<ErrorWords>;
