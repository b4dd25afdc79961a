import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import { signInWithPassword } from './password-sign-in.ts';
import type { PasswordAttempt } from './password-sign-in.ts';
import { startSession } from './sessions.ts';

/**
 * Signs a user in with a password and starts a session.
 *
 * @throws ApiError 401 or 429 as `signInWithPassword` does.
 */
export async function openSession(
  context: ServerContext,
  attempt: PasswordAttempt,
): Promise<{ user: UserTable; token: string }> {
  const user = await signInWithPassword(context, attempt);
  const { token } = await startSession(context, user);
  await context.audit.append({
    action: 'auth.sign_in',
    outcome: 'success',
    actor: { id: user.id, name: user.username },
    ip: attempt.ip,
    details: { method: 'password', via: attempt.via },
  });
  return { user, token };
}
