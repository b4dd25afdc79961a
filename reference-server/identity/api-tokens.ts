import { readScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { TokenScope } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import type { ServerContext } from '../context.ts';
import { stillCounts } from '../db/secret-columns.ts';
import type { ApiTokenTable } from '../db/directory-schema.ts';
import type { UserTable } from '../db/schema.ts';
import type { Reader } from '../db/write.ts';

/** An API token that counts, whose it is, and what it is limited to. */
export interface FoundApiToken {
  token: ApiTokenTable;
  user: UserTable;
  scopes: ReadonlySet<TokenScope>;
  /** Ids; null for all. */
  repositories: ReadonlySet<string> | null;
}

/**
 * The API token with this `id` or `secret_hash`, or null where there is none, it was revoked or has ended, or its user's
 * account is closed.
 */
export async function findApiToken(
  { db, now }: Pick<ServerContext, 'db' | 'now'>,
  by: { column: 'id' | 'secret_hash'; value: string },
): Promise<FoundApiToken | null> {
  const token = await db
    .selectFrom('api_tokens')
    .selectAll()
    .where(by.column, '=', by.value)
    .where(stillCounts(now()))
    .executeTakeFirst();
  if (token === undefined) return null;
  const user = await db
    .selectFrom('users')
    .selectAll()
    .where('id', '=', token.user_id)
    .where('status', '!=', 'disabled')
    .executeTakeFirst();
  if (user === undefined) return null;
  const named = token.all_repositories === 1 ? null : await repositoriesOf(db, [token.id]);
  const repositories = named && new Set(named.get(token.id));
  return { token, user, scopes: new Set(scopesOf(token)), repositories };
}

/** The scopes of a token, as it was made with. */
export function scopesOf({ scopes }: Pick<ApiTokenTable, 'scopes'>): TokenScope[] {
  return scopes.split(',').flatMap((scope) => readScope(scope) ?? []);
}

/** The ids of the repositories that tokens name, by the tokens' ids. */
export async function repositoriesOf(db: Reader, ids: readonly string[]): Promise<Map<string, string[]>> {
  if (ids.length === 0) return new Map();
  const rows = await db
    .selectFrom('api_token_repositories')
    .selectAll()
    .where('token_id', 'in', ids)
    .orderBy('repository_id')
    .execute();
  const found = Map.groupBy(rows, ({ token_id }) => token_id);
  return new Map([...found].map(([id, all]) => [id, all.map(({ repository_id }) => repository_id)]));
}
