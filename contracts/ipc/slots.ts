import { z } from 'zod';
import { call } from './define.ts';
import { passphraseSchema } from './vault.ts';

/** A way into the vault. `createdAt` is RFC 3339; `backend` names the keychain, for example `gnome_libsecret`. */
const slotSummarySchema = z.strictObject({
  kind: z.enum(['passphrase', 'keychain', 'recovery']),
  createdAt: z.string(),
  backend: z.string().nullable(),
});
export type SlotSummary = z.infer<typeof slotSummarySchema>;

const byCode = z.strictObject({ codeId: z.uuid() });
const proofErrors = ['wrong_passphrase', 'unlock_delayed'] as const;
const codeErrors = ['recovery_code_gone'] as const;

/** What opens the vault, and what changes that. All of it while the vault is unlocked. */
export const slotsCalls = {
  list: call({
    request: z.undefined(),
    response: z.strictObject({
      slots: z.array(slotSummarySchema),
      /** The keychain that could be used on this computer; null when there is none that really protects. */
      keychain: z.string().nullable(),
    }),
  }),
  changePassphrase: call({
    request: z.strictObject({ old: passphraseSchema, new: passphraseSchema }),
    response: z.undefined(),
    errors: [...proofErrors, 'passphrase_too_short', 'passphrase_too_weak'],
  }),
  /** `keychain`: what became of its slot; `codeId`: the new recovery code's, null when there was none. */
  rekey: call({
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: z.strictObject({
      keychain: z.enum(['none', 'kept', 'lost']),
      codeId: z.uuid().nullable(),
    }),
    errors: [...proofErrors, 'vault_damaged'],
  }),
  /** Lets the system keychain open the vault. */
  addKeychain: call({
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: z.undefined(),
    errors: [...proofErrors, 'keychain_failed'],
  }),
  /** The passphrase's slot is not among those that can be removed. */
  remove: call({
    request: z.strictObject({ kind: z.enum(['keychain', 'recovery']) }),
    response: z.undefined(),
  }),
  /** Makes a recovery code in place of the one before. */
  makeRecoveryCode: call({
    request: z.strictObject({ passphrase: passphraseSchema }),
    response: byCode,
    errors: proofErrors,
  }),
  /** Gives the code itself, once: a second call answers `recovery_code_gone`. */
  revealCode: call({
    request: byCode,
    response: z.strictObject({ code: z.string() }),
    errors: codeErrors,
  }),
  copyCode: call({
    request: byCode,
    response: z.strictObject({ clearsAt: z.string() }),
    errors: codeErrors,
  }),
  /** Saves the sheet where the user says; false when the user cancels. */
  saveCode: call({
    request: byCode.extend({ form: z.enum(['pdf', 'png']) }),
    response: z.strictObject({ saved: z.boolean() }),
    errors: [...codeErrors, 'print_failed'],
  }),
  printCode: call({
    request: byCode,
    response: z.strictObject({ printed: z.boolean() }),
    errors: [...codeErrors, 'print_failed'],
  }),
  /** Lets go of the code: the user has it. */
  forgetCode: call({ request: byCode, response: z.undefined() }),
};
