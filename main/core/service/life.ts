import { z } from 'zod';
import { limits } from '../../../contracts/domain/limits.ts';

/** How long a token or a session lasts, seconds, of a length that a clock can show. */
export const lifeSchema = z
  .number()
  .positive()
  .transform((seconds) => Math.min(seconds, limits.ttlMax));
