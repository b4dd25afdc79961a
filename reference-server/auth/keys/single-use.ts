import type { Tx } from '../../db/write.ts';

/**
 * Notes that a token was used, and forgets those that have expired, for their time alone refuses them.
 *
 * @param kid - The key that signed the token.
 * @param claims - `exp` in seconds since 1970.
 * @returns False when it was used before.
 */
export async function useOnce(
  tx: Tx,
  kid: string,
  claims: { jti: string; exp: number },
  now: Date,
): Promise<boolean> {
  await tx.deleteFrom('used_registration_tokens').where('expires_at', '<=', now.toISOString()).execute();
  const expiresAt = new Date(claims.exp * 1000).toISOString();
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('used_registration_tokens')
    .values({ kid, jti: claims.jti, expires_at: expiresAt })
    .onConflict((conflict) => conflict.columns(['kid', 'jti']).doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}
