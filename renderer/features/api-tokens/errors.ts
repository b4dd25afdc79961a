import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of API tokens. */
export const apiTokenErrors = {
  api_token_gone: {
    title: 'The API token is gone',
    advice: 'It was revoked meanwhile. The list shows what there is now.',
  },
} satisfies Partial<ErrorWords>;
