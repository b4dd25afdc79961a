import type { ServerContext } from '../../context.ts';
import { hasNotEnded, readActions } from '../../db/grant-columns.ts';
import type { Reader } from '../../db/write.ts';
import { mainSlug } from '../../identity/main-organization.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import type { NamedSubject } from '../matrix/access-principals.ts';
import type { RepositoryAction } from '../../../contracts/server-api/repositories.ts';

/** A grant that has not ended, with whom it is for. */
export interface ReviewedGrant {
  id: string;
  repository: RepositoryRef;
  principal: NamedSubject;
  actions: readonly RepositoryAction[];
  effect: 'allow' | 'deny';
  /** RFC 3339. */
  at: string;
  ends: string | null;
}

/** What a review knows of an organization. */
export interface ReviewedOrganization {
  /** Its bots without a key that counts. */
  keylessBots: ReadonlySet<string>;
  /** Users of each group that grants here may go to. */
  members: ReadonlyMap<string, ReadonlySet<string>>;
  /** Who administers everything here, or may do nothing or no more than read: no admins by a grant. */
  notAdmins: ReadonlySet<string>;
}

/** What a review knows of repositories. */
export interface ReviewedRepositories {
  grants: readonly ReviewedGrant[];
  /** Who pushed after an instant, by the repository's id. */
  pushers: ReadonlyMap<string, ReadonlySet<string>>;
}

/** What is known of an organization as a whole, by four queries. */
export async function loadReviewedOrganization(
  { db }: ServerContext,
  org: { id: string; slug: string },
): Promise<ReviewedOrganization> {
  const bots = await db
    .selectFrom('bots')
    .select('id')
    .where('org_id', '=', org.id)
    .where('deleted_at', 'is', null)
    .where('id', 'not in', (sub) =>
      sub.selectFrom('public_keys').select('principal_id').where('revoked_at', 'is', null),
    )
    .execute();
  const members = await db
    .selectFrom('group_members')
    .innerJoin('groups', 'groups.id', 'group_members.group_id')
    .innerJoin('organizations', 'organizations.id', 'groups.org_id')
    .select(['group_id', 'user_id'])
    .where('organizations.slug', 'in', [org.slug, mainSlug])
    .execute();
  return {
    keylessBots: new Set(bots.map(({ id }) => id)),
    members: setsOf(members.map(({ group_id, user_id }) => [group_id, user_id])),
    notAdmins: await loadNotAdmins(db, org.id),
  };
}

async function loadNotAdmins(db: Reader, orgId: string): Promise<Set<string>> {
  const owners = await db
    .selectFrom('memberships')
    .select('user_id as id')
    .where('org_id', '=', orgId)
    .where('role', '=', 'owner')
    .execute();
  const others = await db
    .selectFrom('users')
    .select('id')
    .where((where) => where.or([where('status', '!=', 'active'), where('role', '!=', 'user')]))
    .execute();
  return new Set([...owners, ...others].map(({ id }) => id));
}

/** What is known of some repositories of an organization of this slug, by two queries. */
export async function loadReviewedRepositories(
  context: ServerContext,
  repositories: readonly RepositoryRef[],
  pushedAfter: string,
  now: Date,
): Promise<ReviewedRepositories> {
  if (repositories.length === 0) return { grants: [], pushers: new Map() };
  const byId = new Map(repositories.map((repository) => [repository.id, repository]));
  const pushes = await context.db
    .selectFrom('repository_uses')
    .select(['repository_id', 'principal_id'])
    .where('repository_id', 'in', [...byId.keys()])
    .where('pushed_at', '>', pushedAfter)
    .execute();
  return {
    grants: await loadGrants(context.db, byId, now),
    pushers: setsOf(pushes.map((push) => [push.repository_id, push.principal_id])),
  };
}

/** By repository, then people, groups and bots. */
async function loadGrants(
  db: Reader,
  repositories: ReadonlyMap<string, RepositoryRef>,
  now: Date,
): Promise<ReviewedGrant[]> {
  const rows = await db
    .selectFrom('grants')
    .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
    .innerJoin('principals', 'principals.id', 'grants.principal_id')
    .leftJoin('users', 'users.id', 'grants.principal_id')
    .leftJoin('groups', 'groups.id', 'grants.principal_id')
    .leftJoin('bots', 'bots.id', 'grants.principal_id')
    .select(['grants.id', 'repository_id', 'principal_id', 'actions', 'effect', 'expires_at'])
    .select(['grants.created_at as at', 'principals.kind', 'users.username', 'users.email'])
    .select(['groups.name as group_name', 'bots.name as bot_name'])
    .where('repository_id', 'in', [...repositories.keys()])
    .where(hasNotEnded(now))
    .orderBy('repositories.full_name')
    .orderBy('principals.kind', 'desc')
    .orderBy('grants.id')
    .execute();
  return rows.flatMap((row): ReviewedGrant[] => {
    const repository = repositories.get(row.repository_id);
    if (repository === undefined) return [];
    const name = row.username ?? row.group_name ?? row.bot_name ?? '';
    return [
      {
        ...{ id: row.id, repository, at: row.at, ends: row.expires_at, effect: row.effect },
        principal: { kind: row.kind, id: row.principal_id, name, email: row.email },
        actions: readActions(row.actions),
      },
    ];
  });
}

function setsOf(pairs: readonly (readonly [string, string])[]): Map<string, Set<string>> {
  const sets = new Map<string, Set<string>>();
  for (const [key, value] of pairs) sets.set(key, (sets.get(key) ?? new Set()).add(value));
  return sets;
}
