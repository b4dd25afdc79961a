import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import { ApiError } from '../errors.ts';
import { findUserByLogin } from '../identity/users.ts';
import { isLimited } from './failure-limiter.ts';
import { verifyPassword } from './passwords.ts';

/** One try to sign in with a password. `via` says through which door, for the audit log. */
export interface PasswordAttempt {
  username: string;
  password: string;
  ip: string;
  via: 'api' | 'web' | 'basic';
}

/**
 * Finds the user whom a user name (or e-mail address) and password belong to. An unknown user, a wrong password
 * and a disabled account give the same error after the same work. Failures go to the audit log.
 *
 * @throws ApiError 401 `invalid_credentials`, or 429 `rate_limited` after five failures in five minutes for the same
 *   account and address.
 */
export async function signInWithPassword(
  context: ServerContext,
  attempt: PasswordAttempt,
): Promise<UserTable> {
  const user = await findUserByLogin(context.db, attempt.username);
  const account = user?.id ?? attempt.username.trim().toLowerCase();
  const result = await context.loginFailures.attempt(`login ${account} ${attempt.ip}`, async () => {
    // An empty password is never right, whatever the hash says.
    const matches =
      (await verifyPassword(user?.password_hash ?? null, attempt.password)) && attempt.password !== '';
    return matches && user?.status === 'active' ? user : null;
  });
  if (isLimited(result)) throw tooManyFailures(result.retryAfterSeconds);
  if (result !== null) return result;
  await context.audit.append({
    action: 'auth.sign_in',
    outcome: 'failure',
    ...(user === null ? {} : { actor: { id: user.id, name: user.username } }),
    target: attempt.username,
    ip: attempt.ip,
    details: { method: 'password', via: attempt.via },
  });
  throw new ApiError('invalid_credentials', 'The user name or the password is wrong.');
}

function tooManyFailures(seconds: number): ApiError {
  const minutes = Math.ceil(seconds / 60);
  const wait = minutes === 1 ? 'a minute' : `${String(minutes)} minutes`;
  return new ApiError('rate_limited', `Too many failed sign-ins for this account. Try again in ${wait}.`, {
    details: { retry_after: seconds },
    retryAfterSeconds: seconds,
  });
}
