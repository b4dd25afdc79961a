import { z } from 'zod';

/** `GET /v1/repos`. */
export const repositoriesPath = '/v1/repos';

export const repositoryActionSchema = z.enum(['read', 'write', 'delete', 'admin']);
export type RepositoryAction = z.infer<typeof repositoryActionSchema>;

/**
 * Answer of `GET /v1/repos`, by name: the repositories of the caller's organizations and those that somebody let the
 * caller use, each with what the caller may do there.
 */
export const repositoryListSchema = z.object({
  repositories: z.array(
    z.object({ name: z.string(), public: z.boolean(), actions: z.array(repositoryActionSchema) }),
  ),
});
export type RepositoryList = z.infer<typeof repositoryListSchema>;
