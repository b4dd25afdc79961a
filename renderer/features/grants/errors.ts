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
  permission_gone: {
    title: 'The permission is gone',
    advice: 'It was taken back, or it ended meanwhile. The list shows what there is now.',
  },
  permission_there: {
    title: 'There is a permission already',
    advice: 'Everybody has one permission on a repository. Change that one: the list shows it.',
  },
  repository_admin_needed: {
    title: 'You need admin on this repository',
    advice:
      'Who has admin on it, owns its organization or administers the service sees and changes who can use it. Ask one of them.',
  },
  end_not_kept: {
    title: 'The service does not keep the end',
    advice: 'The permission is given, without an end. Revoke it when it is no longer needed.',
  },
} satisfies Partial<ErrorWords>;
