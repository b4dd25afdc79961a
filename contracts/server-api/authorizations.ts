import { z } from 'zod';
import { nextSchema, pageQuery } from './pages.ts';
import {
  botNameSchema,
  botReferenceSchema,
  botSubjectSchema,
  instantSchema,
  repositoryNameSchema,
  userIdSchema,
} from './primitives.ts';

/** `reader` pulls; `writer` pulls and pushes. */
export const grantPermissionSchema = z.enum(['reader', 'writer']);
export type GrantPermission = z.infer<typeof grantPermissionSchema>;

/** Path of `/v1/repos/{name}/authorizations`, whose `name` is the full one with its slashes. */
export const repositoryParamsSchema = z.strictObject({ name: repositoryNameSchema });

/** Query of the list, whose `after` is whatever the page before said. */
export const grantsQuerySchema = pageQuery(500);

/** Where a repository's authorizations are. `name` is the full one, `acme/web/cache`. */
export function authorizationsPath(name: string): string {
  return `/v1/repos/${name}/authorizations`;
}

export const grantParamsSchema = repositoryParamsSchema.extend({
  id: z.string().regex(/^g_[a-z2-7]{16,32}$/, 'Must be the id of an authorization such as g_…'),
});

const grantTerms = { permission: grantPermissionSchema, expires_at: instantSchema.optional() };

/**
 * Body of `POST …/authorizations`: who gets it is a user by `email`, or a `bot` of the repository's organization
 * (`ci` or `acme/ci`). 201 for a new grant, 200 when it replaced the earlier one.
 */
export const createGrantRequestSchema = z
  .strictObject({ email: z.email().max(254).optional(), bot: botReferenceSchema.optional(), ...grantTerms })
  .refine(({ email, bot }) => (email === undefined) !== (bot === undefined), {
    message: 'Name either an email or a bot',
  });
export type CreateGrantRequest = z.infer<typeof createGrantRequestSchema>;

/** One grant on a repository, to a user, a group or a bot. `expires_at` is null for a grant without an end. */
export const grantSchema = z.object({
  id: z.string(),
  repository: z.string(),
  user: z.object({ id: userIdSchema, username: z.string(), email: z.email() }).optional(),
  group: z.object({ id: z.string(), name: z.string() }).optional(),
  bot: z.object({ id: z.string(), name: botNameSchema, subject: botSubjectSchema }).optional(),
  permission: grantPermissionSchema,
  created_at: instantSchema,
  expires_at: instantSchema.nullable(),
});
export type Grant = z.infer<typeof grantSchema>;

/** Answer of `GET …/authorizations`: people by user name, then groups, then bots by name. */
export const grantListSchema = z.object({ authorizations: z.array(grantSchema), next: nextSchema });
