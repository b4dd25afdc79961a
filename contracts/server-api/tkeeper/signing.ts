import { z } from 'zod';
import { keeperPrefix, keeperPrefixV2 } from './control.ts';
import { anyKeyIdSchema, approvalsSchema, base64Schema, generationSchema, tweakSchema } from './fields.ts';

export const signPaths = [`${keeperPrefixV2}/sign`, `${keeperPrefix}/sign`] as const;
export const verifyPaths = [`${keeperPrefixV2}/sign/verify`, `${keeperPrefix}/sign/verify`] as const;
export const encryptPath = `${keeperPrefix}/ecies/encrypt`;
export const decryptPath = `${keeperPrefix}/ecies/decrypt`;

/** Keepers have schemes of their own. */
const schemeSchema = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'Must be a signature scheme');
const hashMethodSchema = z.enum(['NONE', 'SHA256', 'SHA512', 'KECCAK256']);
export type HashMethod = z.infer<typeof hashMethodSchema>;

/** Bytes to be signed as they are, or by their hash. */
const arbitraryArtifactSchema = z.strictObject({
  scheme: schemeSchema,
  hash: hashMethodSchema.nullish(),
  data64: base64Schema,
});
export type ArbitraryArtifact = z.infer<typeof arbitraryArtifactSchema>;

/** What is signed, or was: `arbitrary` bytes. Of other types only the shape is known. */
function commandSchema<Fields extends z.ZodRawShape>(fields: Fields) {
  return z.union([
    z.strictObject({ type: z.literal('arbitrary'), artifact: arbitraryArtifactSchema, ...fields }),
    z.strictObject({
      type: z.string().regex(/^(?!arbitrary$)(?=.{1,64}$)[a-z0-9]+(?:[._-][a-z0-9]+)*$/, 'Must be a type'),
      artifact: z.record(z.string(), z.unknown()),
      ...fields,
    }),
  ]);
}

/** Body of `POST /v2/keeper/sign`. */
export const signRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  command: commandSchema({ authorityId: z.string() }),
  tweak: tweakSchema,
  approvals: approvalsSchema,
});
export type SignRequest = z.output<typeof signRequestSchema>;

/** EdDSA: 64 bytes. ECDSA: DER. */
export const signatureSchema = z.object({
  type: z.string().max(64),
  signature64: z.string().max(65_536).nullish(),
  generation: z.int(),
  imposters: z.array(z.string().max(255)).max(255).catch([]),
});

/** Body of `POST /v2/keeper/sign/verify`; without a generation, the current one. */
export const verifyRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  generation: generationSchema.nullish(),
  command: commandSchema({}),
  signature64: base64Schema,
  tweak: tweakSchema,
});
export type VerifyRequest = z.output<typeof verifyRequestSchema>;

export const verifiedSchema = z.object({ valid: z.boolean() });

const cipherSchema = z.enum(['AES_GCM', 'CHACHA20_POLY1305']);
export type Cipher = z.infer<typeof cipherSchema>;

/** Body of `POST /v1/keeper/ecies/encrypt`. */
export const encryptRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  algorithm: cipherSchema.nullish(),
  plaintext64: base64Schema,
  tweak: tweakSchema,
});

export const encryptedSchema = z.object({
  ciphertext64: z.string().max(16 * 1024 * 1024),
  generation: z.int(),
});

/** Body of `POST /v1/keeper/ecies/decrypt`; without a generation, the current one. */
export const decryptRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  algorithm: cipherSchema.nullish(),
  generation: generationSchema.nullish(),
  ciphertext64: base64Schema,
  tweak: tweakSchema,
  approvals: approvalsSchema,
});

export const decryptedSchema = z.object({
  plaintext64: z.string().max(16 * 1024 * 1024),
  imposters: z.array(z.string().max(255)).max(255).catch([]),
});
