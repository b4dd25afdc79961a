import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of API keys. */
export const apiKeyErrors = {
  api_key_gone: {
    title: 'The API key is gone',
    advice: 'It was revoked, or it ended meanwhile. The list shows what there is now.',
  },
  secret_gone: {
    title: 'The key itself cannot be had any more',
    advice: 'Keyhold lets go of it when you close it or the vault locks. Revoke the key and make a new one.',
  },
} satisfies Partial<ErrorWords>;
