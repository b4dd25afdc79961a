import { z } from 'zod';
import { nextSchema, pageQuery } from '../pages.ts';
import { instantSchema, lineSchema, orgRoleSchema, orgSlugSchema, userIdSchema } from '../primitives.ts';

/** `GET` and `POST /v1/orgs`. */
export const orgsPath = '/v1/orgs';

/** `GET`, `PATCH` and `DELETE /v1/orgs/{org}`. */
export function orgPath(org: string): string {
  return `${orgsPath}/${org}`;
}

export const orgParamsSchema = z.strictObject({ org: orgSlugSchema });

/** Query of `GET /v1/orgs`, whose `after` is a slug. */
export const orgsQuerySchema = pageQuery(200);

/** What people see as the name of an organization: one line. */
export const orgNameSchema = lineSchema(1, 64);

/** An organization that the caller belongs to. A `personal` one has its owner as only member, for good. */
export const organizationSchema = z.object({
  id: z.string(),
  slug: orgSlugSchema,
  name: z.string(),
  kind: z.enum(['personal', 'team']),
  role: orgRoleSchema,
  created_at: instantSchema,
});
export type Organization = z.infer<typeof organizationSchema>;

/** Answer of `GET /v1/orgs`, by slug. An API key sees its own organization alone. */
export const organizationListSchema = z.object({ orgs: z.array(organizationSchema), next: nextSchema });

/** How many organizations somebody can belong to. */
export const maxOrganizations = 100;

/**
 * Body of `POST /v1/orgs`, which makes a team organization with the caller as owner. Without a `slug` it is made of
 * the name. 409 when the slug is taken, also by an organization that was deleted, or the caller has `maxOrganizations`.
 */
export const createOrgRequestSchema = z.strictObject({ name: orgNameSchema, slug: orgSlugSchema.optional() });
export type CreateOrgRequest = z.infer<typeof createOrgRequestSchema>;

/** Body of `PATCH /v1/orgs/{org}`. The slug stays: registry addresses hang on it. */
export const renameOrgRequestSchema = z.strictObject({ name: orgNameSchema });

/** What is lost with an organization: `GET /v1/orgs/{org}/contents`, for whoever may delete it. */
export const orgContentsSchema = z.object({
  members: z.int().nonnegative(),
  repositories: z.int().nonnegative(),
  projects: z.int().nonnegative(),
  api_keys: z.int().nonnegative(),
  bots: z.int().nonnegative(),
  invitations: z.int().nonnegative(),
});
export type OrgContents = z.infer<typeof orgContentsSchema>;

/** Body of `POST /v1/orgs/{org}/transfer`: that member becomes an owner, the caller an admin. Answers the organization. */
export const transferOrgRequestSchema = z.strictObject({ user_id: userIdSchema });

/** Members of an organization. */
export function membersPath(org: string): string {
  return `${orgPath(org)}/members`;
}

/** Query of `GET …/members`: `search` is part of a user name, an e-mail address or a name; `after` a user name. */
export const membersQuerySchema = pageQuery(200).extend({ search: z.string().max(100).default('') });

export const memberParamsSchema = orgParamsSchema.extend({ user: userIdSchema });

export const memberSchema = z.object({
  user: z.object({ id: userIdSchema, username: z.string(), email: z.email(), display_name: z.string() }),
  role: orgRoleSchema,
  joined_at: instantSchema,
});
export type Member = z.infer<typeof memberSchema>;

/** Answer of `GET …/members`, by user name. */
export const memberListSchema = z.object({
  members: z.array(memberSchema),
  /** Of all that the search finds. */
  total: z.int().nonnegative(),
  next: nextSchema,
});

/**
 * Body of `PATCH …/members/{user}`. Admins give and take roles up to admin; owner is for owners to give and take. The
 * last owner cannot be demoted, nor leave (`DELETE …/members/{user}` of oneself): 409 `conflict`.
 */
export const changeMemberRequestSchema = z.strictObject({ role: orgRoleSchema });
