import { waitWords, type ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of contexts and their services. */
export const contextErrors = {
  invalid_address: {
    title: 'That is not an address Keyhold can use',
    advice: 'Enter a host such as registry.example.com, or a whole address: https://registry.example.com.',
  },
  insecure_origin: {
    title: 'That address is not encrypted',
    advice:
      'Use https. Plain http is accepted only for a service on this computer, such as http://127.0.0.1:8080.',
  },
  service_not_confirmed: ({ retryAfterMs = 0 }) => ({
    title: 'The service was not contacted',
    advice:
      retryAfterMs === 0
        ? 'Keyhold contacts a new service only after you say yes to its question. Try again to be asked.'
        : `You said no several times, so Keyhold asks no more for a while. ${waitWords({ retryAfterMs })}`,
  }),
  server_unreachable: {
    title: 'The service cannot be reached',
    advice: 'Check the address, your network and your VPN, then try again.',
  },
  not_a_keyhold_server: {
    title: 'No Keyhold service answers there',
    advice:
      'A server answered, but not one that says how to sign in. Check the address with whoever runs it.',
  },
  another_origin: ({ origin = 'another address' }) => ({
    title: 'The service goes by another address',
    advice: `It calls itself ${origin} and takes sign-ins for that address alone. Make sure that it is the service you mean.`,
  }),
  sign_in_not_offered: {
    title: 'The service does not offer that sign-in',
    advice:
      'Keyhold signs in with a key, by the browser or with a password. Ask whoever runs the service which of them to turn on.',
  },
  invalid_user_id: {
    title: 'That is not a user id',
    advice:
      'Copy it from the keys page of the service’s dashboard. It is u_ and 16 or more lower-case letters and digits; a bot’s is bot:org/name.',
  },
  name_taken: { title: 'Another context has that name', advice: 'Choose a different one.' },
  already_added: {
    title: 'This user of this service is added already',
    advice: 'Switch to that context in the sidebar, or enter another user id.',
  },
  context_not_found: {
    title: 'The context is gone',
    advice: 'It was removed. Choose another one in the sidebar.',
  },
  not_signed_out: {
    title: 'This context is signed in already',
    advice:
      'There is nothing to sign in again. Its status says whether the service accepts what signs it in.',
  },
  api_key_refused: {
    title: 'The service does not accept the API key',
    advice: 'It was revoked, or its user left the organization. Sign in again to get another one.',
  },
  api_key_expired: {
    title: 'The API key has ended',
    advice: 'It reached the end that it was made with. Sign in again to get another one.',
  },
  session_expired: {
    title: 'The session has ended',
    advice: 'A session lasts for some hours or days. Sign in again to go on; nothing here was lost.',
  },
  approval_pending: {
    title: 'The account waits for approval',
    advice: 'An operator of the service has to approve it before it may do anything. Try again later.',
  },
  email_not_allowed: {
    title: 'The service does not admit this email address',
    advice: 'Sign in with another address, or ask whoever runs the service to admit this one.',
  },
  other_account: {
    title: 'That sign-in is for another user',
    advice: 'Sign in as the user of this context, or add the other user as a context of their own.',
  },
  signs_in_otherwise: {
    title: 'This context does not sign in with a key',
    advice: 'Only keys make tokens and have successors. To use one, sign out, then sign in again with a key.',
  },
  beyond_scope: {
    title: 'The API key is not for that',
    advice:
      'It reaches one organization, or some of its projects only. Use a context or a key that reaches this.',
  },
  beyond_capability: {
    title: 'The API key may not do that',
    advice: 'It was made for less than this. Use a context or a key that may change things.',
  },
  not_allowed: ({ permission }) => ({
    title: 'The service does not let you do that',
    advice:
      permission === undefined
        ? 'Ask an owner of the organization for the right, or switch to a context that has it.'
        : `It asks for the permission ${permission}. Ask whoever gave you your token for it, or switch to a context that has it.`,
  }),
  service_refused: ({ said }) => ({
    title: 'The service refused',
    advice: `Check what you entered and try again.${said === undefined ? ' The service’s own log says why.' : ''}`,
  }),
  link_not_allowed: {
    title: 'The dashboard’s address was not opened',
    advice:
      'It is not an https address on the service’s own host. Open the dashboard in your browser yourself.',
  },
} satisfies Partial<ErrorWords>;
