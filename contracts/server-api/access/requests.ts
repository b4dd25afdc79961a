import { z } from 'zod';
import { nextSchema, pageQuery } from '../pages.ts';
import { instantSchema, lineSchema, orgSlugSchema, repositoryNameSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';
import { accessChangeSchema } from './batches.ts';
import { accessPath } from './primitives.ts';

export const accessRequestsPath = `${accessPath}/requests`;

/** Open requests of one person at most. */
export const openRequestsMax = 20;

const askedActionsSchema = z.array(repositoryActionSchema).min(1).max(4);
/** Why, in words on one line. */
const wordsSchema = lineSchema(1, 500);

/**
 * Body of `POST /v1/access/requests`. A second one about the same repository takes the place of the first. The answer is
 * the same whether there is such a repository or not.
 */
export const createAccessRequestSchema = z.strictObject({
  repository: repositoryNameSchema,
  actions: askedActionsSchema,
  /** When it shall end; without it, it shall not. */
  until: instantSchema.optional(),
  reason: wordsSchema,
});
export type CreateAccessRequest = z.output<typeof createAccessRequestSchema>;

/**
 * Query of `GET /v1/access/requests`: with `org` the open ones about repositories of that organization that the caller
 * administers, oldest first; without it, as with `mine`, the caller's own, newest first.
 */
export const accessRequestsQuerySchema = pageQuery(100)
  .extend({ org: orgSlugSchema.optional(), mine: z.stringbool().optional() })
  .refine(({ org, mine }) => mine === undefined || (org === undefined) === mine, {
    message: 'Name either org or mine=true',
  });
export type AccessRequestsQuery = z.output<typeof accessRequestsQuerySchema>;

export const accessRequestParamsSchema = z.strictObject({
  id: z.string().regex(/^req_[a-z2-7]{16,32}$/, 'Must be the id of a request such as req_…'),
});

const givenSchema = z.object({ actions: z.array(repositoryActionSchema), until: instantSchema.nullable() });

/** Body of `POST /v1/access/requests/{id}/approve`; what is left out is as it was asked for. */
export const approveRequestSchema = z.strictObject({
  /** As the list told it: what somebody was given meanwhile is not made more, or longer, unseen. */
  replaces: givenSchema.strict().nullable(),
  actions: askedActionsSchema.optional(),
  /** Null for no end. */
  expires_at: instantSchema.nullable().optional(),
});
export type ApproveRequest = z.output<typeof approveRequestSchema>;

/** Body of `POST /v1/access/requests/{id}/decline`. */
export const declineRequestSchema = z.strictObject({ reason: wordsSchema });

/** What somebody asks for. */
export const accessRequestSchema = z.object({
  id: z.string(),
  repository: repositoryNameSchema,
  ...givenSchema.shape,
  reason: z.string(),
  asked_at: instantSchema,
  by: z.object({
    /** `user:ID`. */
    reference: z.string(),
    /** User name. */
    name: z.string(),
    email: z.string(),
    /** False for a closed or waiting account, whose request cannot be approved. */
    active: z.boolean(),
  }),
  state: z.enum(['open', 'approved', 'declined']),
  /** Who decided, by name, and in what words; null while it is open. */
  decided: z.object({ by: z.string(), at: instantSchema, words: z.string().nullable() }).nullable(),
});
export type AccessRequest = z.infer<typeof accessRequestSchema>;

/**
 * With what approving it as it is would change, for a preview, and the grant that takes the place of; null for none. An end
 * that has passed is left out.
 */
const pendingRequestSchema = accessRequestSchema.extend({
  change: accessChangeSchema.optional(),
  replaces: givenSchema.nullable().optional(),
});
export type PendingRequest = z.infer<typeof pendingRequestSchema>;

/** Answer of `GET /v1/access/requests`; `change` and `replaces` are there with `org`. */
export const accessRequestListSchema = z.object({
  requests: z.array(pendingRequestSchema),
  next: nextSchema,
});
