import { z } from 'zod';
import { contextIdSchema } from '../domain/context.ts';

/** The request of calls that are about one context. */
export const byContext = z.strictObject({ contextId: contextIdSchema });
