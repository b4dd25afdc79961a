import type { ExpressionBuilder, SelectQueryBuilder } from 'kysely';
import type { RepositoriesQuery, RepositoryList } from '../../../contracts/server-api/repositories.ts';
import type { Principal } from '../../identity/principals.ts';
import type { ServerContext } from '../../context.ts';
import { repositoriesAccess } from '../repository-access.ts';
import type { Asker } from '../repository-access.ts';
import { contains } from '../../db/contains.ts';
import { belongsTo, hasNotEnded } from '../../db/grant-columns.ts';
import type { Database } from '../../db/schema.ts';

/** Which of the repositories are looked for. */
export interface RepositoryFilter {
  /** Part of the full name, in any letter case. */
  search?: string | undefined;
  /** The full name. */
  name?: string | undefined;
  /** Only those that have an image. */
  filled?: boolean;
}

/**
 * The repositories that a principal may read, by name: exactly those that the registry would let the principal pull,
 * public ones of other organizations among them.
 *
 * @param asker - With the limits of an API key; those of a registry token do not count, which the caller has checked to be
 *   good for the list.
 * @param page - At most `limit`, one at least, whose names come after `after`.
 */
export async function listRepositories(
  context: ServerContext,
  asker: Asker,
  { limit, after }: RepositoriesQuery,
): Promise<RepositoryList> {
  const repositories: RepositoryList['repositories'] = [];
  let last = after;
  for (;;) {
    const names = await candidates(context, asker.principal, {}, last, limit + 1);
    const found = await repositoriesAccess(context, asker, names);
    for (const { name, repository, actions } of found) {
      if (repository === null || !actions.has('read')) continue;
      const next = repositories.at(-1)?.name;
      if (repositories.length === limit && next !== undefined) return { repositories, next };
      repositories.push({ name, public: repository.public, actions: [...actions] });
    }
    const end = names.at(-1);
    if (names.length <= limit || end === undefined) return { repositories };
    last = end;
  }
}

/** As many as one look at the database decides about. */
const pageSize = 500;

/** All repositories that somebody may read, by name, and until when that is so while nothing is written. */
export interface WholeList extends Pick<RepositoryList, 'repositories'> {
  /** RFC 3339; null for no end. */
  until: string | null;
}

/** As `listRepositories`, in one piece, and only what the filter lets through. */
export async function listAllRepositories(
  context: ServerContext,
  asker: Asker,
  filter: RepositoryFilter,
): Promise<WholeList> {
  const repositories: WholeList['repositories'] = [];
  let ends: string | null = null;
  for (let after: string | undefined = ''; after !== undefined;) {
    const names: string[] = await candidates(context, asker.principal, filter, after, pageSize);
    for (const { name, repository, actions, until } of await repositoriesAccess(context, asker, names)) {
      if (until !== null && (ends === null || until < ends)) ends = until;
      if (repository === null || !actions.has('read')) continue;
      repositories.push({ name, public: repository.public, actions: [...actions] });
    }
    after = names.length < pageSize ? undefined : names.at(-1);
  }
  return { repositories, until: ends };
}

/**
 * The repositories that a principal may read, as far as a query can tell. It narrows the search; `repositoriesAccess`
 * decides about each.
 */
function candidateQuery(context: ServerContext, principal: Principal | null) {
  const repositories = context.db.selectFrom('repositories');
  if (principal === null) return repositories.where('public', '=', 1);
  return repositories.where((where) =>
    where.or([
      where('public', '=', 1),
      where.exists((sub) =>
        sub
          .selectFrom('users')
          .select('users.id')
          .where('users.id', '=', principal.id)
          .where('users.role', '=', 'admin'),
      ),
      where('org_id', 'in', (sub) =>
        sub
          .selectFrom('memberships')
          .select('memberships.org_id')
          .where('user_id', '=', principal.id)
          .where('role', '=', 'owner'),
      ),
      where('id', 'in', (sub) =>
        sub
          .selectFrom('grants')
          .select('grants.repository_id')
          .where(belongsTo(principal.id))
          .where(hasNotEnded(context.now())),
      ),
    ]),
  );
}

function hasImage(where: ExpressionBuilder<Database, 'repositories'>) {
  return where.exists(
    where
      .selectFrom('registry_manifests')
      .select('digest')
      .whereRef('registry_manifests.repository_id', '=', 'repositories.id'),
  );
}

/** The first names behind one of those on which a principal may do anything, as far as a query can tell. */
export async function candidates(
  context: ServerContext,
  principal: Principal | null,
  { search = '', name, filled = false }: RepositoryFilter,
  after: string,
  limit: number,
): Promise<string[]> {
  let query = candidateQuery(context, principal);
  if (search !== '') query = query.where(contains('full_name', search));
  if (name !== undefined) query = query.where('full_name', '=', name);
  if (filled) query = query.where(hasImage);
  return namesBehind(query, after, limit);
}

/** The first names of some repositories that come behind one. */
export async function namesBehind(
  query: SelectQueryBuilder<Database, 'repositories', object>,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await query
    .select('full_name')
    .where('full_name', '>', after)
    .orderBy('full_name')
    .limit(limit)
    .execute();
  return rows.map((row) => row.full_name);
}
