import { z } from 'zod';
import { lineSchema, orgSlugSchema, repositoryNameSchema } from '../server-api/primitives.ts';
import { accessActionsSchema, accessErrors, accessPlaceSchema, preparedChangeSchema } from './access.ts';
import { byContext, serviceIdSchema } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** What is asked for, or was given. Null for no end; times are RFC 3339. */
const givenSchema = z.strictObject({ actions: accessActionsSchema, until: z.string().nullable() });
export type GivenAccess = z.infer<typeof givenSchema>;

const requestShape = {
  id: z.string(),
  repository: z.string(),
  ...givenSchema.shape,
  reason: z.string(),
  askedAt: z.string(),
};

const ownRequestSchema = z.strictObject({
  ...requestShape,
  state: z.enum(['open', 'approved', 'declined']),
  /** Who decided, by name, and in what words; null while it is open. */
  decided: z.strictObject({ by: z.string(), at: z.string(), words: z.string().nullable() }).nullable(),
});
export type OwnAccessRequest = z.infer<typeof ownRequestSchema>;

const waitingRequestSchema = z.strictObject({
  ...requestShape,
  by: z.strictObject({
    reference: z.string(),
    name: z.string(),
    email: z.string(),
    /** False for a closed or waiting account: such a request cannot be approved. */
    active: z.boolean(),
  }),
  /** What approving it as it is would change; null where its end has passed. */
  change: preparedChangeSchema.nullable(),
  /** The grant that it would take the place of; null for none. */
  replaces: givenSchema.nullable(),
});
export type WaitingAccessRequest = z.infer<typeof waitingRequestSchema>;

const words = lineSchema(1, 500);
const askedActions = accessActionsSchema.min(1).max(4);

/**
 * Asking to be allowed something on a repository, and deciding about it. `maybe_done`: the answer was lost, and the service
 * cannot be asked whether it did it.
 */
export const accessRequestsCalls = {
  /** The user's own, newest first. */
  mine: call({
    request: byContext,
    response: z.strictObject({ requests: z.array(ownRequestSchema) }),
    errors: serviceErrors,
  }),
  /** Open ones about repositories of an organization that the user administers, oldest first; `isWhole`: not more. */
  waiting: call({
    request: accessPlaceSchema,
    response: z.strictObject({ requests: z.array(waitingRequestSchema), isWhole: z.boolean() }),
    errors: accessErrors,
  }),
  /** How many wait for the user, by organization, of those in which the user administers something; none are left out. */
  counts: call({
    request: byContext,
    response: z.strictObject({
      organizations: z.array(
        z.strictObject({ slug: orgSlugSchema, name: z.string(), open: z.number().int() }),
      ),
      /** False where there are more than are counted. */
      isWhole: z.boolean(),
    }),
    errors: serviceErrors,
  }),
  /** Asks. One about the same repository takes the place of an earlier one. */
  ask: call({
    request: byContext.extend({
      repository: repositoryNameSchema,
      actions: askedActions,
      until: z.iso.datetime().nullable(),
      reason: words,
    }),
    response: z.strictObject({ requestId: z.string() }),
    errors: [...serviceErrors, 'expiry_passed', 'too_many_requests_open', 'maybe_done'],
  }),
  /** Gives what was asked for, or less or for shorter. `replaces` as it was shown: refused where that changed. */
  approve: call({
    request: byContext.extend({
      requestId: serviceIdSchema,
      replaces: givenSchema.nullable(),
      actions: askedActions,
      until: z.iso.datetime().nullable(),
    }),
    response: z.undefined(),
    errors: [
      ...accessErrors,
      'expiry_passed',
      'nobody_found',
      'request_gone',
      'access_changed_meanwhile',
      'maybe_done',
    ],
  }),
  decline: call({
    request: byContext.extend({ requestId: serviceIdSchema, reason: words }),
    response: z.undefined(),
    errors: [...accessErrors, 'request_gone', 'maybe_done'],
  }),
  /** Takes back an own one that is open. */
  withdraw: call({
    request: byContext.extend({ requestId: serviceIdSchema }),
    response: z.undefined(),
    errors: [...serviceErrors, 'request_gone', 'maybe_done'],
  }),
};
