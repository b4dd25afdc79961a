import { z } from 'zod';

/** `GET /v1/repos`. */
export const repositoriesPath = '/v1/repos';

/** Query of `GET /v1/repos`: at most `limit` repositories whose names come after `after`. */
export const repositoriesQuerySchema = z.strictObject({
  limit: z.coerce.number().int().min(1).max(500).default(100),
  after: z.string().max(255).default(''),
});
export type RepositoriesQuery = z.output<typeof repositoriesQuerySchema>;

/** Path of a page of `GET /v1/repos`; without `after`, of the first. */
export function repositoriesPagePath(after?: string): string {
  return after === undefined ? repositoriesPath : `${repositoriesPath}?after=${encodeURIComponent(after)}`;
}

export const repositoryActionSchema = z.enum(['read', 'write', 'delete', 'admin']);
export type RepositoryAction = z.infer<typeof repositoryActionSchema>;

/**
 * Answer of `GET /v1/repos`, by name: the repositories that the caller may pull, public ones of other organizations
 * among them, each with what the caller may do there. `next` is there while there are more: the `after` of the page
 * behind this one.
 */
export const repositoryListSchema = z.object({
  repositories: z.array(
    z.object({ name: z.string(), public: z.boolean(), actions: z.array(repositoryActionSchema) }),
  ),
  next: z.string().optional(),
});
export type RepositoryList = z.infer<typeof repositoryListSchema>;
