import { z } from 'zod';
import { limits } from '../../../../contracts/domain/limits.ts';
import {
  apiKeyPattern,
  compactJwsPattern,
  maxTokenBytes,
  orgSlugSchema,
  userSchema,
} from '../../../../contracts/server-api/index.ts';

/** Seconds, of a length that a clock can show. */
const secondsSchema = z
  .number()
  .positive()
  .transform((seconds) => Math.min(seconds, limits.ttlMax));

const who = {
  user: userSchema.pick({ id: true, username: true, display_name: true }),
  org: orgSlugSchema,
};

/** What a person let the app have, as `POST /v1/cli/exchange` gives it: a key or a session. */
export const cliExchangeAnswer = z.union([
  z.object({
    api_key: z.string().regex(apiKeyPattern),
    id: z.string().min(1).max(100),
    name: z.string().min(1).max(limits.serviceWordsMax),
    ...who,
  }),
  z.object({
    token: z.string().max(maxTokenBytes).regex(compactJwsPattern),
    expires_in: secondsSchema,
    session_expires_in: secondsSchema,
    ...who,
  }),
]);
