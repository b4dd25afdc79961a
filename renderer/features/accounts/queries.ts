import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** Asked for again when somebody looks, and while they do: nothing tells of new ones. Milliseconds. */
const everyMs = 30_000;

/** The accounts that wait for an operator. */
export const pendingQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['pending-accounts', contextId],
    queryFn: () => valueOf(keyhold().accounts.pending({ contextId })),
    refetchOnWindowFocus: true,
    refetchInterval: everyMs,
  });
