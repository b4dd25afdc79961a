import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** Asked for again when somebody looks: nothing tells of new ones. */
export const pendingQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['pending-accounts', contextId],
    queryFn: () => valueOf(keyhold().accounts.pending({ contextId })),
    refetchOnWindowFocus: true,
  });
