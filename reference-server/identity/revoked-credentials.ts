import type { ServerContext } from '../context.ts';
import type { Tx } from '../db/write.ts';
import { publish } from '../events/event-log.ts';

/**
 * Revokes, for good, what programs sign in with in a user's place: public keys, API keys and API tokens. Codes of
 * programs that are being signed in end as well.
 *
 * @returns how many of each, by their names in the audit log
 */
export async function revokeCredentialsOf(
  context: Pick<ServerContext, 'now'>,
  tx: Tx,
  userId: string,
): Promise<Record<string, number>> {
  await tx.deleteFrom('login_codes').where('user_id', '=', userId).execute();
  const revoked = { revoked_at: context.now().toISOString() };
  const keys = await tx
    .updateTable('public_keys')
    .set(revoked)
    .where('principal_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  const tokens = await tx
    .updateTable('api_tokens')
    .set(revoked)
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst();
  return {
    keys_revoked: Number(keys.numUpdatedRows),
    api_keys_revoked: await revokeApiKeysOf(context, tx, userId),
    api_tokens_revoked: Number(tokens.numUpdatedRows),
  };
}

/** Revokes a user's API keys, those of one organization where it is named. @returns how many */
export async function revokeApiKeysOf(
  context: Pick<ServerContext, 'now'>,
  tx: Tx,
  userId: string,
  orgId?: string,
): Promise<number> {
  const revoked = await tx
    .updateTable('api_keys')
    .set({ revoked_at: context.now().toISOString() })
    .where('user_id', '=', userId)
    .where('revoked_at', 'is', null)
    .$if(orgId !== undefined, (query) => query.where('org_id', '=', orgId ?? ''))
    .returning(['id', 'org_id'])
    .execute();
  for (const { id, org_id } of revoked) {
    const data = { action: 'revoked', id, user_id: userId };
    await publish(context, tx, { org_id, type: 'api-key.changed.v1', data });
  }
  return revoked.length;
}
