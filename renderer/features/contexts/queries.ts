import { queryOptions, useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';

export const contextsKey = ['contexts'] as const;
export const statusKey = ['status'] as const;

/** There may be thousands: read when a page asks for them, and again only after an event. */
export const contextsQuery = queryOptions({
  queryKey: contextsKey,
  queryFn: () => valueOf(keyhold().contexts.list()),
  staleTime: Infinity,
});

/** Under the key of the list, so that what marks that as old marks this as well. */
export const currentContextQuery = queryOptions({
  queryKey: [...contextsKey, 'current'],
  queryFn: () => valueOf(keyhold().contexts.current()),
  staleTime: Infinity,
});

/** Asks the service, so it is read when a person looks: at the page, and at the window again, once a minute at most. */
export const statusQuery = (contextId: string) =>
  queryOptions({
    queryKey: [...statusKey, contextId],
    queryFn: () => valueOf(keyhold().contexts.status({ contextId })),
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });

/** The sign-in by browser that is under way, or was last. Events bring what changes. */
export const browserSignInQuery = queryOptions({
  queryKey: ['browser-sign-in'],
  queryFn: () => valueOf(keyhold().browserSignIn.current()),
  staleTime: Infinity,
});

/** How a context was signed in before. */
export const signInBeforeQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['sign-in-before', contextId],
    queryFn: () => valueOf(keyhold().passwordSignIn.before({ contextId })),
    gcTime: 0,
  });

/** The current context; null when there is none, undefined while that is not known. */
export function useCurrentContext(): ContextSummary | null | undefined {
  return useQuery(currentContextQuery).data;
}

export function useContexts(): UseQueryResult<ContextSummary[]> {
  return useQuery(contextsQuery);
}
