import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { repositoryActionSchema } from '../server-api/repositories.ts';
import { byContext, serviceIdSchema } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

/** Something that permissions are given on. */
const serviceRepositorySchema = z.strictObject({
  id: z.string(),
  /** `org/name` where the service has organizations. */
  name: z.string(),
  public: z.boolean(),
  /** What the user may do there; null where the service does not tell it. */
  actions: z.array(repositoryActionSchema).nullable(),
});
export type ServiceRepository = z.infer<typeof serviceRepositorySchema>;

export const principalKindSchema = z.enum(['user', 'group', 'bot']);
export type PrincipalKind = z.infer<typeof principalKindSchema>;

/** What somebody may do on a repository. Times are RFC 3339. */
const permissionSchema = z.strictObject({
  id: z.string(),
  principal: z.strictObject({
    /** `other` for one of a kind that this version does not know. */
    kind: z.enum([...principalKindSchema.options, 'other']),
    id: z.string(),
    /** Null where the service does not tell it. */
    name: z.string().nullable(),
    email: z.string().nullable(),
  }),
  /** Known ones first, in their order; others as the service calls them. */
  actions: z.array(z.string()),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
});
export type PermissionSummary = z.infer<typeof permissionSchema>;

const byRepositoryId = byContext.extend({ repositoryId: serviceIdSchema });
const terms = {
  actions: z.array(repositoryActionSchema).min(1).max(repositoryActionSchema.options.length),
  /** RFC 3339; null for no end. */
  expiresAt: z.iso.datetime().nullable(),
};
const principalIdSchema = z.strictObject({ kind: principalKindSchema, id: serviceIdSchema });
const changeErrors = [...serviceErrors, 'repository_admin_needed', 'expiry_passed', 'end_not_kept'] as const;

/** Permissions to read, write, delete and administer repositories, for users, groups and bots. */
export const permissionsCalls = {
  /** By name: those that the user may read. `total` is more where nobody reads so many. */
  repositories: call({
    request: byContext,
    response: z.strictObject({ repositories: z.array(serviceRepositorySchema), total: z.number().int() }),
    errors: serviceErrors,
  }),
  /** The permissions on a repository, for those who administer it. */
  list: call({
    request: byRepositoryId,
    response: z.strictObject({ permissions: z.array(permissionSchema), total: z.number().int() }),
    errors: [...serviceErrors, 'repository_gone', 'repository_admin_needed'],
  }),
  /** Gives somebody who has no permission on a repository one: users also by their e-mail address. */
  grant: call({
    request: byRepositoryId.extend({
      to: z.union([
        principalIdSchema,
        z.strictObject({ kind: z.literal('user'), email: z.email().max(limits.emailMax) }),
      ]),
      ...terms,
    }),
    response: permissionSchema,
    errors: [...changeErrors, 'nobody_found', 'permission_there'],
  }),
  /** Has a permission allow what is named and nothing else, until then. */
  change: call({
    request: byRepositoryId.extend({ permissionId: serviceIdSchema, principal: principalIdSchema, ...terms }),
    response: permissionSchema,
    errors: [...changeErrors, 'permission_gone'],
  }),
  revoke: call({
    request: byContext.extend({ permissionId: serviceIdSchema }),
    response: z.undefined(),
    errors: [...serviceErrors, 'repository_admin_needed', 'permission_gone'],
  }),
};
