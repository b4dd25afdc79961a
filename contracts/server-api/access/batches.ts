import { z } from 'zod';
import { nextSchema, pageQuery } from '../pages.ts';
import { instantSchema, orgSlugSchema, repositoryNameSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';
import {
  accessPath,
  accessPrincipalSchema,
  accessReasonSchema,
  accessVersionSchema,
  principalReferenceSchema,
} from './primitives.ts';

export const previewPath = `${accessPath}/preview`;
export const batchesPath = `${accessPath}/batches`;

/** Changes of one batch at most, and effects of one preview at most on each side. */
export const batchChangesMax = 1000;
export const previewEffectsMax = 1000;

/** Batches of each person in an organization that are kept: the newest. */
export const batchesMax = 200;

/** Changes of a batch that a list of batches shows of it. */
export const batchSamplesMax = 5;

/** What a principal shall be given on a repository by a grant of its own, instead of what there is. */
export const accessChangeSchema = z.strictObject({
  principal: principalReferenceSchema,
  repository: repositoryNameSchema,
  /** Empty: no grant of its own any more. `admin` stands for all. */
  actions: z.array(repositoryActionSchema).max(4),
  expires_at: instantSchema.optional(),
});
export type AccessChange = z.infer<typeof accessChangeSchema>;

/** Body of `POST /v1/access/preview` and of `POST /v1/access/batches`. No cell is named twice. */
export const batchRequestSchema = z.strictObject({
  org: orgSlugSchema,
  changes: z.array(accessChangeSchema).min(1).max(batchChangesMax),
});
export type BatchRequest = z.output<typeof batchRequestSchema>;

const actionsSchema = z.array(repositoryActionSchema);

/** What somebody gains or loses on a repository; a member of a changed group, too, where the caller may be shown these. */
const effectSchema = z.object({
  principal: accessPrincipalSchema,
  repository: z.string(),
  /** What is gained or lost. */
  actions: actionsSchema,
  before: actionsSchema,
  after: actionsSchema,
  /** What decides afterwards. */
  by: z.array(accessReasonSchema),
  /** When that changes by itself. */
  until: instantSchema.nullable(),
});
export type AccessEffect = z.infer<typeof effectSchema>;

/** Why a change cannot be made. `index` is its place among the changes. */
export const refusalSchema = z.object({
  index: z.int().nonnegative(),
  code: z.enum(['principal_gone', 'repository_gone', 'admin_needed', 'end_passed', 'named_twice']),
  message: z.string(),
});
export type AccessRefusal = z.infer<typeof refusalSchema>;

/**
 * What a batch would do. Of the effects, the first `previewEffectsMax`, those on whom changes name before others; `total`
 * counts all.
 */
export const previewSchema = z.object({
  version: accessVersionSchema,
  gains: z.array(effectSchema),
  loses: z.array(effectSchema),
  total: z.object({ gains: z.int().nonnegative(), loses: z.int().nonnegative() }),
  refused: z.array(refusalSchema),
  /** Repositories that the caller could no longer administer. */
  own_admin_lost: z.array(z.string()),
});
export type Preview = z.infer<typeof previewSchema>;

/** Header of `POST /v1/access/batches`: `If-Match: "VERSION"`, of what the caller has seen. */
export const ifMatchSchema = z
  .string()
  .regex(/^"[A-Za-z0-9_.-]{1,64}"$/, 'Must be a version that was told, in quotation marks')
  .transform((text) => text.slice(1, -1));

/** A header by which a batch whose answer got lost can be sent again: it is made once. */
export const idempotencyKeySchema = z.uuid();

/** 201, and 200 for one that the same caller made with the same `Idempotency-Key`. */
export const batchMadeSchema = z.object({ id: z.string(), version: accessVersionSchema });

/** Details of 412 and 409: cells that somebody else changed since, with what the grant there names now. */
export const changedCellsSchema = z.object({
  cells: z
    .array(
      z.object({
        principal: accessPrincipalSchema,
        repository: z.string(),
        actions: actionsSchema,
        changed_by: z.string().nullable(),
        changed_at: instantSchema,
      }),
    )
    .max(batchChangesMax),
});

/** Query of `GET /v1/access/batches`, newest first. */
export const batchesQuerySchema = pageQuery(100).extend({ org: orgSlugSchema });

/** What was changed at once. `samples` are the first of its changes. */
export const batchSchema = z.object({
  id: z.string(),
  /** The `Idempotency-Key`, to whoever sent it. */
  key: z.string().nullable(),
  made_at: instantSchema,
  made_by: z.object({ id: z.string(), name: z.string() }),
  changes: z.int().positive(),
  samples: z.array(
    z.object({
      principal: z.string(),
      repository: z.string(),
      before: actionsSchema,
      after: actionsSchema,
    }),
  ),
  /** The batch that this one takes back. */
  undoes: z.string().nullable(),
  /** The batch that took this one back. */
  undone_by: z.string().nullable(),
});
export type Batch = z.infer<typeof batchSchema>;
export const batchListSchema = z.object({ batches: z.array(batchSchema), next: nextSchema });

export const batchParamsSchema = z.strictObject({
  id: z.string().regex(/^bat_[a-z2-7]{16,32}$/, 'Must be the id of a batch such as bat_…'),
});
