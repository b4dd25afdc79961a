import { z } from 'zod';
import { keeperPrefix } from './control.ts';
import { cursorSchema, numberOfQuery } from './fields.ts';

export const inventoryPath = `${keeperPrefix}/compliance/inventory`;
export const expiresPath = `${keeperPrefix}/expires`;

/** Most items of a page of the inventory, and of what ends. */
export const inventoryPageMax = 200;
export const expiresPageMax = 2000;

/** Query of `GET …/compliance/inventory`. `historical`: an item for each generation. */
export const inventoryQuerySchema = z.strictObject({
  logicalId: z.string().optional(),
  assetOwner: z.string().optional(),
  historical: z.enum(['true', 'false']).default('false'),
  lastSeen: cursorSchema.optional(),
  limit: numberOfQuery(1, inventoryPageMax).default(inventoryPageMax),
});

/** `UNKNOWN`: something else than the keeper has changed what it keeps of the key. */
export type KeyStatus = 'ACTIVE' | 'DISABLED' | 'APPLY_EXPIRED' | 'EXPIRED' | 'DESTROYED' | 'UNKNOWN';

const endSchema = z.object({ unit: z.string().max(64), notAfter: z.number().nullish() });

/** One key, or one generation of it. Times are milliseconds since 1970. Other keepers have more statuses and units. */
export const inventoryItemSchema = z.object({
  logicalId: z.string().min(1).max(255),
  status: z.string().max(64),
  currentGeneration: z.int(),
  authorities: z.array(z.object({ id: z.string().max(255), oci: z.string().max(4096).nullish() })).max(1000),
  algorithm: z.string().max(64).nullish(),
  createdAt: z.number(),
  updatedAt: z.number(),
  policy: z
    .object({
      apply: endSchema.nullish(),
      process: endSchema.nullish(),
      allowHistoricalProcess: z.boolean().nullish(),
    })
    .nullish(),
  hasActiveKey: z.boolean(),
  lastPendingGeneration: z.int().nullish(),
  assetOwner: z.string().max(255).nullish(),
  tampered: z.boolean(),
});
export type InventoryItem = z.infer<typeof inventoryItemSchema>;

/** Answer of `GET …/compliance/inventory`; `nextCursor` is the next `lastSeen`. */
export const inventoryPageSchema = z.object({
  inventory: z.object({
    generatedAt: z.number(),
    peerId: z.int(),
    threshold: z.int(),
    totalPeers: z.int(),
    items: z.array(inventoryItemSchema).max(1000),
  }),
  nextCursor: z.string().max(1024).nullish(),
  hasMore: z.boolean(),
});

const expiresLimit = numberOfQuery(1, expiresPageMax).default(100);

/** More than 1,000 years, in milliseconds and so in seconds. */
const timeMax = 1e14;

/**
 * Query of `GET …/expires`: a window in seconds from now, or `to` and perhaps `from`, in milliseconds since 1970. What is
 * missing is told by a code of its own, so that the schema lets it be missing.
 */
export const expiresQuerySchema = z.strictObject({
  type: z.string().max(64).optional(),
  windowSec: numberOfQuery(1, timeMax).optional(),
  from: numberOfQuery(0, timeMax).optional(),
  to: numberOfQuery(0, timeMax).optional(),
  limit: expiresLimit,
  cursor: cursorSchema.optional(),
});

/** Query of `GET …/expires/apply` and `…/process`. */
export const expiresWindowQuerySchema = expiresQuerySchema.omit({ type: true, from: true, to: true });

/** Query of `GET …/expires/expired`. */
export const expiredQuerySchema = expiresQuerySchema.omit({ windowSec: true, from: true, to: true });

export const expiresPageSchema = z.object({
  items: z
    .array(
      z.object({
        type: z.string().max(64),
        logicalId: z.string().min(1).max(255),
        generation: z.int(),
        expiresAt: z.number(),
      }),
    )
    .max(expiresPageMax),
  next: z.string().max(1024).nullish(),
});
