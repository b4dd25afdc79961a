import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** The link that waits to be looked at. */
export const linkQuery = queryOptions({
  queryKey: ['link'],
  queryFn: () => valueOf(keyhold().links.current()),
  staleTime: Infinity,
});
