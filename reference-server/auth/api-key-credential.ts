import type { ServerContext } from '../context.ts';
import { findApiKey } from '../identity/api-keys.ts';
import type { FoundApiKey } from '../identity/api-keys.ts';
import { hashSecret } from '../identity/secret-hash.ts';
import type { Source } from './caller.ts';
import { refuseSecret } from './refuse-secret.ts';

/**
 * The API key that somebody presents, which counts. It is found by its hash, so that nothing of it
 * is compared piece by piece. Refusals go to the audit log. Unknown keys are told to wait once a network sent too many; keys
 * that count are taken all the same, so that nobody can shut out the rest of their network.
 *
 * @throws ApiError 401 `key_revoked`, 429 for unknown keys.
 */
export async function verifyApiKey(
  context: ServerContext,
  secret: string,
  source: Source,
): Promise<FoundApiKey> {
  const by = { column: 'secret_hash', value: hashSecret(secret) } as const;
  const found = await findApiKey(context, by);
  if (found === null) {
    const row = await findAnyKey(context, by.value);
    throw await refuseSecret(context, 'api-key', row ?? null, source.ip);
  }
  return found;
}

function findAnyKey({ db }: ServerContext, hash: string) {
  return db
    .selectFrom('api_keys')
    .innerJoin('organizations', 'organizations.id', 'api_keys.org_id')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .select(['api_keys.id', 'user_id', 'revoked_at', 'expires_at', 'users.username'])
    .select('organizations.slug as org')
    .where('secret_hash', '=', hash)
    .executeTakeFirst();
}
