import { z } from 'zod';
import { instantSchema, userIdSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';
import { groupIdSchema } from './groups.ts';
import { numberedPageQuerySchema, numberedPageSchema } from './pages.ts';
import { artifactKeeperPrefix } from './session.ts';

export const permissionsPath = `${artifactKeeperPrefix}/permissions`;

/** Who is given something; a service account is a bot. */
export const principalTypeSchema = z.enum(['user', 'group', 'service_account']);
export type PrincipalType = z.infer<typeof principalTypeSchema>;

/** Id of a repository, or its key: one without a slash is of the organization `main`. */
const repositoryReferenceSchema = z.string().min(1, 'Must not be empty').max(255);
/** An id; for a user also the e-mail address, for those who may give permissions but not list users. */
const principalIdSchema = z.string().min(1, 'Must not be empty').max(254);
const actionsSchema = z.array(repositoryActionSchema).min(1).max(8);

/** What a permission says, in the one form that it has inside. */
export interface PermissionTerms {
  principal: { type: PrincipalType; id: string };
  repository: string;
  actions: z.output<typeof actionsSchema>;
  expiresAt: string | undefined;
}

const shortFormSchema = z
  .strictObject({
    repository_id: repositoryReferenceSchema,
    user_id: userIdSchema.optional(),
    group_id: groupIdSchema.optional(),
    permissions: actionsSchema,
    expires_at: instantSchema.optional(),
  })
  .refine(({ user_id: user, group_id: group }) => (user === undefined) !== (group === undefined), {
    message: 'Name either a user_id or a group_id',
  })
  .transform((body): PermissionTerms => {
    const { user_id: user, group_id: group } = body;
    const principal =
      user === undefined ? { type: 'group' as const, id: group ?? '' } : { type: 'user' as const, id: user };
    return {
      principal,
      repository: body.repository_id,
      actions: body.permissions,
      expiresAt: body.expires_at,
    };
  });

const longFormSchema = z
  .strictObject({
    principal_type: principalTypeSchema,
    principal_id: principalIdSchema,
    target_type: z.literal('repository'),
    target_id: repositoryReferenceSchema,
    actions: actionsSchema,
    expires_at: instantSchema.optional(),
  })
  .transform((body): PermissionTerms => ({
    principal: { type: body.principal_type, id: body.principal_id },
    repository: body.target_id,
    actions: body.actions,
    expiresAt: body.expires_at,
  }));

/** Body of `POST /permissions`: `{repository_id, user_id | group_id, permissions}`, or with principal and target. */
export const createPermissionRequestSchema = z.union([shortFormSchema, longFormSchema]);

/** Query of `GET /permissions`. Who is no administrator of the server names a repository. */
export const permissionsQuerySchema = numberedPageQuerySchema.extend({
  repository_id: repositoryReferenceSchema.optional(),
  user_id: userIdSchema.optional(),
  group_id: groupIdSchema.optional(),
  principal_type: principalTypeSchema.optional(),
  principal_id: principalIdSchema.optional(),
  target_type: z.literal('repository').optional(),
  target_id: repositoryReferenceSchema.optional(),
});
export type PermissionsQuery = z.output<typeof permissionsQuerySchema>;

export const permissionParamsSchema = z.strictObject({
  id: z.string().regex(/^g_[a-z2-7]{16,32}$/, 'Must be the id of a permission such as g_…'),
});

/** A permission, in both forms at once. `user_id` and `group_id` are there where it is given to one. */
export const permissionSchema = z.object({
  id: z.string(),
  repository_id: z.string(),
  user_id: z.string().optional(),
  group_id: z.string().optional(),
  permissions: z.array(repositoryActionSchema),
  principal_type: principalTypeSchema,
  principal_id: z.string(),
  principal_name: z.string(),
  /** Of users alone. */
  principal_email: z.string().optional(),
  target_type: z.literal('repository'),
  target_id: z.string(),
  target_name: z.string(),
  actions: z.array(repositoryActionSchema),
  created_at: instantSchema,
  updated_at: instantSchema,
  expires_at: instantSchema.nullable(),
});
export type Permission = z.infer<typeof permissionSchema>;

export const permissionListSchema = numberedPageSchema(permissionSchema);
