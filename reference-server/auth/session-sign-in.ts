import type { ServerContext } from '../context.ts';
import type { Actor } from '../db/write.ts';
import { signInWithPassword } from './password-sign-in.ts';
import type { PasswordAttempt } from './password-sign-in.ts';
import { endSession, startSession } from './sessions.ts';
import type { Session } from './sessions.ts';

/**
 * Signs a user in with a password and starts a session.
 *
 * @throws ApiError 401 or 429 as `signInWithPassword` does.
 */
export async function openSession(
  context: ServerContext,
  attempt: PasswordAttempt,
): Promise<{ token: string; session: Session }> {
  const user = await signInWithPassword(context, attempt);
  const actor = { id: user.id, name: user.username, ip: attempt.ip };
  return context.write(actor, async (tx, audit) => {
    const details = { method: 'password', via: attempt.via };
    audit({ action: 'auth.sign_in', outcome: 'success', details });
    return startSession(tx, user, context.now());
  });
}

/** Ends the session of an id, which is the actor's. */
export async function closeSession(context: ServerContext, id: string, actor: Actor): Promise<void> {
  await context.write(actor, async (tx, audit) => {
    await endSession(tx, id);
    audit({ action: 'auth.sign_out', outcome: 'success' });
  });
}
