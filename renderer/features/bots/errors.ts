import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of bots. */
export const botErrors = {
  bot_gone: {
    title: 'The bot or its key is gone',
    advice: 'Somebody deleted or revoked it meanwhile. The list shows what there is now.',
  },
  bot_name_taken: {
    title: 'The organization has a bot of that name',
    advice: 'Choose a different name.',
  },
  credential_gone: {
    title: 'The credential is gone',
    advice: 'Keyhold lets go of it when you close it or the vault locks. Revoke its key and make a new one.',
  },
} satisfies Partial<ErrorWords>;
