import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

export const tokensKey = ['tokens'] as const;

export const tokensQuery = queryOptions({
  queryKey: tokensKey,
  queryFn: () => valueOf(keyhold().tokens.list()),
});

export const liveTokensQuery = queryOptions({
  queryKey: [...tokensKey, 'live'],
  queryFn: () => valueOf(keyhold().tokens.live()),
});
