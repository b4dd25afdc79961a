import { queryOptions } from '@tanstack/react-query';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import type { Sides } from './cell-store.ts';
import type { Use } from './cells.ts';

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

/** When a principal used a repository: null for never; `use` is undefined where the service does not tell it. */
export const cellUseQuery = (place: AccessPlace, sides: Sides, [row, column]: readonly [number, number]) => {
  const before = sides.principals[row - 1];
  const principal = sides.principals[row]?.reference;
  const repository = sides.repositories[column]?.name;
  return queryOptions({
    queryKey: ['access-use', place.contextId, place.organization, principal, repository],
    queryFn: async (): Promise<{ use: Use | null | undefined }> => {
      const { principals, repositories, used } = await valueOf(
        keyhold().access.cells({
          ...place,
          principals: {
            after: before ? { reference: before.reference, kind: before.kind, name: before.name } : null,
            count: 1,
          },
          repositories: { after: sides.repositories[column - 1]?.name ?? null, count: 1 },
          used: true,
        }),
      );
      const isIt = principals[0] === principal && repositories[0] === repository;
      return { use: isIt ? used && (used[0] ?? null) : undefined };
    },
    staleTime: 0,
  });
};

export const batchesQuery = ({ contextId, organization }: AccessPlace) =>
  queryOptions({
    queryKey: ['access-batches', contextId, organization],
    queryFn: async () => (await valueOf(keyhold().access.batches({ contextId, organization }))).batches,
    staleTime: 0,
  });
