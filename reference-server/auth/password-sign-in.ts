import type { ServerContext } from '../context.ts';
import type { UserTable } from '../db/schema.ts';
import { ApiError } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import { hideSecrets } from '../http/hide-secrets.ts';
import { deniedError, denialOf } from '../identity/accounts.ts';
import { findUserByLogin } from '../identity/users.ts';
import { DirectoryProblem } from './ldap/problems.ts';
import { userInDirectory } from './ldap/sign-in.ts';
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
 * @throws ApiError 401 `invalid_credentials`, 403 with the operator's note, 429 `rate_limited` as `SignInLimits` says, or
 *   502 `provider_unreachable` where the directory cannot be asked.
 */
export async function signInWithPassword(
  context: ServerContext,
  attempt: PasswordAttempt,
): Promise<UserTable> {
  const user = await findUserByLogin(context.db, attempt.username);
  const problems: DirectoryProblem[] = [];
  // Said after the try was counted.
  const noteProblem = (error: unknown): null => {
    if (!(error instanceof DirectoryProblem)) throw error;
    problems.push(error);
    return null;
  };
  const outcome = await context.signInLimits.attempt({
    name: attempt.username,
    account: user?.id ?? null,
    network: networkOf(attempt.ip),
    check: async () => {
      const found = await checkPassword(context, user, attempt).catch(noteProblem);
      if (found === null) return null;
      const denial = found.status === 'disabled' ? await denialOf(context.db, found.id) : null;
      return found.status === 'disabled' && denial === null ? null : { user: found, denial };
    },
    pretend: async () => {
      await verifyPassword(null, attempt.password);
      await context.directory?.pretend().catch(noteProblem);
    },
  });
  if (outcome.kind === 'paused') throw tooManyFailures(outcome.seconds);
  const denial = outcome.kind === 'right' ? outcome.value.denial : null;
  if (outcome.kind === 'right' && denial === null) return outcome.value.user;
  const who = user === null ? {} : { id: user.id, name: user.username };
  const [problem] = problems;
  await context.write({ ...who, ip: attempt.ip }, (_tx, audit) => {
    const directory = problem === undefined ? {} : { directory: problem.message };
    const details = { method: 'password', via: attempt.via, ...directory };
    audit({ action: 'auth.sign_in', outcome: 'failure', target: hideSecrets(attempt.username), details });
  });
  if (denial !== null) throw deniedError(denial);
  if (problem !== undefined) throw directoryAway();
  const { failures, windowSeconds } = context.signInLimits.rules.name;
  const tries = failures === 1 ? 'a failed try' : `${String(failures)} failed tries`;
  throw new ApiError(
    'invalid_credentials',
    `The user name or the password is wrong. After ${tries} wait for ${minutesOf(windowSeconds)}.`,
  );
}

/** Whom a password belongs to: an account of this server first, then one of the directory. */
async function checkPassword(
  context: ServerContext,
  user: UserTable | null,
  attempt: PasswordAttempt,
): Promise<UserTable | null> {
  // An empty password is never right, whatever the hash says.
  const isRight =
    (await verifyPassword(user?.password_hash ?? null, attempt.password)) && attempt.password !== '';
  return isRight ? user : userInDirectory(context, { user, ...attempt });
}

/** The same for all names that the directory might know and for wrong passwords of others. */
function directoryAway(): ApiError {
  return new ApiError(
    'provider_unreachable',
    'The user name or the password is wrong, or they are those of the directory, which does not answer as it should. ' +
      'Try again later, or ask whoever runs this server.',
  );
}

/** The refusal of a sign-in after too many that failed. */
export function tooManyFailures(seconds: number): ApiError {
  return new ApiError('rate_limited', `Too many failed sign-ins. Try again in ${minutesOf(seconds)}.`, {
    details: { retry_after: seconds },
    retryAfterSeconds: seconds,
  });
}

function minutesOf(seconds: number): string {
  const minutes = Math.ceil(seconds / 60);
  return minutes === 1 ? 'a minute' : `${String(minutes)} minutes`;
}
