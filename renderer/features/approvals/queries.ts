import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

export const rulesKey = ['rules'] as const;

export const rulesQuery = queryOptions({
  queryKey: rulesKey,
  queryFn: () => valueOf(keyhold().approvals.rules()),
});
