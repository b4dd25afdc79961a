import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of who may use what. */
export const grantErrors = {
  repository_gone: {
    title: 'The repository is gone',
    advice: 'It was deleted, or you may no longer see it. The list shows what there is now.',
  },
  nobody_found: {
    title: 'The service knows nobody of that name',
    advice: 'Check the email address or the bot’s name. People need an account there first.',
  },
  grant_gone: {
    title: 'The authorization is gone',
    advice: 'It was taken back, replaced, or it ended meanwhile. The list shows what there is now.',
  },
} satisfies Partial<ErrorWords>;
