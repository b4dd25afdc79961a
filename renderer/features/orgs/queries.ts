import { queryOptions, useQuery } from '@tanstack/react-query';
import type { Acting } from '../../../contracts/domain/acting.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { OrganizationList } from '../../../contracts/domain/organization-list.ts';
import { keyhold, valueOf } from '../../lib/api.ts';

/** A context in its organization: what is read of one is never shown for the other. */
type Place = Pick<ContextSummary, 'id' | 'org'>;

/** The key of what is read of an organization: its list first, so that an event can mark that one as old. */
export function orgKey(list: string, { id, org }: Place, ...rest: readonly string[]) {
  return [list, id, org, ...rest] as const;
}

/** Which keys are read again when main says that a list has changed. Roles stand in all of the first three. */
export const keysOfList: Readonly<Record<OrganizationList, readonly string[]>> = {
  organization: ['acting', 'orgs'],
  members: ['members', 'acting', 'orgs'],
  invitations: ['invitations'],
  'api-keys': ['api-keys', 'scoped-keys'],
  projects: ['projects', 'api-keys'],
  branches: ['branches', 'projects', 'api-keys'],
};

/** Who the context is, and in which organization: asked once for all pages, and again when something changes. */
export const actingQuery = (context: Place) =>
  queryOptions({
    queryKey: orgKey('acting', context),
    queryFn: () => valueOf(keyhold().orgs.acting({ contextId: context.id })),
    staleTime: 60_000,
    refetchOnWindowFocus: true,
  });

export const orgsQuery = (context: Place) =>
  queryOptions({
    queryKey: orgKey('orgs', context),
    queryFn: () => valueOf(keyhold().orgs.list({ contextId: context.id })),
  });

/** Whether a context's service has organizations, and can be asked about them. */
export function hasOrgs(context: ContextSummary | null): context is ContextSummary {
  return context?.state === 'active' && context.capabilities.includes('organizations');
}

/** Who the context is in its organization, as far as that is known; null where there are none. */
export function useActing(context: ContextSummary | null): Acting | null {
  const acting = useQuery({ ...actingQuery(context ?? { id: '', org: null }), enabled: hasOrgs(context) });
  return acting.data ?? null;
}
