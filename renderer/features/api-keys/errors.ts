import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of API keys. */
export const apiKeyErrors = {
  api_key_gone: {
    title: 'The API key is gone',
    advice: 'It was revoked, or it ended meanwhile. The list shows what there is now.',
  },
  secret_gone: {
    title: 'The secret itself cannot be had any more',
    advice:
      'Keyhold lets go of it when you close it or the vault locks. Make a new one, and end the old one.',
  },
} satisfies Partial<ErrorWords>;
