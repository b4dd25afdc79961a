import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

export const botsQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['bots', contextId],
    queryFn: () => valueOf(keyhold().bots.list({ contextId })),
  });
