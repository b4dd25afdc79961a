import { z } from 'zod';
import { instantSchema, orgRoleSchema, orgSlugSchema } from '../primitives.ts';
import { userSchema } from '../sign-in.ts';

export const exchangePath = '/v1/auth/exchange';
export const refreshPath = '/v1/auth/refresh';
export const switchOrgPath = '/v1/auth/switch-org';

/** Life of a server JWT, seconds. */
export const sessionJwtSeconds = 15 * 60;

/** Body of `POST /v1/auth/exchange`. `provider` is the id of one in the server's configuration. */
export const exchangeRequestSchema = z.strictObject({
  provider: z.string().min(1).max(64),
  id_token: z
    .string()
    .min(1)
    .max(16 * 1024),
});

/**
 * A server JWT: the answer of `/v1/auth/exchange`, `/refresh`, `/switch-org`, and of `/v1/auth/login` with
 * `"as": "jwt"`. Times in seconds from now; `session_expires_in` is how long it can be renewed. `org` and `role` are
 * null for a user who belongs to no organization.
 */
export const sessionJwtSchema = z.object({
  token: z.string(),
  token_type: z.literal('Bearer'),
  expires_in: z.int().positive(),
  session_expires_in: z.int().positive(),
  user: userSchema,
  org: orgSlugSchema.nullable(),
  role: orgRoleSchema.nullable(),
});
export type SessionJwt = z.infer<typeof sessionJwtSchema>;

export const switchOrgRequestSchema = z.strictObject({ org: orgSlugSchema });

/** `GET /v1/pending`: accounts that wait for an operator, the oldest first. */
export const pendingPath = '/v1/pending';
export const pendingAccountSchema = z.object({
  user: userSchema,
  created_at: instantSchema,
  /** Names of the providers that the account signed in by. */
  providers: z.array(z.string()),
});
export type PendingAccount = z.infer<typeof pendingAccountSchema>;
export const pendingListSchema = z.object({
  accounts: z.array(pendingAccountSchema),
  next: z.string().max(255).optional(),
});

/** Body of `POST /v1/pending/{user}/approve` and `…/deny`; `…/undo` has none. The person reads the note. */
export const decisionRequestSchema = z.strictObject({ note: z.string().max(500).default('') });
