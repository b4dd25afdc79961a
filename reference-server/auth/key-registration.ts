import type { Transaction } from 'kysely';
import type { PublicKey } from '../../contracts/server-api/keys.ts';
import type { ServerContext } from '../context.ts';
import type { Database, PublicKeyTable } from '../db/schema.ts';
import { ApiError } from '../errors.ts';
import { toPublicKey } from '../identity/keys.ts';
import { verifyRegistrationToken } from './registration-token.ts';
import type { VerifiedRegistration } from './registration-token.ts';

/**
 * Registers the key of a registration token for the signed-in user. Success and failure both go to the audit log.
 *
 * @param token - The registration token, exactly.
 * @throws ApiError 400 for a token that is refused, 409 for one used before or a key that is already known.
 */
export async function registerKey(
  context: ServerContext,
  user: { id: string; name: string },
  token: string,
  ip: string,
): Promise<PublicKey> {
  try {
    const expected = { userId: user.id, origin: context.origin(), now: context.now() };
    const verified = await verifyRegistrationToken(token, expected);
    return await context.db.transaction().execute(async (transaction) => {
      await useOnce(context, verified, transaction);
      const key = await insertKey(context, user.id, verified, transaction);
      await context.audit.append(
        {
          action: 'key.registered',
          outcome: 'success',
          actor: user,
          target: key.kid,
          ip,
          details: { name: key.name },
        },
        transaction,
      );
      return toPublicKey(key);
    });
  } catch (error) {
    if (error instanceof ApiError) {
      const details = { reason: error.code };
      await context.audit.append({ action: 'key.registered', outcome: 'failure', actor: user, ip, details });
    }
    throw error;
  }
}

async function useOnce(
  context: ServerContext,
  { kid, claims }: VerifiedRegistration,
  transaction: Transaction<Database>,
): Promise<void> {
  const now = context.now().toISOString();
  await transaction.deleteFrom('used_registration_tokens').where('expires_at', '<=', now).execute();
  const used = await transaction
    .selectFrom('used_registration_tokens')
    .select('jti')
    .where('kid', '=', kid)
    .where('jti', '=', claims.jti)
    .executeTakeFirst();
  if (used !== undefined) {
    throw new ApiError(
      'registration_token_replayed',
      'This registration token was used before; each works once. If its key is not in the list, make a new token.',
    );
  }
  const expiresAt = new Date(claims.exp * 1000).toISOString();
  await transaction
    .insertInto('used_registration_tokens')
    .values({ kid, jti: claims.jti, expires_at: expiresAt })
    .execute();
}

async function insertKey(
  context: ServerContext,
  userId: string,
  { kid, x, claims }: VerifiedRegistration,
  transaction: Transaction<Database>,
): Promise<PublicKeyTable> {
  const known = await transaction
    .selectFrom('public_keys')
    .select(['user_id', 'revoked_at'])
    .where('kid', '=', kid)
    .executeTakeFirst();
  if (known !== undefined) throw conflictWith(known, userId);
  const now = context.now().toISOString();
  const key: PublicKeyTable = {
    kid,
    user_id: userId,
    name: claims.name ?? `Key of ${now.slice(0, 10)}`,
    x,
    created_at: now,
    last_used_at: null,
    revoked_at: null,
  };
  await transaction.insertInto('public_keys').values(key).execute();
  return key;
}

function conflictWith(known: Pick<PublicKeyTable, 'user_id' | 'revoked_at'>, userId: string): ApiError {
  if (known.user_id !== userId) {
    return new ApiError('conflict', 'This key belongs to another user. Make a new key in the app.');
  }
  return known.revoked_at === null
    ? new ApiError('conflict', 'This key is already registered; there is nothing to do.')
    : new ApiError('conflict', 'This key was revoked and cannot come back. Make a new key in the app.');
}
