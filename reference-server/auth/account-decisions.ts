import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import type { Actor, Tx } from '../db/write.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { revokeCredentialsOf } from '../identity/revoked-credentials.ts';
import { endSessionsOf } from './sessions.ts';

type Decision = 'approved' | 'denied';

const statusAfter = { approved: 'active', denied: 'disabled' } as const;

/**
 * Decides about an account that waits. Who is denied is signed out everywhere, and what an approval that was undone
 * let them make is revoked for good; the note is for the person to read.
 *
 * @throws ApiError 404 where there is no such account, 409 where it does not wait: of two operators at once the second
 *   is told what the first one decided.
 */
export async function decideAccount(
  context: ServerContext,
  userId: string,
  decision: Decision,
  note: string,
  operator: Actor,
): Promise<void> {
  await context.write(operator, async (tx, audit) => {
    const user = await tx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (user === undefined) throw notFound(`The account ${userId}`);
    const changed = await tx
      .updateTable('users')
      .set({ status: statusAfter[decision] })
      .where('id', '=', userId)
      .where('status', '=', 'pending')
      .executeTakeFirst();
    if (changed.numUpdatedRows === 0n) throw await decidedAlready(tx, user);
    const row = {
      decision,
      note,
      decided_by: operator.id,
      decided_at: context.now().toISOString(),
    };
    await tx
      .insertInto('account_decisions')
      .values({ user_id: userId, ...row })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
      .execute();
    if (decision === 'denied') await endSessionsOf(tx, userId);
    const details = decision === 'denied' ? await revokeCredentialsOf(context, tx, userId) : {};
    audit({ action: `account.${decision}`, outcome: 'success', target: user.username, details });
  });
}

/**
 * Takes a decision back: the account waits again. What it was denied or approved with, its person does not read any more.
 * Of an administrator none is taken back: a server keeps at least one, and operators need not be administrators.
 *
 * @throws ApiError 404 where there is no such account, 409 where nothing was decided, the account was closed otherwise, or
 *   is an administrator's.
 */
export async function undoDecision(context: ServerContext, userId: string, operator: Actor): Promise<void> {
  await context.write(operator, async (tx, audit) => {
    const user = await tx.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirst();
    if (user === undefined) throw notFound(`The account ${userId}`);
    if (user.role === 'admin') throw isAdministrator(user);
    const made = await tx
      .deleteFrom('account_decisions')
      .where('user_id', '=', userId)
      .returning('decision')
      .executeTakeFirst();
    if (made === undefined || user.status !== statusAfter[made.decision]) {
      const message = `There is no decision about the account ${user.username} that could be undone.`;
      throw new ApiError('conflict', message);
    }
    await tx.updateTable('users').set({ status: 'pending' }).where('id', '=', userId).execute();
    const details = { decision: made.decision };
    audit({ action: 'account.decision_undone', outcome: 'success', target: user.username, details });
  });
}

function isAdministrator({ username }: UserTable): ApiError {
  const message = `${username} is an administrator of this server. Another administrator has to take that role first.`;
  return new ApiError('conflict', message);
}

async function decidedAlready(tx: Tx, { id, username }: UserTable): Promise<ApiError> {
  const made = await tx
    .selectFrom('account_decisions')
    .leftJoin('users', 'users.id', 'account_decisions.decided_by')
    .select(['decision', 'users.username as operator'])
    .where('user_id', '=', id)
    .executeTakeFirst();
  const message =
    made === undefined
      ? `The account ${username} does not wait for anybody.`
      : `${made.operator ?? 'Another operator'} has already ${made.decision} the account ${username}.`;
  return new ApiError('conflict', message);
}
