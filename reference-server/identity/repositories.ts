import type { RepositoryList } from '../../contracts/server-api/repositories.ts';
import type { Principal } from '../auth/credentials.ts';
import type { ServerContext } from '../context.ts';
import { repositoryAccess } from './access.ts';

/**
 * The repositories that a principal may read, by name: those of the principal's organizations, and others by
 * authorization. Public ones of other organizations are left out.
 */
export async function listRepositories(
  context: ServerContext,
  principal: Principal,
): Promise<RepositoryList['repositories']> {
  const rows = await context.db
    .selectFrom('repositories')
    .select(['full_name', 'public'])
    .where((where) =>
      where.or([
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
    .execute();
  const repositories: RepositoryList['repositories'] = [];
  for (const row of rows) {
    const { actions } = await repositoryAccess(context, principal, row.full_name);
    if (actions.has('read')) {
      repositories.push({ name: row.full_name, public: row.public === 1, actions: [...actions] });
    }
  }
  return repositories;
}
