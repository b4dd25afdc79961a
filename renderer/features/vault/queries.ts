import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

export const slotsKey = ['slots'] as const;

export const slotsQuery = queryOptions({
  queryKey: slotsKey,
  queryFn: () => valueOf(keyhold().slots.list()),
});

/** Moves with every key press, in any program. */
export const lockForecastQuery = queryOptions({
  queryKey: ['lockForecast'],
  queryFn: () => valueOf(keyhold().vault.lockForecast()),
  refetchInterval: 15_000,
  refetchOnWindowFocus: 'always',
});
