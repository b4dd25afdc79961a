import { z } from 'zod';
import { openWord } from '../domain/acting.ts';
import { tokenScopes } from '../server-api/artifact-keeper/scopes.ts';
import { createTokenRequestSchema } from '../server-api/artifact-keeper/tokens.ts';
import { byContext, serviceIdSchema } from './by-context.ts';
import { call } from './define.ts';
import { serviceErrors } from './service-errors.ts';
import { byHeld } from './told-secrets.ts';

/** A repository that a token can be for. */
const tokenRepositorySchema = z.strictObject({ id: z.string(), name: z.string() });
export type TokenRepository = z.infer<typeof tokenRepositorySchema>;

/** An API token of the context's user, without the token. Times are RFC 3339. */
const apiTokenSummarySchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** Its first characters. */
  prefix: z.string(),
  /** As the service calls them: `repository:read`. */
  scopes: z.array(openWord),
  /** How many it is for; null for all of its user. */
  repositoryCount: z.number().int().nullable(),
  createdAt: z.string(),
  expiresAt: z.string().nullable(),
  expired: z.boolean(),
  lastUse: z
    .strictObject({ at: z.string(), address: z.string().nullable(), program: z.string().nullable() })
    .nullable(),
});
export type ApiTokenSummary = z.infer<typeof apiTokenSummarySchema>;

const { name, repository_ids: repositoryIds } = createTokenRequestSchema.shape;

export const apiTokensCalls = {
  /** Those that were not revoked, the newest first. */
  list: call({
    request: byContext,
    response: z.strictObject({ tokens: z.array(apiTokenSummarySchema), total: z.number().int() }),
    errors: serviceErrors,
  }),
  /** The repositories that a token can be for, by name. */
  repositories: call({
    request: byContext,
    response: z.strictObject({ repositories: z.array(tokenRepositorySchema), total: z.number().int() }),
    errors: serviceErrors,
  }),
  /** Makes a token, which main holds. */
  create: call({
    request: byContext.extend({
      name,
      scopes: z.array(z.enum(tokenScopes)).min(1).max(tokenScopes.length),
      /** Ids; null for all. */
      repositories: repositoryIds.unwrap().unwrap().nullable(),
      /** RFC 3339; null for no end. */
      expiresAt: z.iso.datetime().nullable(),
    }),
    response: byHeld.extend({ name: z.string() }),
    errors: [...serviceErrors, 'expiry_passed', 'repository_gone'],
  }),
  revoke: call({
    request: byContext.extend({ id: serviceIdSchema }),
    response: z.undefined(),
    errors: [...serviceErrors, 'api_token_gone'],
  }),
};
