import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** How often a sync that goes on is looked at, milliseconds. */
const whileRunningMs = 2000;

export const directoryQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['directory', contextId],
    queryFn: () => valueOf(keyhold().directory.status({ contextId })),
    refetchOnWindowFocus: true,
    refetchInterval: ({ state }) => (state.data?.directory?.running === true ? whileRunningMs : false),
  });
