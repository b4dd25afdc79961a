import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

export const repositoriesQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['repositories', contextId],
    queryFn: () => valueOf(keyhold().access.repositories({ contextId })),
  });

export const authorizationsQuery = (contextId: string, repository: string) =>
  queryOptions({
    queryKey: ['authorizations', contextId, repository],
    queryFn: () => valueOf(keyhold().access.list({ contextId, repository })),
  });
