import { numberedPage } from '../../contracts/server-api/artifact-keeper/pages.ts';
import type { NumberedPageQuery } from '../../contracts/server-api/artifact-keeper/pages.ts';
import type { ApiToken } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import type { ServerContext } from '../context.ts';
import type { ApiTokenTable } from '../db/directory-schema.ts';
import { repositoriesOf, scopesOf } from './api-tokens.ts';

/** A page of a user's API tokens that were not revoked, the newest first. */
export async function listApiTokens(
  { db, now }: Pick<ServerContext, 'db' | 'now'>,
  userId: string,
  query: NumberedPageQuery,
) {
  const { page, per_page } = query;
  const own = db.selectFrom('api_tokens').where('user_id', '=', userId).where('revoked_at', 'is', null);
  const { count } = await own.select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  const rows = await own
    .selectAll()
    .orderBy('created_at', 'desc')
    .orderBy('id', 'desc')
    .offset((page - 1) * per_page)
    .limit(per_page)
    .execute();
  const named = await repositoriesOf(
    db,
    rows.map(({ id }) => id),
  );
  const items = rows.map((row) => toApiToken(row, named.get(row.id) ?? [], now()));
  return numberedPage(items, count, query);
}

/** A row as the contract shows it. @param named - Ids of the repositories that it names. */
export function toApiToken(row: ApiTokenTable, named: readonly string[], now: Date): ApiToken {
  return {
    id: row.id,
    name: row.name,
    prefix: row.prefix,
    scopes: scopesOf(row),
    repository_ids: row.all_repositories === 1 ? null : [...named],
    created_at: row.created_at,
    expires_at: row.expires_at,
    is_expired: row.expires_at !== null && row.expires_at <= now.toISOString(),
    last_used_at: row.last_used_at,
    last_used_ip: row.last_used_address,
    last_used_user_agent: row.last_used_program,
  };
}
