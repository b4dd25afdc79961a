import { setImmediate as nextTurn } from 'node:timers/promises';
import type { AccessPrincipal } from '../../../contracts/server-api/access/primitives.ts';
import type { ServerContext } from '../../context.ts';
import { readActions } from '../../db/grant-columns.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import type { AdministeredOrganization, KnownOrganizations } from './administered.ts';
import type { GrantFacts, PrincipalFacts, RepositoryFacts } from '../decide.ts';
import { factsOfBot, factsOfUser } from '../facts.ts';

/** Somebody whom grants can be given to. */
export interface Subject {
  kind: AccessPrincipal['kind'];
  id: string;
}

/** A grant with whom and what it is for, who gave it and when. */
export interface GivenGrant extends Omit<GrantFacts, 'group'> {
  repositoryId: string;
  principalId: string;
  by: string;
  at: string;
}

/** A group that somebody is in; `org` is the slug of its organization. */
interface OwnGroup {
  id: string;
  name: string;
  org: string;
}

/** An organization, of which a caller may be shown something. */
export type ShownOrganization = Pick<AdministeredOrganization, 'id' | 'slug' | 'known'>;

/** What is known of many principals on many repositories of one organization. */
export interface SetFacts {
  /** Slug. */
  org: string;
  /** Whom the caller may be shown. */
  known: KnownOrganizations;
  who: ReadonlyMap<string, PrincipalFacts>;
  /** The groups that each is in, by name. */
  groups: ReadonlyMap<string, readonly OwnGroup[]>;
  /** On these repositories, to these principals and their groups: by the principal. */
  grants: ReadonlyMap<string, readonly GivenGrant[]>;
}

/**
 * What is known of principals and of the grants on repositories to them and their groups, by five queries; the grants of
 * many come in parts. What a group may do is what its members get from it. It does not depend on the time.
 *
 * @param org - Of all the repositories.
 */
export async function loadSetFacts(
  context: ServerContext,
  org: ShownOrganization,
  subjects: readonly Subject[],
  repositoryIds: readonly string[],
): Promise<SetFacts> {
  const idsOf = (kind: Subject['kind']) =>
    subjects.filter((subject) => subject.kind === kind).map(({ id }) => id);
  const userIds = idsOf('user');
  const who = new Map<string, PrincipalFacts>([
    ...(await factsOfUsers(context, org, userIds)),
    ...(await factsOfBots(context, idsOf('bot'))),
    ...idsOf('group').map((id): [string, PrincipalFacts] => [id, factsOfGroup]),
  ]);
  const groups = await groupsOf(context, userIds);
  const groupIds = [...groups.values()].flat().map(({ id }) => id);
  const principalIds = [...new Set([...subjects.map(({ id }) => id), ...groupIds])];
  const parts: GivenGrant[][] = [];
  for (let at = 0; at < principalIds.length; at += chunk) {
    // Others have their turn in between.
    if (at > 0) await nextTurn();
    parts.push(await grantsTo(context, principalIds.slice(at, at + chunk), repositoryIds));
  }
  const byPrincipal = Map.groupBy(parts.flat(), ({ principalId }) => principalId);
  return { org: org.slug, known: org.known, who, groups, grants: byPrincipal };
}

/** The grants that count for somebody, by repository: their own first. */
export function grantsFor({ groups, grants }: SetFacts, id: string): Map<string, GrantFacts[]> {
  const found = new Map<string, GrantFacts[]>();
  const add = (group: GrantFacts['group'], given: readonly GivenGrant[] = []) => {
    for (const { id: grantId, repositoryId, actions, effect, ends } of given) {
      const grant = { id: grantId, group, actions, effect, ends };
      const others = found.get(repositoryId);
      if (others === undefined) found.set(repositoryId, [grant]);
      else others.push(grant);
    }
  };
  add(null, grants.get(id));
  for (const { id: groupId, name } of groups.get(id) ?? []) add({ id: groupId, name }, grants.get(groupId));
  return found;
}

/** What is known of a repository, and of somebody on it. */
export function repositoryFacts(
  { org }: SetFacts,
  repository: RepositoryRef,
  grants: readonly GrantFacts[] = [],
): RepositoryFacts {
  return { name: repository.fullName, org, repository, grants };
}

/** What the members of a group get from it depends on none of them. */
const factsOfGroup: PrincipalFacts = {
  active: true,
  administrator: false,
  viewer: false,
  operator: false,
  roles: [],
};

async function factsOfUsers(
  { db, config }: ServerContext,
  org: { id: string; slug: string },
  ids: readonly string[],
): Promise<[string, PrincipalFacts][]> {
  if (ids.length === 0) return [];
  const users = await db
    .selectFrom('users')
    .leftJoin('memberships', (join) =>
      join.onRef('memberships.user_id', '=', 'users.id').on('memberships.org_id', '=', org.id),
    )
    .select(['users.id', 'users.status', 'users.role', 'users.email'])
    .select('memberships.role as place')
    .where('users.id', 'in', ids)
    .execute();
  return users.map(({ id, place, ...user }) => {
    const roles = place === null ? [] : [{ orgId: org.id, slug: org.slug, role: place }];
    return [id, factsOfUser(config, user, roles)];
  });
}

async function factsOfBots(
  { db }: ServerContext,
  ids: readonly string[],
): Promise<[string, PrincipalFacts][]> {
  if (ids.length === 0) return [];
  const bots = await db.selectFrom('bots').select(['id', 'deleted_at']).where('id', 'in', ids).execute();
  return bots.map((bot) => [bot.id, factsOfBot(bot)]);
}

async function groupsOf({ db }: ServerContext, userIds: readonly string[]): Promise<Map<string, OwnGroup[]>> {
  if (userIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .innerJoin('organizations', 'organizations.id', 'groups.org_id')
    .select(['user_id', 'groups.id', 'groups.name', 'organizations.slug as org'])
    .where('user_id', 'in', userIds)
    .orderBy('groups.name')
    .execute();
  const grouped = Map.groupBy(rows, ({ user_id: user }) => user);
  return new Map(
    [...grouped].map(([user, all]) => [user, all.map(({ id, name, org }) => ({ id, name, org }))]),
  );
}

/** Principals whose grants are read at once; a page of the matrix has no more. */
const chunk = 1000;

async function grantsTo(
  { db }: ServerContext,
  principalIds: readonly string[],
  repositoryIds: readonly string[],
): Promise<GivenGrant[]> {
  if (principalIds.length === 0 || repositoryIds.length === 0) return [];
  const rows = await db
    .selectFrom('grants')
    .select(['id', 'repository_id', 'principal_id', 'actions', 'effect', 'expires_at'])
    .select(['created_by', 'created_at'])
    .where('repository_id', 'in', repositoryIds)
    .where('principal_id', 'in', principalIds)
    .execute();
  return rows.map((row) => ({
    id: row.id,
    repositoryId: row.repository_id,
    principalId: row.principal_id,
    actions: readActions(row.actions),
    effect: row.effect,
    ends: row.expires_at,
    by: row.created_by,
    at: row.created_at,
  }));
}
