import type { Transaction } from 'kysely';
import type { ServerContext } from '../../context.ts';
import type { Database } from '../../db/schema.ts';

/**
 * Notes that a token was used, and forgets those that have expired, for their time alone refuses them.
 *
 * @param kid - The key that signed the token.
 * @param claims - `exp` in seconds since 1970.
 * @returns False when it was used before.
 */
export async function useOnce(
  context: ServerContext,
  kid: string,
  claims: { jti: string; exp: number },
  transaction: Transaction<Database>,
): Promise<boolean> {
  const now = context.now().toISOString();
  await transaction.deleteFrom('used_registration_tokens').where('expires_at', '<=', now).execute();
  const used = await transaction
    .selectFrom('used_registration_tokens')
    .select('jti')
    .where('kid', '=', kid)
    .where('jti', '=', claims.jti)
    .executeTakeFirst();
  if (used !== undefined) return false;
  const expiresAt = new Date(claims.exp * 1000).toISOString();
  await transaction
    .insertInto('used_registration_tokens')
    .values({ kid, jti: claims.jti, expires_at: expiresAt })
    .execute();
  return true;
}
