import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** Nothing tells of their use: that is asked for while somebody looks. Milliseconds. */
const everyMs = 60_000;

export const apiTokensQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['api-tokens', contextId],
    queryFn: () => valueOf(keyhold().apiTokens.list({ contextId })),
    refetchOnWindowFocus: true,
    refetchInterval: everyMs,
  });

/** The repositories that a token can be for. */
export const tokenRepositoriesQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['token-repositories', contextId],
    queryFn: () => valueOf(keyhold().apiTokens.repositories({ contextId })),
  });
