import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { findApiKey, hashApiKey, touchApiKey } from '../identity/api-keys.ts';
import type { FoundApiKey } from '../identity/api-keys.ts';
import type { Source } from './caller.ts';
import { noteFailure } from './keys/note-failure.ts';

/** Why a key that there is does not count any more. */
type Fault = 'revoked' | 'ended' | 'account';

/**
 * The API key that somebody presents, which counts; notes that it was used. It is found by its hash, so that nothing of it
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
  const by = { column: 'secret_hash', value: hashApiKey(secret) } as const;
  const found = await findApiKey(context, by);
  if (found === null) throw await refused(context, by.value, source);
  await touchApiKey(context, found.key, source);
  return found;
}

async function refused(context: ServerContext, hash: string, { ip }: Source): Promise<ApiError> {
  const row = await context.db
    .selectFrom('api_keys')
    .innerJoin('organizations', 'organizations.id', 'api_keys.org_id')
    .innerJoin('users', 'users.id', 'api_keys.user_id')
    .select(['api_keys.id', 'user_id', 'revoked_at', 'expires_at', 'users.username', 'organizations.slug'])
    .where('secret_hash', '=', hash)
    .executeTakeFirst();
  if (row === undefined) return refusedUnknown(context, ip);
  const fault = faultOf(row, context.now());
  await noteFailure(
    context,
    row.id,
    { id: row.user_id, name: row.username, ip },
    { action: 'auth.api_key_refused', target: row.id, org: row.slug, details: { reason: fault } },
  );
  return new ApiError('key_revoked', `This API key ${words[fault]}. Make a new one.`);
}

function faultOf(row: { revoked_at: string | null; expires_at: string | null }, now: Date): Fault {
  if (row.revoked_at !== null) return 'revoked';
  return row.expires_at !== null && row.expires_at <= now.toISOString() ? 'ended' : 'account';
}

const words: Record<Fault, string> = {
  revoked: 'was revoked',
  ended: 'has come to its end',
  account: 'belongs to an account that may not use it any more',
};

/** What the failures of unknown keys are counted under. */
const unknown = 'unknown API keys';

async function refusedUnknown(context: ServerContext, ip: string): Promise<ApiError> {
  const seconds = context.tokenRefusals.pausedFor(`${unknown} ${networkOf(ip)}`);
  if (seconds !== null) {
    const message =
      'Too many API keys that this server does not know. Wait a few minutes, and check the key.';
    return new ApiError('rate_limited', message, {
      details: { retry_after: seconds },
      retryAfterSeconds: seconds,
    });
  }
  const event = { action: 'auth.api_key_refused', details: { reason: 'unknown' } };
  await noteFailure(context, unknown, { ip }, event);
  return new ApiError('key_revoked', 'This server does not know this API key. Check it, or make a new one.');
}
