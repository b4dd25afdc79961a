import { z } from 'zod';
import { contextIdSchema, contextNameSchema } from '../domain/context.ts';
import { limits } from '../domain/limits.ts';
import { discoveryErrors } from './contexts.ts';

/** Why a target cannot be signed in, before anybody is asked who it is. */
export const targetErrors = [
  ...discoveryErrors,
  'sign_in_not_offered',
  'context_not_found',
  'name_taken',
] as const;

/** The same, and why what the service gave is not kept. */
export const signInErrors = [
  ...targetErrors,
  'already_added',
  'other_account',
  'sign_in_dropped',
  'service_refused',
] as const;

/** What is to be signed in: a context that is there, or one that is added once its user is known. */
export const signInTargetSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('context'), contextId: contextIdSchema }),
  z.strictObject({
    kind: z.literal('new'),
    address: z.string().max(limits.addressMax),
    name: contextNameSchema,
    /** Set Podman up for the helper once it is signed in. */
    setUpPodman: z.boolean(),
    /** The same for Docker. */
    setUpDocker: z.boolean(),
  }),
]);
