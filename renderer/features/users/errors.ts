import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of a service's users. */
export const userErrors = {
  user_gone: {
    title: 'There is no such user any more',
    advice: 'The account was removed meanwhile. The list shows who is there now.',
  },
  username_taken: {
    title: 'That user name is taken',
    advice: 'Choose another one. Letter case does not count.',
  },
  email_taken: {
    title: 'That address belongs to another user',
    advice: 'Enter another one, or change the other user’s address first.',
  },
  password_elsewhere: {
    title: 'That user has no password on this service',
    advice: 'They sign in by a directory or another provider: their password is changed there.',
  },
} satisfies Partial<ErrorWords>;
