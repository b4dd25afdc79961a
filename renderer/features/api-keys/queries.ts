import { queryOptions } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { orgKey } from '../orgs/queries.ts';

/** Events tell of other keys, not of their use: that is asked for while somebody looks. Milliseconds. */
const everyMs = 60_000;

export const apiKeysQuery = (context: Pick<ContextSummary, 'id' | 'org'>) =>
  queryOptions({
    queryKey: orgKey('api-keys', context),
    queryFn: () => valueOf(keyhold().apiKeys.list({ contextId: context.id })),
    refetchOnWindowFocus: true,
    refetchInterval: everyMs,
  });
