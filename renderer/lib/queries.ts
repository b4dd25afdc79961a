import {
  focusManager,
  infiniteQueryOptions,
  keepPreviousData,
  MutationCache,
  QueryClient,
  queryOptions,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { ContextSummary } from '../../contracts/domain/context.ts';
import type { PublicKeyFormat } from '../../contracts/domain/key.ts';
import type { ActivityFilter } from '../../contracts/ipc/activity.ts';
import { outdateToasts } from '../ui/toast.ts';
import { CallError, keyhold, valueOf } from './api.ts';

declare module '@tanstack/react-query' {
  interface Register {
    defaultError: CallError;
  }
}

/** Entries of the activity list that are fetched at a time. */
const activityPage = 50;

/** How often is looked whether an agent that does not listen does again, milliseconds. */
const agentLook = 3000;

/** Everything the window reads from the main process, each under the key by which events mark it as old. */
export const queries = {
  /** There may be thousands: read when a page asks for them, and again only after an event. */
  contexts: queryOptions({
    queryKey: ['contexts'],
    queryFn: () => valueOf(keyhold().contexts.list()),
    staleTime: Infinity,
  }),
  /** Under the key of the list, so that what marks that as old marks this as well. */
  currentContext: queryOptions({
    queryKey: ['contexts', 'current'],
    queryFn: () => valueOf(keyhold().contexts.current()),
    staleTime: Infinity,
  }),
  /** Asks the service, so it is read when a person looks: at the page, and at the window again, once a minute at most. */
  status: (contextId: string) =>
    queryOptions({
      queryKey: ['status', contextId],
      queryFn: () => valueOf(keyhold().contexts.status({ contextId })),
      staleTime: 60_000,
      refetchOnWindowFocus: true,
    }),
  keys: (contextId: string) =>
    queryOptions({
      queryKey: ['keys', contextId],
      queryFn: () => valueOf(keyhold().keys.list({ contextId })),
    }),
  rotation: (contextId: string) =>
    queryOptions({
      queryKey: ['rotation', contextId],
      queryFn: () => valueOf(keyhold().keys.rotation({ contextId })),
    }),
  publicKey: (keyId: string, format: PublicKeyFormat) =>
    queryOptions({
      queryKey: ['keys', 'public', keyId, format],
      queryFn: () => valueOf(keyhold().keys.publicText({ keyId, format })),
      placeholderData: keepPreviousData,
    }),
  card: (contextId: string) =>
    queryOptions({
      queryKey: ['card', contextId],
      queryFn: () => valueOf(keyhold().signin.card({ contextId })),
    }),
  /** Reading it starts the wait; later states come by event. */
  wait: (contextId: string) =>
    queryOptions({
      queryKey: ['wait', contextId],
      queryFn: () => valueOf(keyhold().signin.wait({ contextId })),
    }),
  tokens: queryOptions({
    queryKey: ['tokens'],
    queryFn: () => valueOf(keyhold().tokens.list()),
  }),
  liveTokens: queryOptions({
    queryKey: ['tokens', 'live'],
    queryFn: () => valueOf(keyhold().tokens.live()),
  }),
  /** Other programs change these files: read again whenever the page or the window is looked at. */
  registries: queryOptions({
    queryKey: ['registries'],
    queryFn: () => valueOf(keyhold().registries.list()),
    refetchOnWindowFocus: 'always',
    // The agent mends itself: what is said of it shall not outlive that.
    refetchInterval: ({ state: { data } }) => (data?.agent.listening === false ? agentLook : false),
  }),
  /** Looked at anew each time the sheet opens. */
  doctor: queryOptions({
    queryKey: ['doctor'],
    queryFn: () => valueOf(keyhold().doctor.run()),
    gcTime: 0,
  }),
  bots: (contextId: string) =>
    queryOptions({
      queryKey: ['bots', contextId],
      queryFn: () => valueOf(keyhold().bots.list({ contextId })),
    }),
  repositories: (contextId: string) =>
    queryOptions({
      queryKey: ['repositories', contextId],
      queryFn: () => valueOf(keyhold().access.repositories({ contextId })),
    }),
  authorizations: (contextId: string, repository: string) =>
    queryOptions({
      queryKey: ['authorizations', contextId, repository],
      queryFn: () => valueOf(keyhold().access.list({ contextId, repository })),
    }),
  /** Given up, not kept, when nothing shows it any more: main gives up then as well. */
  tags: (contextId: string, repository: string) =>
    infiniteQueryOptions({
      queryKey: ['tags', contextId, repository],
      queryFn: async ({ pageParam, signal }) => {
        const page = await valueOf(keyhold().images.tags({ contextId, repository, after: pageParam }));
        signal.throwIfAborted();
        return page;
      },
      initialPageParam: null as string | null,
      getNextPageParam: ({ next }) => next,
    }),
  /** Asked once while its repository is looked at, however often it comes into sight. */
  image: (contextId: string, repository: string, tag: string) =>
    queryOptions({
      queryKey: ['images', contextId, repository, tag],
      queryFn: async ({ signal }) => {
        const image = await valueOf(keyhold().images.image({ contextId, repository, tag }));
        signal.throwIfAborted();
        return image;
      },
      staleTime: Infinity,
      retryOnMount: false,
    }),
  /** Moves with every key press, in any program. */
  lockForecast: queryOptions({
    queryKey: ['lockForecast'],
    queryFn: () => valueOf(keyhold().vault.lockForecast()),
    refetchInterval: 15_000,
    refetchOnWindowFocus: 'always',
  }),
  slots: queryOptions({
    queryKey: ['slots'],
    queryFn: () => valueOf(keyhold().slots.list()),
  }),
  backup: queryOptions({
    queryKey: ['backup'],
    queryFn: () => valueOf(keyhold().backup.status()),
  }),
  activity: (filter: ActivityFilter) =>
    infiniteQueryOptions({
      queryKey: ['activity', filter],
      queryFn: ({ pageParam }) =>
        valueOf(keyhold().activity.list({ ...filter, before: pageParam, limit: activityPage })),
      initialPageParam: null as number | null,
      getNextPageParam: (page) => (page.more ? (page.entries.at(-1)?.seq ?? null) : null),
      placeholderData: keepPreviousData,
    }),
  rules: queryOptions({
    queryKey: ['rules'],
    queryFn: () => valueOf(keyhold().approvals.rules()),
  }),
  settings: queryOptions({
    queryKey: ['settings'],
    queryFn: () => valueOf(keyhold().settings.get()),
  }),
};

// Of itself the library looks for tabs that come into sight; a window of the desktop is looked at when it has the focus.
focusManager.setEventListener((looked) => {
  const listener = (): void => {
    looked();
  };
  window.addEventListener('focus', listener);
  return () => {
    window.removeEventListener('focus', listener);
  };
});

/** A cache for one unlocked time; dropped with everything in it when the vault locks. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    mutationCache: new MutationCache({ onMutate: outdateToasts }),
    defaultOptions: {
      // Calls go to the main process, not to the network, and events say when to ask again.
      queries: {
        networkMode: 'always',
        retry: false,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        // No timers: one that runs on after a lock would keep alive what was read.
        gcTime: Infinity,
      },
      // What was typed goes with the form that it was typed into.
      mutations: { networkMode: 'always', retry: false, gcTime: 0 },
    },
  });
}

/** The current context; null when there is none, undefined while that is not known. */
export function useCurrentContext(): ContextSummary | null | undefined {
  return useQuery(queries.currentContext).data;
}

export function useContexts(): UseQueryResult<ContextSummary[]> {
  return useQuery(queries.contexts);
}
