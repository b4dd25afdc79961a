import { z } from 'zod';
import { nextSchema, pageQuery } from './pages.ts';

/** `GET /v1/repos`. */
export const repositoriesPath = '/v1/repos';

/** Query of `GET /v1/repos`, whose `after` is a name. */
export const repositoriesQuerySchema = pageQuery(500);
export type RepositoriesQuery = z.output<typeof repositoriesQuerySchema>;

export const repositoryActionSchema = z.enum(['read', 'write', 'delete', 'admin']);
export type RepositoryAction = z.infer<typeof repositoryActionSchema>;

/**
 * Answer of `GET /v1/repos`, by name: the repositories that the caller may pull, public ones of other organizations
 * among them, each with what the caller may do there.
 */
export const repositoryListSchema = z.object({
  repositories: z.array(
    z.object({ name: z.string(), public: z.boolean(), actions: z.array(repositoryActionSchema) }),
  ),
  next: nextSchema,
});
export type RepositoryList = z.infer<typeof repositoryListSchema>;
