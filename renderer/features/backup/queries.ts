import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

export const backupKey = ['backup'] as const;

export const backupQuery = queryOptions({
  queryKey: backupKey,
  queryFn: () => valueOf(keyhold().backup.status()),
});
