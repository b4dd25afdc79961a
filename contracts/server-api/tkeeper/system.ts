import { z } from 'zod';
import { keeperPrefix, keeperPrefixV2 } from './control.ts';
import { base64Schema } from './fields.ts';

export const systemPath = `${keeperPrefix}/system`;
export const peerIdPath = `${keeperPrefix}/peerId`;

/** Body of `POST …/system/init`. A threshold and total of 1 make a keeper that is alone. */
export const initRequestSchema = z.strictObject({
  peerId: z.int(),
  threshold: z.int(),
  total: z.int(),
});

/** What unseals the keeper; nobody sees it again. */
export const initializedSchema = z.object({
  threshold: z.int(),
  total: z.int(),
  shares64: z.array(z.string().max(4096)).min(1).max(255),
});
export type Initialized = z.infer<typeof initializedSchema>;

/** Body of `POST …/system/unseal`: one share or several. `reset` first forgets those that were given. */
export const unsealRequestSchema = z
  .strictObject({
    payload64: base64Schema.min(1).optional(),
    payloads64: z.array(base64Schema.min(1)).min(1).max(255).nullish(),
    reset: z.boolean().nullish(),
  })
  .refine(({ payload64, payloads64 }) => payload64 !== undefined || (payloads64 ?? null) !== null, {
    message: 'Give payload64 or payloads64',
  });

/** How many shares were given, of how many that are needed. */
export const sealProgressSchema = z.object({
  threshold: z.int(),
  total: z.int(),
  progress: z.int(),
  ready: z.boolean(),
  /** When those that were given are forgotten without another one, in milliseconds since 1970. */
  forgottenAt: z.number().optional(),
});
export type SealProgress = z.infer<typeof sealProgressSchema>;

/** Of a keeper that unseals itself, or is not made yet. */
export const readyProgressSchema = z.object({ ready: z.boolean() });

export const keeperStateSchema = z.enum(['UNINITIALIZED', 'SEALED', 'UNSEALED']);
export type KeeperState = z.infer<typeof keeperStateSchema>;

/** Answer of `GET …/system/status`. `sealedBy` for those alone who may unseal. */
export const keeperStatusSchema = z.object({
  state: keeperStateSchema,
  sealedBy: z.string().max(255).nullish(),
  progress: z.union([sealProgressSchema, readyProgressSchema]),
});
export type KeeperStatus = z.infer<typeof keeperStatusSchema>;

export const peerIdSchema = z.object({ serviceId: z.int(), result: z.int().nullish() });

/** Body of `POST /v2/keeper/quorum/promote`. */
export const promoteRequestSchema = z.strictObject({
  threshold: z.int().min(2).max(255),
  total: z.int().min(2).max(255),
});
export const promotePath = `${keeperPrefixV2}/quorum/promote`;
