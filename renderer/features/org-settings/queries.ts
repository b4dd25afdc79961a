import { queryOptions } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { orgKey } from '../orgs/queries.ts';

export const contentsQuery = (context: Pick<ContextSummary, 'id' | 'org'>, org: string) =>
  queryOptions({
    queryKey: orgKey('org-contents', context),
    queryFn: () => valueOf(keyhold().orgs.contents({ contextId: context.id, org })),
  });
