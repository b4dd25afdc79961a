import { waitWords, type ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of signing in by a browser or with a password. */
export const signInErrors = {
  loopback_failed: {
    title: 'This computer let Keyhold listen on no port',
    advice:
      'A browser could not bring the answer back. Choose “The browser is on another computer” and paste the code instead.',
  },
  sign_in_denied: {
    title: 'You did not let Keyhold sign in',
    advice: 'You chose Cancel in the browser. Nothing was changed; sign in again if that was a slip.',
  },
  sign_in_refused: {
    title: 'The service did not let Keyhold sign in',
    advice: 'The page in the browser may say why. Sign in again, or ask whoever runs the service.',
  },
  sign_in_timed_out: {
    title: 'Nobody answered in the browser',
    advice: 'Keyhold waits for ten minutes. Sign in again when you are ready.',
  },
  sign_in_disturbed: {
    title: 'Something on this computer kept sending wrong answers',
    advice:
      'Keyhold gave up waiting, and none of them was used. Close other programs and pages that you do not know, then sign in again.',
  },
  sign_in_code_gone: {
    title: 'The code from the browser is not good any more',
    advice: 'It works once, within a minute. Sign in again to get a new one.',
  },
  sign_in_offline: {
    title: 'The service could not be reached in time',
    advice: 'The code from the browser works for one minute only. Check your network, then sign in again.',
  },
  sign_in_dropped: {
    title: 'The sign-in was not kept',
    advice:
      'The vault was locked before it could be, so Keyhold gave back what the service had given. Sign in again.',
  },
  sign_in_left: {
    title: 'The sign-in was not kept, and not given back',
    advice:
      'The service was not reached to take back what it had given, and it could not be written down here. If it is an API key, it is named after Keyhold and this computer: revoke it on the service’s page. A session ends by itself within hours.',
  },
  sign_in_other_org: {
    title: 'That was another organization',
    advice:
      'You chose another one in the browser than this context acts in, so nothing was kept. Sign in again and choose this one, or add a context for the other.',
  },
  sign_in_over: {
    title: 'This sign-in is over',
    advice: 'Sign in again.',
  },
  invalid_code: {
    title: 'That is not the code',
    advice: 'It has 43 letters, digits, - and _. Copy it as a whole from the browser.',
  },
  password_wrong: {
    title: 'The user name or the password is wrong',
    advice: 'Check both, then try again. After several wrong ones the service takes none for a while.',
  },
  password_changed: {
    title: 'Your new password is set, and you are not signed in yet',
    advice: 'The service did not answer the sign-in that followed. Sign in with the new password.',
  },
  password_maybe_changed: {
    title: 'Your new password may be set already',
    advice:
      'The service did not answer. Sign in with the new password; if that is wrong, with the one before.',
  },
  password_change_required: {
    title: 'The service wants another password first',
    advice: 'Whoever runs it asks you to choose one. Sign in again to do that; nothing here was lost.',
  },
  sign_in_limited: (details) => ({
    title: 'Too many sign-ins with a wrong password',
    advice: `The service takes none for a while, not even the right one. ${waitWords(details)}`,
  }),
  sign_in_unavailable: {
    title: 'The service cannot check passwords now',
    advice:
      'Something that it needs for that, such as a directory of users, does not answer. Your password may be right: try again later, or ask whoever runs the service.',
  },
  second_factor_wanted: {
    title: 'The account needs a second factor',
    advice:
      'Keyhold cannot ask for a code from another device. Sign in in another way, or ask whoever runs the service.',
  },
  provider_unusable: {
    title: 'The provider of this service cannot be used',
    advice:
      'What it says of itself does not fit the address that the service has for it, or it does not sign in by https. Tell whoever runs the service, and paste a token instead.',
  },
  provider_unreachable: {
    title: 'The provider of this service does not answer',
    advice: 'Check your network, then sign in again. Nothing was changed.',
  },
  provider_mixed_up: {
    title: 'That answer was from another provider',
    advice:
      'Keyhold used none of it, because somebody may want your sign-in for themselves. Close the pages that you did not open, then sign in again.',
  },
  provider_changed: {
    title: 'The service asks for something else now',
    advice:
      'Since you looked, it changed where you sign in, or whom the token is for. Nothing was sent: look at what it asks for now.',
  },
  audience_of_another: ({ contextName = 'another context' }) => ({
    title: `Such tokens are for ${contextName}`,
    advice:
      'Whoever gets one can use it there as you, so Keyhold gave none to this service. Ask whoever runs it for an audience of its own. If both are the same to you, paste a token instead.',
  }),
  token_unfit: {
    title: 'The provider gave no token that the service takes',
    advice:
      'None of them names the service as who it is for. Whoever runs the service can set that up at the provider; until then, paste a token.',
  },
  unrevoked_gone: {
    title: 'It is on the list no more',
    advice: 'Its service said that it is over, or it was given up.',
  },
} satisfies Partial<ErrorWords>;
