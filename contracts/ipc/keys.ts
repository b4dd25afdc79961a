import { z } from 'zod';
import { keyLabelSchema } from '../domain/context.ts';
import { keyAges } from '../domain/key-expiry.ts';
import { readForms } from '../domain/key-form.ts';
import { keySummarySchema, publicKeyFormatSchema } from '../domain/key.ts';
import { limits } from '../domain/limits.ts';
import { rotationSchema } from '../domain/rotation.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { revocationSchema } from './sign-out.ts';

const keyAgeSchema = z.literal(keyAges);
const byKey = z.strictObject({ keyId: z.uuid() });
const newKey = byContext.extend({
  label: keyLabelSchema,
  /** Days from now until it stops to sign. */
  age: keyAgeSchema,
});
const keyErrors = ['key_not_found'] as const;
const contextErrors = ['context_not_found'] as const;

/** A private key to import: a file that the user chose, or a text that goes inward and is never given back. */
const importSourceSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('file'), fileToken: z.uuid() }),
  z.strictObject({ from: z.literal('text'), text: z.string().min(1).max(limits.keyTextMax) }),
]);

/** One of several private keys in a text, for the user to choose by. */
const keyChoiceSchema = z.strictObject({
  form: z.enum(readForms),
  /** As in a key's summary; null while it cannot be known. */
  fingerprint: z.string().nullable(),
  /** Whether a passphrase opens it. A key with neither is damaged, or protected in a way that is not read. */
  isProtected: z.boolean(),
});
export type KeyChoice = z.infer<typeof keyChoiceSchema>;

const importedKeySchema = z.discriminatedUnion('outcome', [
  z.strictObject({ outcome: z.literal('imported'), key: keySummarySchema }),
  z.strictObject({ outcome: z.literal('several'), choices: z.array(keyChoiceSchema) }),
]);
export type ImportedKey = z.infer<typeof importedKeySchema>;

export const keysCalls = {
  list: call({ request: byContext, response: z.array(keySummarySchema), errors: contextErrors }),
  /** Makes one more key; its registration follows. */
  make: call({
    request: newKey,
    response: keySummarySchema,
    errors: [...contextErrors, 'rotation_open', 'signs_in_otherwise'],
  }),
  rename: call({
    request: byKey.extend({ label: keyLabelSchema }),
    response: keySummarySchema,
    errors: keyErrors,
  }),
  /** Sets the age limit, in days from the key's creation. */
  setAge: call({
    request: byKey.extend({ age: keyAgeSchema }),
    response: keySummarySchema,
    errors: [...keyErrors, 'expiry_passed'],
  }),
  /**
   * Has the service revoke a key and destroys its private part here. When the service could not be asked or
   * refused, the key stays as it is unless `anyway` is set.
   */
  revoke: call({
    request: byKey.extend({ anyway: z.boolean() }),
    response: z.strictObject({ revocation: revocationSchema, retired: z.boolean() }),
    errors: [...keyErrors, 'rotation_open'],
  }),
  /** Takes a revoked key off the list. */
  remove: call({ request: byKey, response: z.undefined(), errors: keyErrors }),
  publicText: call({
    request: byKey.extend({ format: publicKeyFormatSchema }),
    response: z.strictObject({ text: z.string() }),
    errors: keyErrors,
  }),
  copyPublic: call({
    request: byKey.extend({ format: publicKeyFormatSchema }),
    response: z.undefined(),
    errors: keyErrors,
  }),
  /** Writes the public key to a file that the user chooses; null when the user chose none. */
  savePublic: call({
    request: byKey.extend({ format: publicKeyFormatSchema }),
    response: z.strictObject({ fileName: z.string() }).nullable(),
    errors: keyErrors,
  }),
  /** Has the user choose a file with a private key; null when the user chose none. */
  chooseFile: call({
    request: z.undefined(),
    response: z.strictObject({ fileToken: z.uuid(), fileName: z.string() }).nullable(),
  }),
  /** Imports the private key of a text. When there are several and none was picked, it answers which there are. */
  import: call({
    request: newKey.extend({
      source: importSourceSchema,
      /** Which of the `choices` of the answer before, counted from 0. */
      pick: z.number().int().nonnegative().max(limits.keyTextMax).nullable(),
      passphrase: z.string().max(limits.passphraseMax).nullable(),
    }),
    response: importedKeySchema,
    errors: [
      ...contextErrors,
      'key_known',
      'rotation_open',
      'signs_in_otherwise',
      'import_not_a_key',
      'import_public_only',
      'import_wrong_kind',
      'import_encrypted',
      'import_wrong_passphrase',
      'import_damaged',
      'import_unsupported',
      'import_too_large',
      'file_gone',
    ],
  }),
  /** The rotation that is open, or has ended since the vault was unlocked; null when there is none. */
  rotation: call({ request: byContext, response: rotationSchema.nullable(), errors: contextErrors }),
  /** Begins a rotation of the key that signs, or goes on with the open one. Its progress is told by `keysChanged`. */
  rotate: call({
    request: byContext.extend({
      /** Register the new key by a pasted token although the service would let the old one vouch for it. */
      byPasting: z.boolean(),
    }),
    response: rotationSchema,
    errors: [
      ...contextErrors,
      'server_unreachable',
      'not_a_keyhold_server',
      'key_not_registered',
      'sign_in_not_offered',
      'another_origin',
    ],
  }),
  /** Stops what is under way, which can be gone on with; one that has ended is no longer shown. */
  stopRotation: call({ request: byContext, response: z.undefined(), errors: contextErrors }),
  /** Gives the new key up: the service revokes it, should it know it, and it is deleted here. */
  undoRotation: call({
    request: byContext,
    response: z.strictObject({ revocation: revocationSchema }),
    errors: [...contextErrors, 'rotation_over'],
  }),
  /** Retires the old key here although the service has not revoked it. */
  endRotation: call({
    request: byContext,
    response: z.undefined(),
    errors: [...contextErrors, 'rotation_over'],
  }),
};
