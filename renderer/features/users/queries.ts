import { queryOptions, useQuery } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OwnUser } from '../../../contracts/ipc/users.ts';
import { keyhold, valueOf } from '../../lib/api.ts';

/** The role of those who manage a whole service. */
export const administrator = 'admin';

/** Who the context is to its service: asked once for all pages, and again when somebody looks. */
export const ownUserQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['own-user', contextId],
    queryFn: () => valueOf(keyhold().users.me({ contextId })),
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });

/** Who the context is to its service, as far as that is known; null where the service has no users to manage. */
export function useOwnUser(context: ContextSummary | null): OwnUser | null {
  const asked = context?.state === 'active' && context.capabilities.includes('users');
  const me = useQuery({ ...ownUserQuery(context?.id ?? ''), enabled: asked });
  return me.data ?? null;
}

/**
 * Those with some words in name or address, or the first of all. Nothing tells of changes that others make: it is read
 * again when somebody looks.
 */
export const usersQuery = (contextId: string, search = '') =>
  queryOptions({
    // What outdates the list outdates what was found in it.
    queryKey: ['users', contextId, ...(search === '' ? [] : [search])],
    queryFn: () => valueOf(keyhold().users.list({ contextId, ...(search !== '' && { search }) })),
    refetchOnWindowFocus: true,
  });
