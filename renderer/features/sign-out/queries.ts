import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** What was left and is not revoked yet. */
export const unrevokedQuery = queryOptions({
  queryKey: ['unrevoked'],
  queryFn: () => valueOf(keyhold().unrevoked.list()),
  staleTime: Infinity,
});
