import { limits } from '../../../contracts/domain/limits.ts';
import type { KeychainProblem } from '../../../contracts/errors.ts';
import { waitWords, type ErrorText, type ErrorWords } from '../../lib/error-text.ts';
import { hintWords } from './strength-words.ts';

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

/** Words for the errors of the vault and what opens it. */
export const vaultErrors = {
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
} satisfies Partial<ErrorWords>;
