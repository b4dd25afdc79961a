import { z } from 'zod';
import { keeperPrefix, keeperPrefixV2 } from './control.ts';
import {
  anyKeyIdSchema,
  approvalsSchema,
  authoritySchema,
  base64Schema,
  generationSchema,
  numberOfQuery,
  policySchema,
  tweakSchema,
} from './fields.ts';

/** Paths with a second spelling are the same route. */
export const dkgPaths = [`${keeperPrefixV2}/dkg`, `${keeperPrefix}/dkg`] as const;
export const storePaths = [`${keeperPrefixV2}/storage/store`, `${keeperPrefix}/storage/store`] as const;
export const destroyPath = `${keeperPrefix}/destroy`;
export const publicKeyPath = `${keeperPrefix}/publicKey`;
export const consistencyPath = `${keeperPrefix}/consistency/fix`;
export const recoverPath = `${keeperPrefix}/recovery/recover`;

/** What this server's keys can be. */
export const keyAlgorithms = ['ED25519', 'P256', 'SECP256K1'] as const;
export type KeyAlgorithm = (typeof keyAlgorithms)[number];

/** Keepers have algorithms of their own. */
export const anyAlgorithmSchema = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'Must be an algorithm');

/** Most authorities of a key. */
export const authoritiesMax = 255;

const authoritiesSchema = z.array(authoritySchema).min(1).max(authoritiesMax);

/** `CREATE` makes a key, `ROTATE` gives it other material, `REFRESH` another generation with the same. */
export const keyModeSchema = z.enum(['CREATE', 'ROTATE', 'REFRESH']);
export type KeyMode = z.infer<typeof keyModeSchema>;

/** Body of `POST /v2/keeper/dkg`. */
export const generateRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  algorithm: anyAlgorithmSchema,
  authorities: authoritiesSchema,
  mode: keyModeSchema,
  policy: policySchema.nullish(),
  assetOwner: z.string().nullish(),
  approvals: approvalsSchema,
});
export type GenerateRequest = z.output<typeof generateRequestSchema>;

/** Body of `POST /v2/keeper/storage/store`. `value64`: the private key's 32 bytes; of Ed25519 the seed. */
export const storeRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  algorithm: anyAlgorithmSchema,
  authorities: authoritiesSchema,
  value64: base64Schema,
  policy: policySchema.nullish(),
  assetOwner: z.string().nullish(),
});
export type StoreRequest = z.output<typeof storeRequestSchema>;

/** Body of `POST /v1/keeper/destroy`. */
export const destroyRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  generation: generationSchema,
  approvals: approvalsSchema,
});

/** Query of `GET /v1/keeper/publicKey`. */
export const publicKeyQuerySchema = z.strictObject({
  keyId: anyKeyIdSchema,
  generation: numberOfQuery(1, 0x7f_ff_ff_ff).optional(),
  tweak: tweakSchema,
});

/** Ed25519: the 32 bytes; the other curves: a compressed point of 33. */
export const publicKeySchema = z.object({ data64: z.string().min(1).max(16_384) });

/** Query of `POST /v1/keeper/consistency/fix`. */
export const consistencyQuerySchema = z.strictObject({ keyId: anyKeyIdSchema });

const keyVersionSchema = z.object({ activeGen: z.int().nullish(), pendingGen: z.int().nullish() });

/** What a check of a key found, with the generations that each peer has. */
export const consistencySchema = z.object({
  verdict: z.string().max(100),
  targetGeneration: z.int().nullish(),
  versions: z.record(z.string(), keyVersionSchema),
});
export type Consistency = z.infer<typeof consistencySchema>;

/** Body of `POST /v1/keeper/recovery/recover`. */
export const recoverRequestSchema = z.strictObject({
  keyId: anyKeyIdSchema,
  helperIds: z.array(z.int().min(1)).min(1).max(255),
});
