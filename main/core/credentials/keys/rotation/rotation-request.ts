import type { KeySummary } from '../../../../../contracts/domain/key.ts';
import type { RotationProblem } from '../../../../../contracts/domain/rotation.ts';
import { limits } from '../../../../../contracts/domain/limits.ts';
import { rotateKeyPath, subjectOf } from '../../../../../contracts/server-api/index.ts';
import type { RotateKeyRequest, RotationTokenClaims } from '../../../../../contracts/server-api/index.ts';
import type { Account } from '../../../service/account.ts';
import { bearer } from '../../../service/authorization.ts';
import { askService } from '../../../service/client.ts';
import type { Answer } from '../../../service/client.ts';
import { keyholdRefusal } from '../../../service/dialects/keyhold.ts';
import type { HttpClient } from '../../../ports/http.ts';
import { signRegistrationToken } from '../registration-token.ts';
import { askWhoami, isNotAccepted } from '../../../service/whoami.ts';
import { signApiToken } from '../api-token.ts';
import type { ApiTokenDeps } from '../api-token.ts';

const timeoutMs = 10_000;
/** Life of a rotation token, seconds; services let it live five minutes from `iat` at most. */
const rotationTtl = 4 * 60;
/** Life of the token that proves a key, seconds. */
const proofTtl = 2 * 60;

/**
 * Has a context's service register a new key by the authority of an old one: `POST /v1/keys/rotate` with the new
 * key's registration token and a rotation token (`typ` `rotation+jwt`) of the old one.
 *
 * @returns Null when it did; never throws for what the network does.
 * @throws KeyholdError `vault_locked`.
 */
export async function requestRotation(
  deps: ApiTokenDeps & { http: HttpClient },
  account: Account,
  { oldKey, newKey }: { oldKey: KeySummary; newKey: KeySummary },
  signal: AbortSignal,
): Promise<RotationProblem | null> {
  const body: RotateKeyRequest = {
    registration_token: signRegistrationToken(deps, account, newKey).token,
    rotation_token: signRotationToken(deps, account, oldKey.kid, newKey.kid),
  };
  const request = {
    method: 'POST' as const,
    url: `${account.origin}${rotateKeyPath}`,
    body,
    timeoutMs,
    signal,
  };
  const answer = await askService(deps, request, {
    // What it says of the key is not read: the key proves itself next.
    value: ({ status }) => (status === 201 ? true : null),
    refusal: keyholdRefusal,
  });
  return answer.kind === 'refused' && isNotAccepted(answer.code)
    ? 'old_key_refused'
    : problemOf(answer, 'refused');
}

/** Why nothing came of a request, in a rotation's words; null when it did. */
function problemOf(answer: Answer<unknown>, refused: RotationProblem): RotationProblem | null {
  switch (answer.kind) {
    case 'answered':
      return null;
    case 'refused':
      return refused;
    case 'unreachable':
      return 'server_unreachable';
    case 'foreign':
      return 'not_a_keyhold_server';
  }
}

function signRotationToken(
  { keys, clock, random }: ApiTokenDeps,
  account: Account,
  kid: string,
  newKid: string,
): string {
  const now = Math.floor(clock.now().getTime() / 1000);
  const claims = {
    iss: account.userId,
    sub: account.userId,
    aud: account.origin,
    iat: now - limits.backdate,
    exp: now + rotationTtl,
    jti: random.uuid(),
    new_kid: newKid,
  } satisfies RotationTokenClaims;
  return keys.signJwt(kid, { alg: keys.terms(account.id).signingAlg, typ: 'rotation+jwt', kid }, claims);
}

/**
 * Has a key sign in at its context's service, as the context's user.
 *
 * @returns Null when it did; never throws for what the network does.
 * @throws KeyholdError `vault_locked`.
 */
export async function proveKey(
  deps: ApiTokenDeps & { http: HttpClient },
  account: Account,
  kid: string,
  signal: AbortSignal,
): Promise<RotationProblem | null> {
  const { token } = signApiToken(deps, account, kid, proofTtl);
  const answer = await askWhoami(deps, account.origin, bearer(token), signal);
  if (answer.kind !== 'answered') return problemOf(answer, 'not_accepted');
  return subjectOf(answer.value) === account.userId ? null : 'not_accepted';
}
