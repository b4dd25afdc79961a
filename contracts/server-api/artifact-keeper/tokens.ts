import { z } from 'zod';
import { instantSchema, lineSchema } from '../primitives.ts';
import { numberedPageSchema } from './pages.ts';
import { readScope, tokenScopes } from './scopes.ts';
import type { TokenScope } from './scopes.ts';
import { artifactKeeperPrefix } from './session.ts';

/** `GET`, `POST`: a user's own API tokens. */
export const ownTokensPath = `${artifactKeeperPrefix}/users/me/tokens`;
/** The same by the user's id, which servers of every version know. */
export const tokensPathOf = (user: string): string => `${artifactKeeperPrefix}/users/${user}/tokens`;

/** An API token: 8 characters by which people find it again, and 256 random bits, in hex. */
export const apiTokenPattern = /^[0-9a-f]{8}_[0-9a-f]{64}$/;

const maxDays = 3650;

const scopeSchema = z
  .string()
  .max(256)
  .transform((spelled, check): TokenScope => {
    const scope = readScope(spelled);
    if (scope !== null) return scope;
    const message = `There is no scope "${spelled}". There are: ${tokenScopes.join(', ')}`;
    check.addIssue({ code: 'custom', message });
    return z.NEVER;
  });

/**
 * Body of `POST`. Without `repository_ids` the token is for all repositories of its user; without `expires_at` and
 * `expires_in_days` it does not end by itself.
 */
export const createTokenRequestSchema = z
  .strictObject({
    name: lineSchema(1, 100),
    scopes: z.array(scopeSchema).min(1, 'Must name a scope').max(50),
    repository_ids: z
      .array(z.string().min(1).max(100))
      .min(1, 'Must name a repository; leave it out for all')
      .max(100)
      .nullish(),
    expires_at: z.iso.datetime({ offset: true }).nullish(),
    expires_in_days: z.int().min(1).max(maxDays).nullish(),
  })
  .refine((body) => (body.expires_at ?? null) === null || (body.expires_in_days ?? null) === null, {
    path: ['expires_in_days'],
    message: 'Send this or expires_at, not both',
  });

/** An API token without itself. `repository_ids` is null for all repositories of its user. */
const apiTokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  prefix: z.string(),
  scopes: z.array(z.enum(tokenScopes)),
  repository_ids: z.array(z.string()).nullable(),
  created_at: instantSchema,
  expires_at: instantSchema.nullable(),
  is_expired: z.boolean(),
  last_used_at: instantSchema.nullable(),
  last_used_ip: z.string().nullable(),
  last_used_user_agent: z.string().nullable(),
});
export type ApiToken = z.infer<typeof apiTokenSchema>;

/** Answer of `POST`: `token` is shown this once. */
export const createdTokenSchema = apiTokenSchema.extend({ token: z.string() });

/** Answer of `GET`: the tokens that were not revoked, the newest first. */
export const tokenListSchema = numberedPageSchema(apiTokenSchema);
