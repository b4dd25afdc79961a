import { z } from 'zod';
import { limits } from '../../../../contracts/domain/limits.ts';
import {
  apiKeyPattern,
  compactJwsPattern,
  maxTokenBytes,
  orgSlugSchema,
  userSchema,
} from '../../../../contracts/server-api/index.ts';
import { lifeSchema } from '../life.ts';
import { pairFields } from './artifact-keeper-sign-in.ts';

const who = {
  user: userSchema.pick({ id: true, username: true, display_name: true }),
  org: orgSlugSchema,
};

/** What a person let the app have, as `POST /v1/cli/exchange` gives it: a key, a session or tokens that renew it. */
export const cliExchangeAnswer = z.union([
  z.object({
    api_key: z.string().regex(apiKeyPattern),
    id: z.string().min(1).max(100),
    name: z.string().min(1).max(limits.serviceWordsMax),
    ...who,
  }),
  z.object({
    token: z.string().max(maxTokenBytes).regex(compactJwsPattern),
    expires_in: lifeSchema,
    session_expires_in: lifeSchema,
    ...who,
  }),
  pairFields.extend(who),
]);
