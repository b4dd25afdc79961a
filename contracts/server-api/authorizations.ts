import { z } from 'zod';
import { instantSchema, orgSlugSchema, userIdSchema } from './primitives.ts';

/** `reader` pulls; `writer` pulls and pushes. */
export const grantPermissionSchema = z.enum(['reader', 'writer']);
export type GrantPermission = z.infer<typeof grantPermissionSchema>;

/** Path of `/v1/repos/{org}/{repo}/authorizations`. */
export const repositoryParamsSchema = z.strictObject({
  org: orgSlugSchema,
  repo: z.string().regex(/^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/, 'Must be a repository name'),
});

export const grantParamsSchema = repositoryParamsSchema.extend({
  id: z.string().regex(/^g_[a-z2-7]{16,32}$/),
});

/** Body of `POST …/authorizations`: 201 for a new grant, 200 when it replaced the user's earlier one. */
export const createGrantRequestSchema = z.strictObject({
  email: z.email(),
  permission: grantPermissionSchema,
  expires_at: instantSchema.optional(),
});
export type CreateGrantRequest = z.infer<typeof createGrantRequestSchema>;

/** One grant on a repository. `expires_at` is null for a grant without an end. */
export const grantSchema = z.object({
  id: z.string(),
  repository: z.string(),
  user: z.object({ id: userIdSchema, username: z.string(), email: z.email() }),
  permission: grantPermissionSchema,
  created_at: instantSchema,
  expires_at: instantSchema.nullable(),
});
export type Grant = z.infer<typeof grantSchema>;

export const grantListSchema = z.object({ authorizations: z.array(grantSchema) });
export type GrantList = z.infer<typeof grantListSchema>;
