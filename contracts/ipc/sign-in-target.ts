import { z } from 'zod';
import { contextIdSchema, contextNameSchema } from '../domain/context.ts';
import { limits } from '../domain/limits.ts';

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
