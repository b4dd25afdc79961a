import { z } from 'zod';
import { loginPath } from '../../../../contracts/server-api/artifact-keeper/session.ts';
import { passwordPathOf } from '../../../../contracts/server-api/artifact-keeper/users.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { bearer } from '../../service/authorization.ts';
import { askService, failureOf, type Failed, type ServiceDeps } from '../../service/client.ts';
import { loginAnswer } from '../../service/dialects/artifact-keeper-sign-in.ts';
import { artifactKeeperForms, artifactKeeperRefusal } from '../../service/dialects/artifact-keeper.ts';
import { readAnswer } from '../../service/read-answer.ts';

/** Longer than other requests: a password is checked slowly, and a directory may have to be asked. */
const timeoutMs = 20_000;

export interface NameAndPassword {
  username: string;
  password: string;
}

/**
 * Signs in with a password: `POST /api/v1/auth/login`.
 *
 * @throws KeyholdError `password_wrong`; `sign_in_limited` with the time until another try, after too many that failed;
 *   `sign_in_unavailable` where the service answers that it cannot check passwords now; `second_factor_wanted`;
 *   `service_refused` with its words, `server_unreachable`, `not_a_keyhold_server`.
 */
export async function logIn(
  deps: ServiceDeps,
  origin: string,
  { username, password }: NameAndPassword,
): Promise<Exclude<z.output<typeof loginAnswer>, { kind: 'second_factor' }>> {
  const request = {
    method: 'POST' as const,
    url: `${origin}${loginPath}`,
    body: { username, password },
    timeoutMs,
  };
  const answer = await askService(deps, request, artifactKeeperForms(loginAnswer));
  if (answer.kind !== 'answered') throw loginFailure(answer);
  if (answer.value.kind === 'second_factor') throw new KeyholdError('second_factor_wanted');
  return answer.value;
}

function loginFailure(failed: Failed): KeyholdError {
  if (failed.kind === 'refused' && failed.status === 401) return new KeyholdError('password_wrong');
  if (failed.kind === 'unreachable' && failed.status === 429)
    return new KeyholdError('sign_in_limited', { retryAfterMs: failed.retryAfterMs ?? 0 });
  if (failed.kind === 'unreachable' && failed.status !== null) return new KeyholdError('sign_in_unavailable');
  return failureOf(failed, {});
}

/**
 * Chooses another password: `POST /api/v1/users/{id}/password`, which ends all sessions of the account.
 *
 * @param access - Of the sign-in that wants it.
 * @throws KeyholdError `service_refused` with what the service says of it, `server_unreachable`, `not_a_keyhold_server`.
 */
export async function choosePassword(
  deps: ServiceDeps,
  origin: string,
  access: string,
  { userId, current, chosen }: { userId: string; current: string; chosen: string },
): Promise<void> {
  const answer = await askService(
    deps,
    {
      method: 'POST',
      url: `${origin}${passwordPathOf(encodeURIComponent(userId))}`,
      headers: bearer(access),
      body: { current_password: current, new_password: chosen },
      timeoutMs,
    },
    {
      value: ({ text }) => text === '' || readAnswer(text, z.looseObject({})) !== null || null,
      refusal: artifactKeeperRefusal,
    },
  );
  if (answer.kind !== 'answered') throw failureOf(answer, {});
}
