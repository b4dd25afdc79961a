import { queryOptions } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { orgKey } from '../orgs/queries.ts';

export const repositoriesQuery = (context: Pick<ContextSummary, 'id' | 'org'>) =>
  queryOptions({
    queryKey: orgKey('repositories', context),
    queryFn: () => valueOf(keyhold().grants.repositories({ contextId: context.id })),
  });

export const grantsQuery = (contextId: string, repository: string) =>
  queryOptions({
    queryKey: ['grants', contextId, repository],
    queryFn: () => valueOf(keyhold().grants.list({ contextId, repository })),
  });
