import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** How often an agent that does not listen is asked for again, milliseconds. */
const agentRecheckMs = 3000;

export const registriesKey = ['registries'] as const;

/** Other programs change these files: read again whenever the page or the window is looked at. */
export const registriesQuery = queryOptions({
  queryKey: registriesKey,
  queryFn: () => valueOf(keyhold().registries.list()),
  refetchOnWindowFocus: 'always',
  // The agent mends itself: what is said of it shall not outlive that.
  refetchInterval: ({ state: { data } }) => (data?.agent.listening === false ? agentRecheckMs : false),
});

/** Looked at anew each time the sheet opens. */
export const doctorQuery = queryOptions({
  queryKey: ['doctor'],
  queryFn: () => valueOf(keyhold().doctor.run()),
  gcTime: 0,
});
