import { queryOptions } from '@tanstack/react-query';
import { keyhold, valueOf } from '../../lib/api.ts';

/** Those with some words in their name, or the first of all; read again when somebody looks, as nothing tells of changes. */
export const groupsQuery = (contextId: string, search = '') =>
  queryOptions({
    // What outdates the list outdates what was found in it.
    queryKey: ['groups', contextId, ...(search === '' ? [] : [search])],
    queryFn: () => valueOf(keyhold().groups.list({ contextId, ...(search !== '' && { search }) })),
    refetchOnWindowFocus: true,
  });

export const groupMembersQuery = (contextId: string, groupId: string) =>
  queryOptions({
    queryKey: ['group-members', contextId, groupId],
    queryFn: () => valueOf(keyhold().groups.members({ contextId, groupId })),
  });
