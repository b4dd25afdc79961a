import { sql } from 'kysely';
import type { PermissionsQuery } from '../../../contracts/server-api/artifact-keeper/permissions.ts';
import type { PageQuery } from '../../../contracts/server-api/pages.ts';
import type { ServerContext } from '../../context.ts';
import { cutPage } from '../../db/cut-page.ts';
import { hasNotEnded } from '../../db/grant-columns.ts';
import type { GrantTable } from '../../db/schema.ts';
import type { RepositoryRef } from '../../identity/repositories.ts';
import { toGrant } from './grants.ts';
import type { PrincipalColumns, RepositoryGrant } from './grants.ts';

/**
 * A page of the grants on a repository that have not ended: people by user name, then groups, then
 * bots by name.
 *
 * @param page - Behind `after`, which is a kind of principal, an id and a name: `user:u_…:maya`. Groups of two
 *   organizations may have one name.
 */
export async function listGrants(
  context: ServerContext,
  repository: RepositoryRef,
  { limit, after }: PageQuery,
): Promise<{ grants: RepositoryGrant[]; next: string | undefined }> {
  const [afterKind = '', afterId = '', ...afterName] = after.split(':');
  const kind = kinds.find((each) => each === afterKind) ?? 'user';
  const name = afterName.join(':');
  const rows = await grantQuery(context)
    .where('grants.repository_id', '=', repository.id)
    .where((where) =>
      where.or([
        where('principals.kind', '<', kind),
        where.and([where('principals.kind', '=', kind), where(nameOf[kind], '>', name)]),
        where.and([
          where('principals.kind', '=', kind),
          where(nameOf[kind], '=', name),
          where('principals.id', '>', afterId),
        ]),
      ]),
    )
    .orderBy('principals.kind', 'desc')
    .orderBy('users.username')
    .orderBy('groups.name')
    .orderBy('groups.id')
    .orderBy('bots.name')
    .limit(limit + 1)
    .execute();
  const { page, end } = cutPage(rows, limit);
  return {
    grants: page.map((row) => toGrant(repository, row)),
    next: end && `${end.kind}:${end.principal_id}:${end.username ?? end.group_name ?? end.bot_name ?? ''}`,
  };
}

const kinds = ['user', 'group', 'bot'] as const;
const nameOf = { user: 'users.username', group: 'groups.name', bot: 'bots.name' } as const;

/** All grants that have not ended and allow something, with who they belong to. */
function grantQuery(context: ServerContext) {
  return context.db
    .selectFrom('grants')
    .innerJoin('principals', 'principals.id', 'grants.principal_id')
    .leftJoin('users', 'users.id', 'grants.principal_id')
    .leftJoin('groups', 'groups.id', 'grants.principal_id')
    .leftJoin('bots', 'bots.id', 'grants.principal_id')
    .selectAll('grants')
    .select(['principals.kind', 'users.username', 'users.email'])
    .select(['groups.name as group_name', 'bots.name as bot_name'])
    .where('grants.effect', '=', 'allow')
    .where(hasNotEnded(context.now()));
}

/** A grant with who it belongs to, and the repository's full name. */
export interface GrantOnRepository extends GrantTable, PrincipalColumns {
  kind: 'user' | 'group' | 'bot';
  full_name: string;
}

/** Which grants a list of them shows. */
export interface GrantFilter {
  repositoryId: string | undefined;
  /** All of them, where there are more: then nothing is shown. */
  principalIds: readonly string[];
  kind: GrantOnRepository['kind'] | undefined;
}

/** A page of grants that have not ended, by repository, and how many there are. */
export async function findGrants(
  context: ServerContext,
  { repositoryId, principalIds, kind }: GrantFilter,
  { page, per_page: perPage }: Pick<PermissionsQuery, 'page' | 'per_page'>,
): Promise<{ rows: GrantOnRepository[]; count: number }> {
  let query = onRepositories(context);
  if (repositoryId !== undefined) query = query.where('grants.repository_id', '=', repositoryId);
  if (kind !== undefined) query = query.where('principals.kind', '=', kind);
  for (const id of principalIds) query = query.where('grants.principal_id', '=', id);
  const counted = query.clearSelect().select(sql<number>`count(*)`.as('count'));
  const { count } = await counted.executeTakeFirstOrThrow();
  const rows = await query
    .orderBy('repositories.full_name')
    .orderBy('principals.kind', 'desc')
    .orderBy('grants.id')
    .limit(perPage)
    .offset((page - 1) * perPage)
    .execute();
  return { rows, count };
}

/** A grant that has not ended, or null. */
export async function findGrant(context: ServerContext, id: string): Promise<GrantOnRepository | null> {
  return (await onRepositories(context).where('grants.id', '=', id).executeTakeFirst()) ?? null;
}

function onRepositories(context: ServerContext) {
  return grantQuery(context)
    .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
    .select('repositories.full_name');
}
