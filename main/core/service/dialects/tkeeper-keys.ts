import { z } from 'zod';
import { ruleLengthMax } from '../../../../contracts/permissions/rule.ts';
import { keeperStates, remoteBase64Max } from '../../../../contracts/domain/remote-key.ts';
import { tkeeperMeAnswer } from './tkeeper.ts';

/*
 * Keys of a keeper, as far as the app reads of them: names of later versions stay readable.
 */

const openName = z.string().max(100);
const base64 = z.base64();

/** Rules of a token that are shown. */
export const shownRulesMax = 10_000;

/** Who the token stands for and what it may do; a rule that is too long to be one stays so. */
export const standingAnswer = tkeeperMeAnswer.extend({
  permissions: z.array(z.string()).transform((rules) => ({
    rules: rules.slice(0, shownRulesMax).map((rule) => rule.slice(0, ruleLengthMax + 1)),
    isAll: rules.length <= shownRulesMax,
  })),
});

export const statusAnswer = z.object({ state: z.enum(keeperStates) });

export const capabilitiesAnswer = z.object({ algorithms: z.array(openName).max(100) });

/** A time, or none: milliseconds or seconds since 1970 as it says, of those that a clock can show. */
const endAnswer = z.looseObject({ unit: openName, notAfter: z.number().nullish() }).nullish();

/*
 * Who may use a key, and until when, is handed back with its next generation: whole, so that a condition which this
 * version does not know is not lost on the way.
 */

const authorityAnswer = z.looseObject({ id: z.string().max(255), oci: z.string().max(4096).nullish() });

const policyAnswer = z.looseObject({
  apply: endAnswer,
  process: endAnswer,
});

/** A key, or one generation of it; times are milliseconds since 1970. */
export const inventoryItem = z.object({
  logicalId: z.string().min(1).max(255),
  status: openName,
  currentGeneration: z.int(),
  authorities: z.array(authorityAnswer).max(255),
  algorithm: openName.nullish(),
  createdAt: z.number(),
  updatedAt: z.number(),
  policy: policyAnswer.nullish(),
  assetOwner: z.string().max(255).nullish(),
  tampered: z.boolean(),
});
export type InventoryItem = z.output<typeof inventoryItem>;

export const inventoryAnswer = z.object({
  inventory: z.object({ items: z.array(inventoryItem) }),
  nextCursor: z.string().max(4096).nullish(),
  hasMore: z.boolean(),
});

export const publicKeyAnswer = z.object({ data64: base64.min(1).max(64 * 1024) });

export const signatureAnswer = z.object({
  type: openName,
  signature64: base64.min(1).max(64 * 1024),
  generation: z.int(),
});

export const verifiedAnswer = z.object({ valid: z.boolean() });

export const encryptedAnswer = z.object({
  ciphertext64: base64.min(1).max(remoteBase64Max),
  generation: z.int(),
});

export const decryptedAnswer = z.object({ plaintext64: base64 });
