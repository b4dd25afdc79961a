import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of accounts that wait. */
export const accountErrors = {
  account_decided: {
    title: 'The account does not wait any more',
    advice: 'Another operator decided about it meanwhile.',
  },
} satisfies Partial<ErrorWords>;
