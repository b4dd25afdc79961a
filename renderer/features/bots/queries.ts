import { queryOptions } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { orgKey } from '../orgs/queries.ts';

export const botsQuery = (context: Pick<ContextSummary, 'id' | 'org'>) =>
  queryOptions({
    queryKey: orgKey('bots', context),
    queryFn: () => valueOf(keyhold().bots.list({ contextId: context.id })),
  });
