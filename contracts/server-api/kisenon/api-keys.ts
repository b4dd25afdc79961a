import { z } from 'zod';
import { nextSchema, pageQuery } from '../pages.ts';
import { instantSchema, lineSchema } from '../primitives.ts';
import { branchIdSchema, projectIdSchema } from './projects.ts';

/** `GET` and `POST /v1/api-keys/`, with the slash as the documents have it; without it, the same. */
export const apiKeysPath = '/v1/api-keys/';

/** `PATCH` and `DELETE /v1/api-keys/{id}`. */
export function apiKeyPath(id: string): string {
  return `${apiKeysPath}${id}`;
}

/** An API key: `nsk_` and 256 random bits in base64url. */
export const apiKeyPattern = /^nsk_[A-Za-z0-9_-]{43}$/;

export const apiKeyIdSchema = z
  .string()
  .regex(/^key_[a-z2-7]{26}$/, 'Must be the id of an API key such as key_…');
export const apiKeyParamsSchema = z.strictObject({ id: apiKeyIdSchema });

/** How many projects or branches one key may name. */
export const maxScopeIds = 100;

/**
 * What a key reaches: everything in its organization, the named projects with their branches, or the named branches.
 */
export const apiKeyScopeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('org') }),
  z.strictObject({ kind: z.literal('project'), ids: z.array(projectIdSchema).min(1).max(maxScopeIds) }),
  z.strictObject({ kind: z.literal('branch'), ids: z.array(branchIdSchema).min(1).max(maxScopeIds) }),
]);
export type ApiKeyScope = z.infer<typeof apiKeyScopeSchema>;

/**
 * What a key may do within its scope: `read` changes nothing; `agent` reads projects and branches, and makes and
 * deletes branches that are not the default; `read_write` does all that its user may.
 */
export const apiKeyCapabilitySchema = z.enum(['read', 'agent', 'read_write']);
export type ApiKeyCapability = z.infer<typeof apiKeyCapabilitySchema>;

/** What a key is called: one line. */
export const apiKeyNameSchema = lineSchema(1, 64);

/** Body of `POST /v1/api-keys/`. Left out, the scope is the organization and the capability `read_write`. */
export const createApiKeyRequestSchema = z.strictObject({
  name: apiKeyNameSchema,
  scope: apiKeyScopeSchema.default({ kind: 'org' }),
  capability: apiKeyCapabilitySchema.default('read_write'),
  expires_at: instantSchema.optional(),
});
export type CreateApiKeyRequest = z.input<typeof createApiKeyRequestSchema>;

export const renameApiKeyRequestSchema = z.strictObject({ name: apiKeyNameSchema });

/** One thing that a key is for. `name` is null once it is deleted. */
const scopeTargetSchema = z.object({ id: z.string(), name: z.string().nullable() });

export const apiKeySchema = z.object({
  id: apiKeyIdSchema,
  name: z.string(),
  /** Its first characters, by which people find it again: `nsk_Ab3d`. */
  prefix: z.string(),
  org: z.string(),
  scope: z.object({ kind: z.enum(['org', 'project', 'branch']), targets: z.array(scopeTargetSchema) }),
  capability: apiKeyCapabilitySchema,
  /** All that it was for is deleted: it may do nothing. */
  inert: z.boolean(),
  /** User name of whose key it is. */
  creator: z.string(),
  /** Whether it is the caller's own. */
  own: z.boolean(),
  created_at: instantSchema,
  expires_at: instantSchema.nullable(),
  last_used: z
    .object({ at: instantSchema, address: z.string().nullable(), program: z.string().nullable() })
    .nullable(),
});
export type ApiKey = z.infer<typeof apiKeySchema>;

/**
 * Query of the list, whose `after` is an id. Admins and owners see all keys of the organization, others their own.
 * `filter`: keys that were never used, or that end within 14 days.
 */
export const apiKeysQuerySchema = pageQuery(200).extend({
  search: z.string().max(100).default(''),
  filter: z.enum(['never-used', 'ends-soon']).optional(),
});

/** Answer of `GET /v1/api-keys/`: those that are neither revoked nor over, the newest first. */
export const apiKeyListSchema = z.object({ api_keys: z.array(apiKeySchema), next: nextSchema });

/** Answer 201 of `POST /v1/api-keys/`; nobody sees `secret` again. */
export const createdApiKeySchema = apiKeySchema.extend({ secret: z.string() });
export type CreatedApiKey = z.infer<typeof createdApiKeySchema>;
