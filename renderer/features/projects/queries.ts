import { queryOptions } from '@tanstack/react-query';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { keyhold, valueOf } from '../../lib/api.ts';
import { orgKey } from '../orgs/queries.ts';

type Place = Pick<ContextSummary, 'id' | 'org'>;

export const projectsQuery = (context: Place) =>
  queryOptions({
    queryKey: orgKey('projects', context),
    queryFn: () => valueOf(keyhold().projects.list({ contextId: context.id })),
  });

export const branchesQuery = (context: Place, projectId: string) =>
  queryOptions({
    queryKey: orgKey('branches', context, projectId),
    queryFn: () => valueOf(keyhold().projects.branches({ contextId: context.id, projectId })),
  });

export const scopedKeysQuery = (context: Place, projectId: string) =>
  queryOptions({
    queryKey: orgKey('scoped-keys', context, projectId),
    queryFn: () => valueOf(keyhold().projects.scopedKeys({ contextId: context.id, projectId })),
  });
