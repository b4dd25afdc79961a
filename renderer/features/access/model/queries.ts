import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../../lib/api.ts';

/** An organization at the service of a context. */
export interface AccessPlace {
  contextId: string;
  organization: string;
}

export const accessOrganizationsQuery = (contextId: string) =>
  queryOptions({
    queryKey: ['access-organizations', contextId],
    queryFn: async () => (await valueOf(keyhold().access.organizations({ contextId }))).organizations,
  });

export const sidesQuery = ({ contextId, organization }: AccessPlace) =>
  queryOptions({
    queryKey: ['access-sides', contextId, organization],
    queryFn: () => valueOf(keyhold().access.sides({ contextId, organization })),
    // Who joined meanwhile is there when the page, or the window, is looked at again.
    staleTime: 0,
    refetchOnWindowFocus: true,
  });

export const batchesQuery = ({ contextId, organization }: AccessPlace) =>
  queryOptions({
    queryKey: ['access-batches', contextId, organization],
    queryFn: async () => (await valueOf(keyhold().access.batches({ contextId, organization }))).batches,
    staleTime: 0,
  });
