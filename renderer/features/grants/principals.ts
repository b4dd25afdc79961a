import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import type {
  PermissionSummary,
  PrincipalKind,
  ServiceRepository,
} from '../../../contracts/ipc/permissions.ts';
import type { GroupSummary } from '../../../contracts/ipc/groups.ts';
import type { UserSummary } from '../../../contracts/ipc/users.ts';
import { typingPause } from '../../lib/search-words.ts';
import { botsQuery } from '../bots/queries.ts';
import { groupsQuery } from '../groups/queries.ts';
import { membersQuery } from '../members/queries.ts';
import { useActing } from '../orgs/queries.ts';
import { administrator, useOwnUser, usersQuery } from '../users/queries.ts';

/** Somebody whom a permission can be given to. */
export interface Principal {
  kind: PrincipalKind;
  /** Null for a user of whom the e-mail address alone is known. */
  id: string | null;
  name: string;
  /** The e-mail address of a user, what a group is for. */
  note: string | null;
  /** By what a user can be found besides. */
  username?: string;
}

interface Principals {
  /** Null while they are being read. */
  list: readonly Principal[] | null;
  /** The service is asked for more with the typed words. */
  searching: boolean;
  /** Why some could not be read; null when all could. */
  error: unknown;
  refetch: () => void;
  /** Users can be named by their e-mail address. */
  byEmail: boolean;
}

/** The organization that a repository's name begins with; none where a service has no organizations. */
export function orgOf(repository: string): string | null {
  return repository.includes('/') ? (repository.split('/')[0] ?? null) : null;
}

interface PrincipalsPlace {
  context: ContextSummary;
  repository: ServiceRepository;
  /** Who has a permission there is left out. */
  given: readonly PermissionSummary[];
  /** What was typed to find somebody. */
  typed: string;
}

/**
 * Whom the user can give a permission on a repository, as far as they may list them: users, for others than
 * administrators the members of their organization, then groups and bots. Where there are more users or groups than are read, the service is
 * asked for those with the typed words.
 */
export function usePrincipals({ context, repository, given, typed }: PrincipalsPlace): Principals {
  const can = (capability: ContextSummary['capabilities'][number]): boolean =>
    context.capabilities.includes(capability);
  const org = orgOf(repository.name);
  const manages = useOwnUser(context)?.role === administrator;
  const acting = useActing(context)?.org ?? null;
  const inOrg = acting !== null && acting.slug === org;
  const users = useQuery({ ...usersQuery(context.id), enabled: manages });
  const members = useQuery({
    ...membersQuery({ context, org: { slug: org ?? '' } }),
    enabled: !manages && inOrg && can('members'),
  });
  const groups = useQuery({ ...groupsQuery(context.id), enabled: can('groups') });
  const words = typed.trim();
  const [search] = useDebouncedValue(words, typingPause);
  const morePeople = isCut(users.data, users.data?.users);
  const moreGroups = isCut(groups.data, groups.data?.groups);
  const behind = { placeholderData: keepPreviousData };
  const foundUsers = useQuery({
    ...{ ...usersQuery(context.id, search), ...behind },
    enabled: morePeople && search !== '',
  });
  const foundGroups = useQuery({
    ...{ ...groupsQuery(context.id, search), ...behind },
    enabled: moreGroups && search !== '',
  });
  const bots = useQuery({ ...botsQuery(context), enabled: can('bots') });
  const all = [users, members, groups, bots, foundUsers, foundGroups];
  const list = useMemo(() => {
    const has = new Set(given.map(({ principal }) => `${principal.kind} ${principal.id}`));
    const people = byId<UserSummary>(users.data?.users, foundUsers.data?.users);
    const found: Principal[] = [
      ...people
        .filter(({ status }) => status !== 'disabled')
        .map(({ id, name, email, username }) => ({ kind: 'user' as const, id, name, note: email, username })),
      ...(members.data ?? []).map(({ userId: id, name, email }) => ({
        ...{ kind: 'user' as const, id, name, note: email },
      })),
      ...byId<GroupSummary>(groups.data?.groups, foundGroups.data?.groups)
        .filter(
          ({ organization }) => organization === null || organization === 'main' || organization === org,
        )
        .map(({ id, name, description }) => ({
          ...{ kind: 'group' as const, id, name, note: description === '' ? null : description },
        })),
      ...(bots.data?.org === org ? bots.data.bots : []).map(({ id, name }) => ({
        ...{ kind: 'bot' as const, id, name, note: null },
      })),
    ];
    return found.filter(({ kind, id }) => !has.has(`${kind} ${id ?? ''}`));
  }, [users.data, members.data, groups.data, bots.data, foundUsers.data, foundGroups.data, given, org]);
  const isAsked = (morePeople || moreGroups) && words !== '';
  const isAnswered = words === search && ![foundUsers, foundGroups].some(({ isFetching }) => isFetching);
  return {
    list: [users, members, groups, bots].some(({ isLoading }) => isLoading) ? null : list,
    searching: isAsked && !isAnswered,
    error: all.find(({ error }) => error !== null)?.error ?? null,
    refetch: () => {
      for (const query of all) if (query.isError) void query.refetch();
    },
    byEmail: isOurs(repository) && !manages,
  };
}

/** Whether there are more than were read. */
function isCut(page: { total: number } | undefined, read: readonly unknown[] | undefined): boolean {
  return page !== undefined && read !== undefined && page.total > read.length;
}

/** What is in either list, once. */
function byId<Entry extends { id: string }>(
  first: readonly Entry[] = [],
  found: readonly Entry[] = [],
): Entry[] {
  return [...new Map([...first, ...found].map((entry) => [entry.id, entry])).values()];
}

/**
 * Services that tell what one may do on a repository are of our kind: they keep the end of a permission, and know users by
 * their e-mail address. Others do neither.
 */
export function isOurs({ actions }: ServiceRepository): boolean {
  return actions !== null;
}

/** One of the list as lists know it. */
export function keyOf({ kind, id, name }: Principal): string {
  return `${kind} ${id ?? name}`;
}

/** A user by the e-mail address that was typed, if it is one. */
export function typedUser(words: string): Principal[] {
  const address = words.trim();
  const isAddress = address.length <= limits.emailMax && /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(address);
  return isAddress ? [{ kind: 'user', id: null, name: address, note: 'By this email address' }] : [];
}
