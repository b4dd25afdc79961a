import type { RepositoriesQuery, RepositoryList } from '../../contracts/server-api/repositories.ts';
import type { Principal } from '../auth/credentials.ts';
import type { ServerContext } from '../context.ts';
import { repositoryAccess } from './access.ts';

/**
 * The repositories that a principal may read, by name: exactly those that the registry would let the principal pull,
 * public ones of other organizations among them.
 *
 * @param page - At most `limit` whose names come after `after`.
 */
export async function listRepositories(
  context: ServerContext,
  principal: Principal,
  { limit, after }: RepositoriesQuery,
): Promise<RepositoryList> {
  const repositories: RepositoryList['repositories'] = [];
  let last = after;
  for (;;) {
    const rows = await candidates(context, principal, last, limit + 1);
    for (const row of rows) {
      const { actions } = await repositoryAccess(context, principal, row.full_name);
      if (!actions.has('read')) continue;
      const next = repositories.at(-1)?.name;
      if (repositories.length === limit && next !== undefined) return { repositories, next };
      repositories.push({ name: row.full_name, public: row.public === 1, actions: [...actions] });
    }
    const end = rows.at(-1);
    if (rows.length <= limit || end === undefined) return { repositories };
    last = end.full_name;
  }
}

/** What might be readable: grants may have ended, and members need one. */
async function candidates(context: ServerContext, principal: Principal, after: string, limit: number) {
  return context.db
    .selectFrom('repositories')
    .select(['full_name', 'public'])
    .where('full_name', '>', after)
    .where((where) =>
      where.or([
        where('public', '=', 1),
        where('org_id', 'in', (sub) =>
          principal.kind === 'bot'
            ? sub.selectFrom('bots').select('org_id').where('id', '=', principal.id)
            : sub.selectFrom('memberships').select('org_id').where('user_id', '=', principal.id),
        ),
        where('id', 'in', (sub) =>
          sub
            .selectFrom('grants')
            .select('repository_id')
            .where('principal_kind', '=', principal.kind)
            .where('principal_id', '=', principal.id),
        ),
      ]),
    )
    .orderBy('full_name')
    .limit(limit)
    .execute();
}
