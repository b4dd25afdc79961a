import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of members and invitations. */
export const memberErrors = {
  member_gone: {
    title: 'That person is no member any more',
    advice: 'They left or were removed meanwhile. The list shows who belongs to it now.',
  },
  invitation_gone: {
    title: 'The invitation is gone',
    advice:
      'It was accepted, revoked, or it ended meanwhile. Invite the address anew if it should still join.',
  },
  invitation_ended: {
    title: 'The invitation has ended',
    advice: 'It could be accepted for seven days. Ask whoever invited you for a new one.',
  },
  invitation_wrong_account: {
    title: 'The invitation is for another account',
    advice:
      'It was sent to another email address than this account’s. Choose the context of that account, or sign in with it.',
  },
} satisfies Partial<ErrorWords>;
