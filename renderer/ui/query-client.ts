import { focusManager, MutationCache, QueryClient } from '@tanstack/react-query';
import { outdateToasts } from './toast.ts';

// The library's own signal is a browser tab that comes into sight. A desktop window is looked at when it has the focus.
focusManager.setEventListener((looked) => {
  const listener = (): void => looked();
  window.addEventListener('focus', listener);
  return () => window.removeEventListener('focus', listener);
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
