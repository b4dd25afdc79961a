import { queryOptions } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { ServiceRepository } from '../../../contracts/ipc/permissions.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { orgKey } from '../orgs/queries.ts';

/** What the user may read, and how many there are. Where a service has no ids of repositories, their names are. */
async function readRepositories({
  id: contextId,
  capabilities,
}: Pick<ContextSummary, 'id' | 'capabilities'>): Promise<{
  repositories: ServiceRepository[];
  total: number;
}> {
  if (capabilities.includes('permissions')) return valueOf(keyhold().permissions.repositories({ contextId }));
  const repositories = await valueOf(keyhold().grants.repositories({ contextId }));
  return {
    repositories: repositories.map((repository) => ({ ...repository, id: repository.name })),
    total: repositories.length,
  };
}

export const repositoriesQuery = (context: Pick<ContextSummary, 'id' | 'org' | 'capabilities'>) =>
  queryOptions({
    queryKey: orgKey('repositories', context),
    queryFn: () => readRepositories(context),
  });

export const grantsQuery = (contextId: string, repository: string) =>
  queryOptions({
    queryKey: ['grants', contextId, repository],
    queryFn: () => valueOf(keyhold().grants.list({ contextId, repository })),
  });

export const permissionsQuery = (contextId: string, repositoryId: string) =>
  queryOptions({
    queryKey: ['permissions', contextId, repositoryId],
    queryFn: () => valueOf(keyhold().permissions.list({ contextId, repositoryId })),
  });
