import type { ErrorText, ErrorWording, ErrorWords } from '../../lib/error-text.ts';
import { keyFormWords } from './key-form-words.ts';

/** Words for a text that Keyhold does not read as a key. Where main found out what it is, the words name that. */
function orOfForm(words: ErrorText): ErrorWording {
  return ({ found }) => {
    if (found === undefined) return words;
    const { title, advice } = keyFormWords[found];
    return { title, advice: advice ?? words.advice };
  };
}

/** Words for the errors of keys. */
export const keyErrors = {
  key_not_registered: {
    title: 'The service does not know this key',
    advice: 'It was never registered, or it was revoked for good. Register it, or make a new key under Keys.',
  },
  key_not_found: {
    title: 'The key is no longer there',
    advice: 'It was removed or revoked meanwhile. Open the Keys page again to see the keys as they are.',
  },
  key_expired: {
    title: 'The key has expired',
    advice:
      'It reached the age limit that was set for it and no longer signs. Rotate it, or set a later limit.',
  },
  key_known: {
    title: 'The vault has this key already',
    advice:
      'It belongs to one of your contexts, or did until it was revoked. Each context needs a key of its own.',
  },
  expiry_passed: {
    title: 'The key is older than that',
    advice: 'Choose a longer age limit, or rotate the key.',
  },
  rotation_open: {
    title: 'A key rotation is not finished',
    advice: 'Continue or undo it on the Keys page first.',
  },
  rotation_over: {
    title: 'The rotation is past that point',
    advice: 'The new key has taken over, or the rotation has ended. The Keys page shows how it stands.',
  },
  import_not_a_key: orOfForm({
    title: 'That is not a private key',
    advice: 'Keyhold reads Ed25519 keys as PEM (PKCS#8), OpenSSH or JWK. Choose the private key’s file.',
  }),
  import_public_only: orOfForm({
    title: 'That is only the public part',
    advice: 'Choose the private key instead: for OpenSSH the file without .pub.',
  }),
  import_wrong_kind: orOfForm({
    title: 'That key is not Ed25519',
    advice: 'Services accept Ed25519 keys only. Import one of that kind, or let Keyhold make a key.',
  }),
  import_encrypted: {
    title: 'The key is protected by a passphrase',
    advice: 'Enter the passphrase of the key, then import it again.',
  },
  import_wrong_passphrase: {
    title: 'The passphrase does not open the key',
    advice: 'Enter the key’s own passphrase, not the vault’s. If it is right, the file is damaged.',
  },
  import_damaged: {
    title: 'The key is damaged or incomplete',
    advice: 'Copy all of it, from its first line to its last, or choose another copy of the file.',
  },
  import_unsupported: orOfForm({
    title: 'That form of protection cannot be opened',
    advice: 'Save the key anew with ssh-keygen -p -Z aes256-ctr, or as PKCS#8 with openssl pkcs8 -topk8.',
  }),
  import_too_large: {
    title: 'The file is too large for a key',
    advice:
      'A private key has a few hundred characters, or the file holds many keys. Choose the key’s own file.',
  },
  file_gone: {
    title: 'The file cannot be read',
    advice: 'It was moved, changed or deleted, or is not yours to read. Choose it again.',
  },
  registered_to_another_user: {
    title: 'The key is registered to another user',
    advice:
      'Correct the user id of this context: the keys page of the dashboard of whoever registered it shows the right one.',
  },
  not_pending: {
    title: 'There is nothing to register',
    advice: 'The key of this context is registered already. Its status says whether the service accepts it.',
  },
} satisfies Partial<ErrorWords>;
