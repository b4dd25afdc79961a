import { z } from 'zod';
import { contextIdSchema } from '../domain/context.ts';
import { limits } from '../domain/limits.ts';

/** The request of calls that are about one context. */
export const byContext = z.strictObject({ contextId: contextIdSchema });

/** The id of something at a service, in whatever form it has them: it becomes part of an address. */
export const serviceIdSchema = z
  .string()
  .min(1)
  .max(100)
  .regex(/^[\w-]+$/);

/** The request of a list of which some can be searched for. */
export const searched = byContext.extend({ search: z.string().max(limits.filterMax).optional() });
