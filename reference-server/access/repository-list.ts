import type { RepositoriesQuery, RepositoryList } from '../../contracts/server-api/repositories.ts';
import type { Principal } from '../identity/principals.ts';
import type { ServerContext } from '../context.ts';
import { repositoriesAccess } from './repository-access.ts';
import type { Asker } from './repository-access.ts';
import { hasNotEnded } from '../db/grant-columns.ts';

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
    const names = await candidates(context, asker.principal, last, limit + 1);
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
          .where('principal_id', '=', principal.id)
          .where(hasNotEnded(context.now())),
      ),
    ]),
  );
}

async function candidates(
  context: ServerContext,
  principal: Principal | null,
  after: string,
  limit: number,
): Promise<string[]> {
  const rows = await candidateQuery(context, principal)
    .select('full_name')
    .where('full_name', '>', after)
    .orderBy('full_name')
    .limit(limit)
    .execute();
  return rows.map((row) => row.full_name);
}
