import type { ServerContext } from '../context.ts';
import type { Actor } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { findUser } from '../identity/users.ts';
import { tooManyFailures } from './password-sign-in.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { endSessionsOf } from './sessions.ts';

/**
 * Gives a user another password, by their own. All sessions end: whoever knew the old one is out. Guesses of it count as
 * failed sign-ins.
 *
 * @throws ApiError 401 `invalid_credentials`, 429; 400 where the new one is the old one, 409 where somebody else changed it
 *   meanwhile.
 */
export async function changeOwnPassword(
  context: ServerContext,
  actor: Actor & { id: string; ip: string },
  { current, chosen }: { current: string; chosen: string },
): Promise<void> {
  const user = await findUser(context.db, actor.id);
  if (user === null) throw notFound('The account');
  const outcome = await context.signInLimits.attempt({
    name: user.username,
    account: user.id,
    network: networkOf(actor.ip),
    check: async () => ((await verifyPassword(user.password_hash, current)) ? true : null),
    pretend: async () => {
      await verifyPassword(null, current);
    },
  });
  if (outcome.kind === 'paused') throw tooManyFailures(outcome.seconds);
  if (outcome.kind === 'wrong') {
    await context.write(actor, (_tx, audit) => {
      audit({ action: 'auth.password_changed', outcome: 'failure', target: user.username });
    });
    throw new ApiError('invalid_credentials', 'The current password is wrong. Nothing was changed.');
  }
  if (chosen === current) {
    throw new ApiError('invalid_request', 'new_password: Must be another one than the current password.');
  }
  const hash = await hashPassword(chosen);
  await context.write(actor, async (tx, audit) => {
    const changed = await tx
      .updateTable('users')
      .set({ password_hash: hash, must_change_password: 0 })
      .where('id', '=', user.id)
      .where('password_hash', '=', user.password_hash)
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) {
      throw new ApiError('conflict', 'The password was changed by somebody else meanwhile. Sign in again.');
    }
    await endSessionsOf(tx, user.id);
    audit({ action: 'auth.password_changed', outcome: 'success', target: user.username });
  });
}
