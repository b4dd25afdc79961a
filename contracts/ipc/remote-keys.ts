import { z } from 'zod';
import {
  hashMethods,
  keeperStates,
  remoteBase64Max,
  remoteKeyAlgorithms,
  remoteTextMax,
  signatureSchemes,
} from '../domain/remote-key.ts';
import { keyIdMax, keyIdPattern } from '../permissions/operations.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/**
 * Keys that a service keeps, and that its users sign and decrypt with there. `maybe_done`: the answer was lost, and the
 * service may have made the change.
 */

export const remoteKeyIdSchema = z.string().min(1).max(keyIdMax).regex(keyIdPattern);

/** Names of later versions stay readable: the window shows what it does not know as it came. */
const openName = z.string().max(100);
const time = z.string().nullable();

const generationSchema = z.strictObject({
  generation: z.number().int(),
  state: openName,
  createdAt: time,
});

/** Times are RFC 3339. */
const remoteKeySchema = z.strictObject({
  keyId: z.string(),
  algorithm: openName.nullable(),
  state: openName,
  generation: z.number().int(),
  owner: z.string().nullable(),
  createdAt: time,
  updatedAt: time,
  /** Until when it signs and encrypts, and until when it verifies and decrypts; null for no end. */
  applyUntil: time,
  processUntil: time,
  /** Its record at the service was changed by somebody else than the service. */
  tampered: z.boolean(),
  /** Who may have what signed by it, as the service calls them. */
  authorities: z.array(z.string()),
});
export type RemoteKey = z.infer<typeof remoteKeySchema>;

const keyedSchema = byContext.extend({ keyId: remoteKeyIdSchema });

/** What a person typed, or a file that main lets them choose. */
const contentSchema = z.discriminatedUnion('from', [
  z.strictObject({ from: z.literal('text'), text: z.string().max(remoteTextMax) }),
  z.strictObject({ from: z.literal('file') }),
]);
/** As it was pasted: line breaks in it do not count. */
const base64Schema = z.string().min(1).max(remoteBase64Max);
const signedBy = {
  scheme: z.enum(signatureSchemes),
  hash: z.enum(hashMethods),
  authority: z.string().max(255),
};

/** RFC 3339; null for no end. */
const endsOfKey = {
  applyUntil: z.iso.datetime({ offset: true }).nullable(),
  processUntil: z.iso.datetime({ offset: true }).nullable(),
};

export const keeperErrors = [
  ...serviceErrors,
  'keeper_sealed',
  'keeper_not_initialized',
  'remote_key_not_found',
  'remote_key_over',
  'file_too_large',
] as const;

export const remoteKeysCalls = {
  /** Who the service says that the caller is, what it may do by its rules, and how the keeper stands. */
  standing: call({
    request: byContext,
    response: z.strictObject({
      subject: z.string(),
      permissions: z.array(z.string()),
      /** False where there were more than are read. */
      isAll: z.boolean(),
      state: z.enum(keeperStates).nullable(),
      /** Key algorithms that it makes. */
      algorithms: z.array(openName),
    }),
    errors: keeperErrors,
    verbatim: ['permissions'],
  }),
  /** The keys by `tkeeper.compliance.inventory`, as far as anybody reads. */
  list: call({
    request: byContext,
    response: z.strictObject({ keys: z.array(remoteKeySchema), isAll: z.boolean() }),
    errors: keeperErrors,
  }),
  /** One key and its generations, the newest first. */
  one: call({
    request: keyedSchema,
    response: z.strictObject({ key: remoteKeySchema, generations: z.array(generationSchema) }),
    errors: keeperErrors,
  }),
  publicKey: call({
    request: keyedSchema.extend({ generation: z.number().int().min(1).nullable() }),
    response: z.strictObject({ base64: z.string(), fingerprint: z.string() }),
    errors: keeperErrors,
  }),
  /** Puts what is no secret on the clipboard, and nothing but base64: a public key, a signature, what was encrypted. */
  copy: call({
    request: z.strictObject({ base64: z.base64().min(1).max(remoteBase64Max) }),
    response: z.undefined(),
  }),
  create: call({
    request: keyedSchema.extend({
      algorithm: z.enum(remoteKeyAlgorithms),
      owner: z.string().max(255).nullable(),
      ...endsOfKey,
    }),
    response: z.undefined(),
    errors: [...keeperErrors, 'remote_key_exists', 'invalid_end', 'maybe_done'],
  }),
  /** `rotate` makes new key material; `refresh` keeps the public key. Each makes a generation. `ends`: null where they stay. */
  renew: call({
    request: keyedSchema.extend({
      mode: z.enum(['rotate', 'refresh']),
      ends: z.strictObject(endsOfKey).nullable(),
    }),
    response: z.undefined(),
    errors: [...keeperErrors, 'invalid_end', 'maybe_done'],
  }),
  /** Destroys what is kept of one generation, which is not the current one. */
  destroy: call({
    request: keyedSchema.extend({ generation: z.number().int().min(1) }),
    response: z.undefined(),
    errors: [...keeperErrors, 'generation_in_use', 'maybe_done'],
  }),
  /** Null where the person chose no file. */
  sign: call({
    request: keyedSchema.extend({ content: contentSchema, ...signedBy }),
    response: z
      .strictObject({
        fileName: z.string().nullable(),
        signature: z.string(),
        scheme: openName,
        generation: z.number().int(),
      })
      .nullable(),
    errors: keeperErrors,
  }),
  verify: call({
    request: keyedSchema.extend({
      content: contentSchema,
      ...{ scheme: signedBy.scheme, hash: signedBy.hash },
      signature: base64Schema,
      generation: z.number().int().min(1).nullable(),
    }),
    response: z.strictObject({ fileName: z.string().nullable(), valid: z.boolean() }).nullable(),
    errors: [...keeperErrors, 'not_base64'],
  }),
  encrypt: call({
    request: keyedSchema.extend({ content: contentSchema }),
    response: z
      .strictObject({ fileName: z.string().nullable(), ciphertext: z.string(), generation: z.number().int() })
      .nullable(),
    errors: keeperErrors,
  }),
  /** Decrypts. A text is shown because the person asks to see it; a file goes where they choose. */
  decrypt: call({
    request: keyedSchema.extend({
      ciphertext: base64Schema,
      generation: z.number().int().min(1).nullable(),
      to: z.enum(['text', 'file']),
    }),
    /** `text` null for what is no text, is more than `remoteTextMax`, or went to a file; null in all where the person chose no file. */
    response: z
      .strictObject({ text: z.string().nullable(), bytes: z.number().int(), fileName: z.string().nullable() })
      .nullable(),
    errors: [...keeperErrors, 'not_base64'],
    verbatim: ['text'],
  }),
};
