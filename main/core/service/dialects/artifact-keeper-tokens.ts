import { z } from 'zod';
import { numberedPageAnswer } from './artifact-keeper.ts';

/*
 * API tokens and the repositories that they can be for. Their own server tells less of a token, and calls its first
 * characters otherwise.
 */

const tokenAnswer = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string().optional(),
  token_prefix: z.string().optional(),
  scopes: z.array(z.string().max(100)),
  repository_ids: z.array(z.string()).nullish(),
  created_at: z.string(),
  expires_at: z.string().nullish(),
  is_expired: z.boolean().optional(),
  last_used_at: z.string().nullish(),
  last_used_ip: z.string().nullish(),
  last_used_user_agent: z.string().nullish(),
});
export type TokenAnswer = z.output<typeof tokenAnswer>;

/** A page of tokens; servers that give all at once tell no number. */
export const tokenPageAnswer = z.union([
  numberedPageAnswer(tokenAnswer),
  z
    .object({ items: z.array(tokenAnswer) })
    .transform(({ items }) => ({ items, pagination: { total: items.length } })),
]);

export const createdTokenAnswer = z.object({
  name: z.string(),
  // It is copied into commands.
  token: z.string().regex(/^[\w.~+/=-]{1,4096}$/),
});

const repositoryAnswer = z.object({ id: z.string(), key: z.string() });
export const repositoryPageAnswer = numberedPageAnswer(repositoryAnswer);
