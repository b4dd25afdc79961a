import { queryOptions, useQuery, type QueryClient } from '@tanstack/react-query';
import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { accessOrganizationsQuery } from './queries.ts';

/** The organizations in which the user may change access; empty while that is not known, and where nobody tells it. */
export function useAccessOrganizations(
  context: Pick<ContextSummary, 'id' | 'capabilities'>,
): readonly { slug: string; name: string }[] {
  const { data = [] } = useQuery({
    ...accessOrganizationsQuery(context.id),
    enabled: context.capabilities.includes('access'),
  });
  return data;
}

export const whoCanQuery = ({ contextId, organization }: AccessPlace, repository: string) =>
  queryOptions({
    queryKey: ['access-who-can', contextId, organization, repository],
    queryFn: () => valueOf(keyhold().access.whoCan({ contextId, organization, repository })),
    staleTime: 0,
  });

export const whatCanQuery = ({ contextId, organization }: AccessPlace, principal: string) =>
  queryOptions({
    queryKey: ['access-what-can', contextId, organization, principal],
    queryFn: () => valueOf(keyhold().access.whatCan({ contextId, organization, principal })),
    staleTime: 0,
  });

export const whyQuery = (contextId: string, principal: string, repository: string) =>
  queryOptions({
    queryKey: ['access-explain', contextId, principal, repository],
    queryFn: () => valueOf(keyhold().access.explain({ contextId, principal, repository })),
    staleTime: 0,
  });

export const credentialCanQuery = (contextId: string, credential: string) =>
  queryOptions({
    queryKey: ['access-credential-can', contextId, credential],
    queryFn: () => valueOf(keyhold().access.credentialCan({ contextId, credential })),
    staleTime: 0,
  });

export const whyCredentialQuery = (contextId: string, credential: string, repository: string) =>
  queryOptions({
    queryKey: ['access-explain-credential', contextId, credential, repository],
    queryFn: () => valueOf(keyhold().access.explainCredential({ contextId, credential, repository })),
    staleTime: 0,
  });

/** Has the lists of access read again after somebody was given something or lost it. */
export async function outdateAccess(client: QueryClient, contextId: string): Promise<void> {
  const lists = [
    ...['access-who-can', 'access-what-can', 'access-explain'],
    ...['access-credential-can', 'access-explain-credential'],
  ];
  await Promise.all(lists.map((list) => client.invalidateQueries({ queryKey: [list, contextId] })));
}
