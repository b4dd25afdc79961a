import { z } from 'zod';
import { instantSchema, kidSchema, orgRoleSchema, orgSlugSchema } from './primitives.ts';
import { botIdentitySchema } from './bots.ts';
import { userSchema } from './sign-in.ts';

/** `GET /v1/whoami`: 200, or 401 `key_not_registered` as long as the signing key is not known to the server. */
export const whoamiPath = '/v1/whoami';

/**
 * Who the credential stands for: `user`, or `bot`.
 *
 * - `org`, `role`: of the organization that the caller acts in. Null for a user without one; a bot has no role.
 * - `status`: `pending` for an account that waits for an operator; all else is refused until then.
 * - `operator`: whether the user decides about such accounts.
 * - `auth.kid`: for `method: 'key'`; `auth.key_id`: for `'api-key'` and `'api-token'`.
 * - `auth.scopes`: what the credential is limited to; empty for no limit. Of an API key its capability, then its
 *   projects or branches: `['read', 'project:prj_…']`. Of an API token its scopes.
 * - `auth.inert`: everything that the API key was for is deleted.
 * - `auth.expires_at`: the end of the token, session or key; null for a key without one.
 */
export const whoamiSchema = z.object({
  user: userSchema.optional(),
  bot: botIdentitySchema.optional(),
  org: orgSlugSchema.nullable(),
  role: orgRoleSchema.nullable(),
  status: z.enum(['active', 'pending']).optional(),
  operator: z.boolean().optional(),
  auth: z.object({
    method: z.enum(['key', 'session', 'jwt', 'access-token', 'api-key', 'api-token']),
    kid: kidSchema.optional(),
    key_id: z.string().optional(),
    scopes: z.array(z.string()),
    expires_at: instantSchema.nullable(),
    inert: z.boolean().optional(),
  }),
});
export type Whoami = z.infer<typeof whoamiSchema>;

/** What stands as `iss` and `sub` in the caller's tokens; null for an answer that names nobody. */
export function subjectOf({
  user,
  bot,
}: {
  user?: { id: string } | undefined;
  bot?: { subject: string } | undefined;
}): string | null {
  return user?.id ?? bot?.subject ?? null;
}
