import { queryOptions } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { orgKey } from '../orgs/queries.ts';

export const apiKeysQuery = (context: Pick<ContextSummary, 'id' | 'org'>) =>
  queryOptions({
    queryKey: orgKey('api-keys', context),
    queryFn: () => valueOf(keyhold().apiKeys.list({ contextId: context.id })),
  });
