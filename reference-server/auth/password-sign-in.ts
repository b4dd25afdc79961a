import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { hideSecrets } from '../http/hide-secrets.ts';
import { deniedError, denialOf } from '../identity/accounts.ts';
import { findUserByLogin } from '../identity/users.ts';
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
 * and a closed account give the same error after the same work; whom an operator denied, learns it by the right
 * password. Failures go to the audit log.
 *
 * @throws ApiError 401 `invalid_credentials`, 403 with the operator's note, or 429 `rate_limited` as `SignInLimits` says.
 */
export async function signInWithPassword(
  context: ServerContext,
  attempt: PasswordAttempt,
): Promise<UserTable> {
  const user = await findUserByLogin(context.db, attempt.username);
  const outcome = await context.signInLimits.attempt({
    name: attempt.username,
    account: user?.id ?? null,
    network: networkOf(attempt.ip),
    check: async () => {
      // An empty password is never right, whatever the hash says.
      const matches =
        (await verifyPassword(user?.password_hash ?? null, attempt.password)) && attempt.password !== '';
      if (!matches || user === null) return null;
      const denial = user.status === 'disabled' ? await denialOf(context.db, user.id) : null;
      return user.status === 'disabled' && denial === null ? null : { user, denial };
    },
    pretend: async () => {
      await verifyPassword(null, attempt.password);
    },
  });
  if (outcome.kind === 'paused') throw tooManyFailures(outcome.seconds);
  const denial = outcome.kind === 'right' ? outcome.value.denial : null;
  if (outcome.kind === 'right' && denial === null) return outcome.value.user;
  const who = user === null ? {} : { id: user.id, name: user.username };
  await context.write({ ...who, ip: attempt.ip }, (_tx, audit) => {
    const details = { method: 'password', via: attempt.via };
    audit({ action: 'auth.sign_in', outcome: 'failure', target: hideSecrets(attempt.username), details });
  });
  if (denial !== null) throw deniedError(denial);
  throw new ApiError(
    'invalid_credentials',
    'The user name or the password is wrong. After five failed tries wait for five minutes.',
  );
}

/** The refusal of a sign-in after too many that failed. */
export function tooManyFailures(seconds: number): ApiError {
  const minutes = Math.ceil(seconds / 60);
  const wait = minutes === 1 ? 'a minute' : `${String(minutes)} minutes`;
  return new ApiError('rate_limited', `Too many failed sign-ins. Try again in ${wait}.`, {
    details: { retry_after: seconds },
    retryAfterSeconds: seconds,
  });
}
