import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import type { AuditFilter } from '../../../contracts/ipc/audit.ts';
import { keyhold, valueOf } from '../../lib/api.ts';

/** The events that fit a filter, page after page. */
export const auditQuery = (contextId: string, filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ['audit', contextId, filter],
    queryFn: ({ pageParam }) => valueOf(keyhold().audit.list({ contextId, ...filter, ...pageParam })),
    initialPageParam: { page: 1, to: filter.to },
    getNextPageParam: (last, pages, { page }) => {
      const read = pages.reduce((sum, { entries }) => sum + entries.length, 0);
      if (last.entries.length === 0 || read >= last.total) return null;
      // What happens meanwhile would move the pages.
      return { page: page + 1, to: filter.to ?? pages[0]?.entries[0]?.at };
    },
    placeholderData: keepPreviousData,
  });
