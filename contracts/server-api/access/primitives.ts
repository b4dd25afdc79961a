import { z } from 'zod';
import { botSubjectPattern } from '../../domain/user-id.ts';
import { groupIdSchema } from '../artifact-keeper/groups.ts';
import { pageQuery } from '../pages.ts';
import { instantSchema, orgRoleSchema, orgSlugSchema, userIdSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';

/** What is known of, and changed about, who may do what on repositories; the same for each form of API. */
export const accessPath = '/v1/access';

/**
 * Who may be given something, in one word: `user:u_…`, `group:grp_…`, `bot:acme/ci`, and in requests also
 * `user:jonas@acme.example`.
 */
export const principalReferenceSchema = z
  .string()
  .max(260)
  .refine((text) => {
    const [kind, rest] = [text.slice(0, text.indexOf(':')), text.slice(text.indexOf(':') + 1)];
    if (kind === 'user') return userIdSchema.or(z.email().max(254)).safeParse(rest).success;
    if (kind === 'group') return groupIdSchema.safeParse(rest).success;
    return botSubjectPattern.test(text);
  }, 'Must be a user, a group or a bot such as user:u_…, group:grp_… or bot:acme/ci');

/** A credential in one word: `api-key:…` of an organization, `api-token:…` of a person or a service account. */
export const credentialReferenceSchema = z
  .string()
  .max(120)
  .regex(/^api-(key|token):[\w-]{1,100}$/, 'Must be a credential such as api-key:… or api-token:…');

export const accessPrincipalKindSchema = z.enum(['group', 'user', 'bot']);

/** Groups that are named with one person at most, the first by name. */
export const principalGroupsMax = 100;

/** Somebody who may be given access in an organization. */
export const accessPrincipalSchema = z.object({
  /** `user:ID`, `group:ID` or `bot:org/name`. */
  reference: z.string(),
  kind: accessPrincipalKindSchema,
  /** A person's user name, the name of a group or a bot. */
  name: z.string(),
  /** Of people alone. */
  email: z.string().nullable(),
  /** In the organization; null for who has none. */
  role: orgRoleSchema.nullable(),
  /** False for who may do nothing at all: a closed or waiting account. */
  active: z.boolean(),
  /**
   * Ids of the groups that a person belongs to, those that grants of the organization may go to: of groups that the caller
   * may be shown, or that have a grant on what is asked about.
   */
  groups: z.array(z.string()).max(principalGroupsMax),
});
export type AccessPrincipal = z.infer<typeof accessPrincipalSchema>;

/** Why somebody may do something on a repository, or may not. `given_by` is a name; `until` null for no end. */
export const accessReasonSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('inactive') }),
  z.object({ kind: z.literal('administrator') }),
  z.object({ kind: z.literal('role'), org: orgSlugSchema, role: orgRoleSchema }),
  z.object({ kind: z.literal('public') }),
  z.object({
    kind: z.enum(['grant', 'deny']),
    id: z.string(),
    /** Whom it is given to, where that is not the principal alone. */
    group: z.object({ id: z.string(), name: z.string() }).nullable(),
    actions: z.array(repositoryActionSchema),
    given_by: z.string().nullable(),
    given_at: instantSchema,
    until: instantSchema.nullable(),
  }),
  /** By the role on the server, may do no more than read. */
  z.object({ kind: z.literal('viewer') }),
  /** The credential is not good for it. Told where a credential is asked about. */
  z.object({ kind: z.literal('limit') }),
]);
export type AccessReason = z.infer<typeof accessReasonSchema>;

/**
 * Version of all that is told here, opaque to clients: two answers with the same one agree. Sent back as an entity tag
 * (RFC 9110, section 8.8.3).
 */
export const accessVersionSchema = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'Must be a version that was told');

export const explainPath = `${accessPath}/explain`;

/** Query of `GET /v1/access/explain`: about a principal, or about one of the principal's credentials. */
export const explainQuerySchema = z
  .strictObject({
    principal: principalReferenceSchema.optional(),
    credential: credentialReferenceSchema.optional(),
    repository: z.string().max(255),
  })
  .refine(({ principal, credential }) => (principal === undefined) !== (credential === undefined), {
    message: 'Name either a principal or a credential',
  });

/** What somebody may do on a repository, and for each action what decides, in the order in which it does. */
export const explanationSchema = z.object({
  principal: accessPrincipalSchema,
  repository: z.string(),
  actions: z.array(repositoryActionSchema),
  because: z.array(
    z.object({
      action: repositoryActionSchema,
      allowed: z.boolean(),
      by: z.array(accessReasonSchema),
      /** When it changes by itself; null when it does not. */
      until: instantSchema.nullable(),
    }),
  ),
  version: accessVersionSchema,
});
export type Explanation = z.infer<typeof explanationSchema>;

export const accessOrganizationsPath = `${accessPath}/organizations`;

/** Query of `GET /v1/access/organizations`. */
export const accessOrganizationsQuerySchema = pageQuery(100);

/** Answer of `GET /v1/access/organizations`: those in which the caller may change access to something, by slug. */
export const accessOrganizationsSchema = z.object({
  organizations: z.array(z.object({ slug: orgSlugSchema, name: z.string() })),
  next: z.string().max(255).optional(),
});
