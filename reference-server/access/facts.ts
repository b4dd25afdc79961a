import type { Principal } from '../identity/principals.ts';
import type { ServerContext } from '../context.ts';
import { orgOfRepository } from '../identity/repository-name.ts';
import { isOperator } from '../identity/administrators.ts';
import { toRepositoryRef } from '../identity/repositories.ts';
import { membershipsOf } from '../identity/users.ts';
import { belongsTo, readActions } from '../db/grant-columns.ts';
import type { BotTable, UserTable } from '../db/schema.ts';
import type { GrantFacts, PrincipalFacts, RepositoryFacts } from './decide.ts';

/** What is known of somebody. Who is gone is not active, and so has no rights. */
export async function loadPrincipalFacts(
  { db, config }: ServerContext,
  { kind, id }: Principal,
): Promise<PrincipalFacts> {
  if (kind === 'bot') {
    return factsOfBot(
      await db.selectFrom('bots').select('deleted_at').where('id', '=', id).executeTakeFirst(),
    );
  }
  const user = await db
    .selectFrom('users')
    .select(['status', 'role', 'email'])
    .where('id', '=', id)
    .executeTakeFirst();
  return factsOfUser(config, user, await membershipsOf(db, id));
}

/** A user's row, or none, as what decides. */
export function factsOfUser(
  config: ServerContext['config'],
  user: Pick<UserTable, 'status' | 'role' | 'email'> | undefined,
  roles: PrincipalFacts['roles'],
): PrincipalFacts {
  return {
    active: user?.status === 'active',
    administrator: user?.role === 'admin',
    viewer: user?.role === 'viewer',
    operator: user !== undefined && isOperator(config, user),
    roles,
  };
}

/** The same of a bot. */
export function factsOfBot(bot: Pick<BotTable, 'deleted_at'> | undefined): PrincipalFacts {
  const none = { administrator: false, viewer: false, operator: false, roles: [] };
  return { active: bot?.deleted_at === null, ...none };
}

/**
 * What is known of repositories and of the grants on them to one principal and its groups, by two queries for any number of names. It does
 * not depend on the time.
 *
 * @param principal - Null: nobody is signed in.
 * @returns One for each name, in their order.
 */
export async function loadRepositoryFacts(
  { db }: ServerContext,
  principal: Principal | null,
  names: readonly string[],
): Promise<RepositoryFacts[]> {
  const allowed = names.filter((name) => orgOfRepository(name) !== null);
  const rows =
    allowed.length === 0
      ? []
      : await db.selectFrom('repositories').selectAll().where('full_name', 'in', allowed).execute();
  const repositories = new Map(rows.map((row) => [row.full_name, toRepositoryRef(row)]));
  const grants = new Map<string, GrantFacts[]>();
  for (const { repository_id, ...grant } of await grantsOn(db, principal, rows)) {
    grants.set(repository_id, [...(grants.get(repository_id) ?? []), grant]);
  }
  return names.map((name) => {
    const repository = repositories.get(name) ?? null;
    const org = orgOfRepository(name);
    return { name, org, repository, grants: grants.get(repository?.id ?? '') ?? [] };
  });
}

async function grantsOn(
  db: ServerContext['db'],
  principal: Principal | null,
  repositories: readonly { id: string }[],
): Promise<(GrantFacts & { repository_id: string })[]> {
  if (principal === null || repositories.length === 0) return [];
  const rows = await db
    .selectFrom('grants')
    .leftJoin('groups', 'groups.id', 'grants.principal_id')
    .select(['grants.id', 'repository_id', 'actions', 'effect', 'expires_at as ends'])
    .select(['groups.id as group_id', 'groups.name as group_name'])
    .where(belongsTo(principal.id))
    .where(
      'repository_id',
      'in',
      repositories.map(({ id }) => id),
    )
    .execute();
  return rows.map(({ actions, group_id: id, group_name: name, ...row }) => ({
    ...row,
    group: id === null || name === null ? null : { id, name },
    actions: readActions(actions),
  }));
}
