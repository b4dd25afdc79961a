import { z } from 'zod';
import { instantSchema } from '../primitives.ts';
import { repositoryActionSchema } from '../repositories.ts';
import { numberedPageQuerySchema, numberedPageSchema } from './pages.ts';
import { artifactKeeperPrefix } from './session.ts';

export const serverRepositoriesPath = `${artifactKeeperPrefix}/repositories`;
export const packagesPath = `${artifactKeeperPrefix}/packages`;

/** What every repository of this server is for: images. */
export const repositoryFormat = 'docker';
/** It keeps them itself, and is no mirror of another. */
export const repositoryType = 'local';

const wordSchema = z.string().max(255);

/** Query of `GET /repositories`; `q` is part of the name. Repositories of other formats and types there are none. */
export const serverRepositoriesQuerySchema = numberedPageQuerySchema.extend({
  q: wordSchema.optional(),
  format: wordSchema.optional(),
  type: wordSchema.optional(),
});

/** Query of `GET /packages`; `search` is part of the name, `repository_key` the key of one repository. */
export const packagesQuerySchema = numberedPageQuerySchema.extend({
  search: wordSchema.optional(),
  repository_key: wordSchema.min(1, 'Must not be empty').optional(),
  format: wordSchema.optional(),
});

/**
 * A repository. `key` leaves the organization `main` out, `name` is what the registry knows it by; `actions` is what the
 * caller may do there.
 */
export const serverRepositorySchema = z.object({
  id: z.string(),
  key: z.string(),
  name: z.string(),
  format: z.literal(repositoryFormat),
  repo_type: z.literal(repositoryType),
  is_public: z.boolean(),
  storage_used_bytes: z.int().nonnegative(),
  actions: z.array(repositoryActionSchema),
  created_at: instantSchema,
  updated_at: instantSchema,
});
export type ServerRepository = z.infer<typeof serverRepositorySchema>;
export const serverRepositoryListSchema = numberedPageSchema(serverRepositorySchema);

/**
 * The images of a repository. `version` is the newest tag, or without tags the newest digest; `size_bytes` is of all
 * versions together. Downloads are not counted.
 */
export const packageSchema = z.object({
  id: z.string(),
  repository_key: z.string(),
  name: z.string(),
  version: z.string(),
  format: z.literal(repositoryFormat),
  size_bytes: z.int().nonnegative(),
  download_count: z.literal(0),
  created_at: instantSchema,
  updated_at: instantSchema,
  metadata: z.object({ versions: z.int().nonnegative() }),
});
export type Package = z.infer<typeof packageSchema>;
export const packageListSchema = numberedPageSchema(packageSchema);
