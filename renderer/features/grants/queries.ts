import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

export const repositoriesQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['repositories', contextId],
    queryFn: () => valueOf(keyhold().grants.repositories({ contextId })),
  });

export const grantsQuery = (contextId: string, repository: string) =>
  queryOptions({
    queryKey: ['grants', contextId, repository],
    queryFn: () => valueOf(keyhold().grants.list({ contextId, repository })),
  });
