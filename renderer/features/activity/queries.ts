import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';
import type { ActivityFilter } from '../../../contracts/ipc/activity.ts';
import { keyhold, valueOf } from '../../lib/api.ts';

/** Entries that are fetched at a time. */
const activityPage = 50;

export const activityKey = ['activity'] as const;

export const activityQuery = (filter: ActivityFilter) =>
  infiniteQueryOptions({
    queryKey: [...activityKey, filter],
    queryFn: ({ pageParam }) =>
      valueOf(keyhold().activity.list({ ...filter, before: pageParam, limit: activityPage })),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => (page.more ? (page.entries.at(-1)?.seq ?? null) : null),
    placeholderData: keepPreviousData,
  });
