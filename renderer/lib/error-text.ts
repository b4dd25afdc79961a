import type { ErrorCode, ErrorDetails, KeychainProblem } from '../../contracts/errors.ts';
import { faultWords } from '../../contracts/domain/client-file-words.ts';
import { limits } from '../../contracts/domain/limits.ts';
import { clientFileNames, clientNames, obstacleWords } from './client-words.ts';
import { durationWords, ttlText } from './format.ts';
import { keyFormWords } from './key-form-words.ts';
import { hintWords } from './strength-words.ts';

export interface ErrorText {
  /** What happened. */
  title: string;
  /** Why, if known, and what to do. */
  advice: string;
}

type Wording = ErrorText | ((details: ErrorDetails) => ErrorText);

function waitWords(details: ErrorDetails): string {
  const seconds = Math.ceil((details.retryAfterMs ?? 0) / 1000);
  return seconds === 0 ? 'Try again.' : `Try again in ${durationWords(seconds)}.`;
}

/** Words for a text that is no key which is read: of what it is, where that is known. */
function orOfForm(words: ErrorText): Wording {
  return ({ found }) => {
    if (found === undefined) return words;
    const { title, advice } = keyFormWords[found];
    return { title, advice: advice ?? words.advice };
  };
}

const keychainProblems: Readonly<Record<KeychainProblem, ErrorText>> = {
  unavailable: {
    title: 'The system keychain does not answer',
    advice: 'Start or unlock it, then try again. Your passphrase opens the vault meanwhile.',
  },
  changed: {
    title: 'The system keychain is another one than before',
    advice:
      'The desktop or its settings changed. Unlock with your passphrase, then turn the keychain off and on again under Settings, Security.',
  },
  lost: {
    title: 'The system keychain no longer holds the key to this vault',
    advice:
      'It was reset, or the vault comes from another computer. Unlock with your passphrase, then turn the keychain off and on again under Settings, Security.',
  },
};

/** Words for every error that can cross the border. A code without words does not compile. */
const wordings: Readonly<Record<ErrorCode, Wording>> = {
  invalid_request: ({ field }) => ({
    title: 'That entry was not accepted',
    advice:
      field === undefined
        ? 'Check what you entered, then try again.'
        : `Check the field “${field}”, then try again.`,
  }),
  forbidden_sender: {
    title: 'The request was blocked',
    advice: 'It did not come from Keyhold’s own window. Close Keyhold and start it again.',
  },
  internal: {
    title: 'Keyhold could not finish this',
    advice: 'Try again. If it keeps happening, start Keyhold again; its log file names the cause.',
  },
  storage_failed: {
    title: 'Keyhold could not use its files',
    advice:
      'Make sure that the disk has free space and that Keyhold’s data folder is yours to read and write, then try again.',
  },
  vault_exists: {
    title: 'There is a vault on this computer already',
    advice: 'It was left as it is. Unlock it with its passphrase.',
  },
  vault_missing: {
    title: 'There is no vault on this computer',
    advice: 'Create one. If you had one, its file was moved or deleted: put it back and check again.',
  },
  vault_locked: { title: 'The vault is locked', advice: 'Unlock it, then try again.' },
  vault_damaged: {
    title: 'The vault file is damaged',
    advice: 'It was left as it is. Put a copy of the file from before the damage in its place.',
  },
  vault_newer: {
    title: 'The vault was written by a newer Keyhold',
    advice: 'It was left as it is. Install the latest Keyhold to open it.',
  },
  wrong_passphrase: (details) => ({ title: 'Wrong passphrase', advice: waitWords(details) }),
  unlock_delayed: (details) => ({
    title: 'Not yet',
    advice: `After a wrong try Keyhold waits before it takes the next one. ${waitWords(details)}`,
  }),
  rescue_not_needed: {
    title: 'The vault file is in order',
    advice: 'Nothing was changed. Unlock the vault with its passphrase.',
  },
  copy_gone: {
    title: 'That copy cannot be used',
    advice: 'It was removed, or it is damaged as well. Nothing was changed: choose another copy.',
  },
  backup_unreadable: {
    title: 'The backup cannot be read',
    advice: 'Make sure that it is still there and yours to read, then choose it again.',
  },
  backup_foreign: {
    title: 'That is not a backup of Keyhold',
    advice: 'Choose a file that Keyhold saved; its name ends in .keyhold-backup.',
  },
  backup_damaged: {
    title: 'The backup file is damaged',
    advice: 'Part of it is missing or changed, so nothing was restored. Use another copy of the file.',
  },
  backup_newer: {
    title: 'The backup was saved by a newer Keyhold',
    advice: 'Nothing was restored. Install the latest Keyhold to read it.',
  },
  backup_too_large: {
    title: 'The file is too large for a backup',
    advice: `A backup has at most ${String(limits.backupBytes / 1024 / 1024)} MB. Choose another file.`,
  },
  backup_wrong_passphrase: {
    title: 'The passphrase does not open this backup',
    advice: 'It is the one that was chosen when the backup was saved, not that of the vault.',
  },
  backup_gone: {
    title: 'The backup is no longer open',
    advice: 'Keyhold lets go of it when the vault locks. Choose the file again.',
  },
  passphrase_too_short: ({ minLength = limits.passphraseMin }) => ({
    title: 'The passphrase is too short',
    advice: `Use ${String(minLength)} characters or more.`,
  }),
  passphrase_too_weak: ({ hint = 'more_words' }) => ({
    title: 'The passphrase is too easy to guess',
    advice: hintWords[hint],
  }),
  wrong_recovery_code: (details) => ({
    title: 'The code does not open this vault',
    advice: `Check that it is the newest one you made for this vault. ${waitWords(details)}`,
  }),
  recovery_code_mistyped: {
    title: 'There is a typing mistake in the code',
    advice: 'It has nine groups of four letters and digits. Compare it with your sheet.',
  },
  recovery_code_gone: {
    title: 'The code is no longer here',
    advice:
      'Keyhold shows a code once and forgets it when you have stored it or the vault locks. Make a new one under Settings, Security.',
  },
  keychain_failed: ({ keychain = 'unavailable' }) => keychainProblems[keychain],
  print_failed: {
    title: 'The recovery sheet was not made',
    advice: 'Check the printer, or save the sheet as a PDF or picture. The code itself is unchanged.',
  },
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
      'A server answered, but not one that says how to sign in with a key. Check the address with whoever runs it.',
  },
  another_origin: ({ origin = 'another address' }) => ({
    title: 'The service goes by another address',
    advice: `It calls itself ${origin} and takes sign-ins for that address alone. Make sure that it is the service you mean.`,
  }),
  sign_in_not_offered: {
    title: 'The service does not offer sign-in with a key',
    advice: 'This version of Keyhold signs in with keys only. Ask whoever runs the service to turn it on.',
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
  not_signed_out: {
    title: 'This context has a key already',
    advice: 'There is nothing to sign in again. Its status says whether the service accepts the key.',
  },
  invalid_ttl: ({ maxSeconds }) => ({
    title: 'That is not a token life Keyhold can use',
    advice:
      `Write hours, minutes and seconds, such as 1h, 90m or 1h30m: at least ${ttlText(limits.ttlMin)}` +
      (maxSeconds === undefined ? '.' : `, and at most ${ttlText(maxSeconds)} for this service.`),
  }),
  token_gone: {
    title: 'The token is no longer here',
    advice: 'Keyhold shows a token once and forgets it when it expires or the vault locks. Mint a new one.',
  },
  no_registry: {
    title: 'The service has no registry',
    advice: 'There is nothing to set up in this context.',
  },
  auth_file_invalid: ({ client = 'podman', fault = 'not_json' }) => ({
    title: `${clientFileNames[client]} cannot be read`,
    advice: `It ${faultWords[fault]}, so Keyhold left it as it is. Repair the file or move it away, then try again.`,
  }),
  auth_file_not_written: ({ client = 'podman', obstacle = 'no_access' }) => ({
    title: `${clientFileNames[client]} cannot be written`,
    advice: `${obstacleWords[obstacle]} Nothing was changed.`,
  }),
  auth_file_entry_foreign: ({ client = 'podman' }) => ({
    title: 'Another credential helper is set for this registry',
    advice: `Keyhold left it as it is. Take its entry out of ${clientFileNames[client]}, then set ${clientNames[client]} up again.`,
  }),
  nothing_to_undo: ({ client = 'podman' }) => ({
    title: 'There is nothing to undo',
    advice: `The entry that Keyhold made is no longer in ${clientFileNames[client]}.`,
  }),
  nothing_to_copy: {
    title: 'There is no command to copy any more',
    advice: 'Check again: what it was for has changed.',
  },
  not_allowed: {
    title: 'The service does not let you do that',
    advice: 'Ask an owner of the organization for the right, or switch to a context that has it.',
  },
  service_refused: {
    title: 'The service refused',
    advice: 'Check what you entered and try again. The service’s own log says why.',
  },
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
  repository_gone: {
    title: 'The repository is gone',
    advice: 'It was deleted, or you may no longer see it. The list shows what there is now.',
  },
  nobody_found: {
    title: 'The service knows nobody of that name',
    advice: 'Check the email address or the bot’s name. People need an account there first.',
  },
  authorization_gone: {
    title: 'The authorization is gone',
    advice: 'It was taken back, replaced, or it ended meanwhile. The list shows what there is now.',
  },
  tag_gone: {
    title: 'The tag is gone',
    advice: 'Somebody deleted it meanwhile. The list shows what there is now.',
  },
  deletion_off: {
    title: 'The registry does not delete tags',
    advice: 'It was set up without deletion. Ask whoever runs the service.',
  },
  registry_unreadable: {
    title: 'The registry’s answer cannot be read',
    advice:
      'It is not what registries answer, too large, or has another digest than it says. Ask whoever runs the service.',
  },
  link_not_allowed: {
    title: 'The dashboard’s address was not opened',
    advice:
      'It is not an https address on the service’s own host. Open the dashboard in your browser yourself.',
  },
  not_confirmed: {
    title: 'Nothing was changed',
    advice:
      'Keyhold asks in a window of its own, and you said no or did not answer within a minute. After three noes it asks no more for ten minutes, or until you lock and unlock it.',
  },
};

/** The words for an error: what happened, and what to do. */
export function errorText(code: ErrorCode, details: ErrorDetails = {}): ErrorText {
  const wording = wordings[code];
  return typeof wording === 'function' ? wording(details) : wording;
}

/** What looks wrong no more than it is: one's own no is no error, and a service out of reach may be back in a moment. */
export function errorTone(code: ErrorCode): 'info' | 'warning' | 'error' {
  if (code === 'not_confirmed' || code === 'service_not_confirmed') return 'info';
  return code === 'server_unreachable' || code === 'another_origin' ? 'warning' : 'error';
}
