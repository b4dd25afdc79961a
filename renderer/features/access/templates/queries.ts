import { queryOptions } from '@tanstack/react-query';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';

export const templatesQuery = ({ contextId, organization }: AccessPlace) =>
  queryOptions({
    queryKey: ['access-templates', contextId, organization],
    queryFn: () => valueOf(keyhold().accessTemplates.list({ contextId, organization })),
    staleTime: 0,
  });

export const defaultsQuery = ({ contextId, organization }: AccessPlace) =>
  queryOptions({
    queryKey: ['access-defaults', contextId, organization],
    queryFn: () => valueOf(keyhold().accessTemplates.defaults({ contextId, organization })),
    staleTime: 0,
  });
