import type { ServerContext } from '../context.ts';
import { findApiToken } from '../identity/api-tokens.ts';
import type { FoundApiToken } from '../identity/api-tokens.ts';
import { hashSecret } from '../identity/secret-hash.ts';
import type { Source } from './caller.ts';
import { refuseSecret } from './refuse-secret.ts';

/**
 * The API token that somebody presents, which counts; as `verifyApiKey`.
 *
 * @throws ApiError 401 `key_revoked`, 429 for unknown tokens.
 */
export async function verifyPersonalToken(
  context: ServerContext,
  secret: string,
  source: Source,
): Promise<FoundApiToken> {
  const by = { column: 'secret_hash', value: hashSecret(secret) } as const;
  const found = await findApiToken(context, by);
  if (found === null) {
    const row = await findAnyToken(context, by.value);
    throw await refuseSecret(context, 'api-token', row ?? null, source.ip);
  }
  return found;
}

function findAnyToken({ db }: ServerContext, hash: string) {
  return db
    .selectFrom('api_tokens')
    .innerJoin('users', 'users.id', 'api_tokens.user_id')
    .select(['api_tokens.id', 'user_id', 'revoked_at', 'expires_at', 'users.username'])
    .where('secret_hash', '=', hash)
    .executeTakeFirst();
}
