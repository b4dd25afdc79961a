import { queryOptions, type QueryClient } from '@tanstack/react-query';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { outdateAccess } from './list-queries.ts';

/** How often it is asked how many wait, while the window is in sight. Milliseconds. */
const everyMs = 5 * 60_000;

export const countsQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['access-requests-counts', contextId],
    queryFn: () => valueOf(keyhold().accessRequests.counts({ contextId })),
    refetchInterval: everyMs,
    refetchOnWindowFocus: true,
  });

export const waitingQuery = ({ contextId, organization }: AccessPlace) =>
  queryOptions({
    queryKey: ['access-requests-waiting', contextId, organization],
    queryFn: () => valueOf(keyhold().accessRequests.waiting({ contextId, organization })),
    staleTime: 0,
    refetchOnWindowFocus: true,
  });

export const ownRequestsQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['access-requests-mine', contextId],
    queryFn: async () => (await valueOf(keyhold().accessRequests.mine({ contextId }))).requests,
    staleTime: 0,
    refetchOnWindowFocus: true,
  });

/** Has all that is known of requests read again, and what they changed. */
export async function outdateRequests(client: QueryClient, contextId: string): Promise<void> {
  const lists = ['access-requests-counts', 'access-requests-waiting', 'access-requests-mine'];
  await Promise.all([
    ...lists.map((list) => client.invalidateQueries({ queryKey: [list, contextId] })),
    outdateAccess(client, contextId),
  ]);
}
