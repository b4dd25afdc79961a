import { z } from 'zod';
import { limits } from '../domain/limits.ts';
import { grantPermissionSchema } from '../server-api/authorizations.ts';
import { botNameSchema, repositoryNameSchema } from '../server-api/primitives.ts';
import { repositoryActionSchema } from '../server-api/repositories.ts';
import { byContext } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';

const repositorySchema = z.strictObject({
  /** `org/name`, perhaps with more parts. */
  name: z.string(),
  public: z.boolean(),
  actions: z.array(repositoryActionSchema),
});
export type Repository = z.infer<typeof repositorySchema>;

/** Who may use a repository: a person, a group, or a bot of the repository's organization. Times are RFC 3339. */
export const grantSchema = z.strictObject({
  id: z.string(),
  kind: z.enum(['user', 'group', 'bot']),
  name: z.string(),
  /** Null for groups and bots. */
  email: z.string().nullable(),
  /** `reader`, `writer`, or what the service calls it. */
  permission: z.string(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
});
export type Grant = z.infer<typeof grantSchema>;

/** Names a repository of a context's service. */
export const byRepository = byContext.extend({ repository: repositoryNameSchema });

export const grantsCalls = {
  /** The repositories that the user may read. */
  repositories: call({ request: byContext, response: z.array(repositorySchema), errors: serviceErrors }),
  /** Who may use a repository, beside the owners of its organization. */
  list: call({
    request: byRepository,
    response: z.array(grantSchema),
    errors: [...serviceErrors, 'repository_gone'],
  }),
  /** Lets somebody use a repository, instead of what they could do there before. */
  grant: call({
    request: byRepository.extend({
      to: z.discriminatedUnion('kind', [
        z.strictObject({ kind: z.literal('user'), email: z.email().max(limits.emailMax) }),
        z.strictObject({ kind: z.literal('bot'), name: botNameSchema }),
      ]),
      permission: grantPermissionSchema,
      /** RFC 3339; null for no end. */
      expiresAt: z.iso.datetime().nullable(),
    }),
    response: grantSchema,
    errors: [...serviceErrors, 'nobody_found', 'expiry_passed'],
  }),
  revoke: call({
    request: byRepository.extend({ id: z.string().regex(/^g_[a-z2-7]{16,32}$/) }),
    response: z.undefined(),
    errors: [...serviceErrors, 'grant_gone'],
  }),
};
