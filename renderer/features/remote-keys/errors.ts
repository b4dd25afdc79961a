import type { ErrorWords } from '../../lib/error-text.ts';

/** Words for the errors of signing in at a keeper and of the keys that it keeps. */
export const remoteKeyErrors = {
  token_no_jwt: {
    title: 'That is not a whole token',
    advice: 'A JWT is three parts with dots between them. Copy it again, all of it, without spaces.',
  },
  token_refused: {
    title: 'The service does not accept this token',
    advice:
      'It may be for another service, from somebody whom this service does not trust, or over. Get another one where this one came from.',
  },
  token_over: {
    title: 'This token is over',
    advice: 'Get a new one where this one came from, then paste it.',
  },
  token_not_yet: {
    title: 'This token is not good yet',
    advice: 'It says itself from when on it is. If that is past, the clock of this computer is wrong.',
  },
  dev_token_elsewhere: {
    title: 'A dev token is for this computer only',
    advice:
      'It would go over the network to a server that everybody who sees it can use. Sign in another way.',
  },
  pasted_expired: {
    title: 'The token of this context is over',
    advice: 'Paste a new one, or sign in another way.',
  },
  keeper_sealed: {
    title: 'The keeper is sealed',
    advice:
      'Nothing can be done with its keys until enough of its shares unseal it. They are entered on its page, /ui: ask who holds them.',
  },
  keeper_not_initialized: {
    title: 'The keeper is not set up yet',
    advice: 'Somebody with the right to do so has to initialize it first.',
  },
  remote_key_not_found: {
    title: 'There is no such key',
    advice: 'Check its id, and the generation if you named one.',
  },
  remote_key_exists: {
    title: 'There is a key of that id',
    advice: 'Choose another id, or rotate that key.',
  },
  remote_key_over: {
    title: 'This key may not be used for that any more',
    advice: 'Its time is over, or it was destroyed. Rotate it, or use another key.',
  },
  generation_in_use: {
    title: 'The current generation cannot be destroyed',
    advice: 'Rotate the key first: then this generation is an old one.',
  },
  invalid_end: {
    title: 'That end cannot be',
    advice: 'Choose a time to come. A key that verifies must not end before it stops to sign.',
  },
  not_base64: {
    title: 'That is not base64',
    advice: 'Copy it again, all of it. Letters, digits, +, / and = are what it is made of.',
  },
  file_too_large: {
    title: 'The file is too large',
    advice: 'Choose one of 4 MiB at most. Of a larger one, sign a text with its checksum.',
  },
} satisfies Partial<ErrorWords>;
