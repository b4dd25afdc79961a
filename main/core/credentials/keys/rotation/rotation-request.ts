import type { KeySummary } from '../../../../../contracts/domain/key.ts';
import type { RotationProblem } from '../../../../../contracts/domain/rotation.ts';
import { limits } from '../../../../../contracts/domain/limits.ts';
import { apiErrorBodySchema, rotateKeyPath, subjectOf } from '../../../../../contracts/server-api/index.ts';
import type { RotateKeyRequest, RotationTokenClaims } from '../../../../../contracts/server-api/index.ts';
import type { StoredContext } from '../../../contexts/context-store.ts';
import { readAnswer } from '../../../service/read-answer.ts';
import { HttpRefused, HttpUnreachable } from '../../../ports.ts';
import type { HttpClient, HttpResponse } from '../../../ports.ts';
import { signRegistrationToken } from '../registration-token.ts';
import { askWhoami } from '../../../service/whoami.ts';
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
  context: StoredContext,
  { oldKey, newKey }: { oldKey: KeySummary; newKey: KeySummary },
  signal: AbortSignal,
): Promise<RotationProblem | null> {
  const body: RotateKeyRequest = {
    registration_token: signRegistrationToken(deps, context, newKey).token,
    rotation_token: signRotationToken(deps, context, oldKey.kid, newKey.kid),
  };
  try {
    const url = `${context.origin}${rotateKeyPath}`;
    return readResponse(await deps.http.request({ method: 'POST', url, body, timeoutMs, signal }));
  } catch (error) {
    if (error instanceof HttpUnreachable) return 'server_unreachable';
    if (error instanceof HttpRefused) return 'not_a_keyhold_server';
    throw error;
  }
}

function signRotationToken(
  { keys, clock, random }: ApiTokenDeps,
  context: StoredContext,
  kid: string,
  newKid: string,
): string {
  const now = Math.floor(clock.now().getTime() / 1000);
  const claims = {
    iss: context.userId,
    sub: context.userId,
    aud: context.origin,
    iat: now - limits.backdate,
    exp: now + rotationTtl,
    jti: random.uuid(),
    new_kid: newKid,
  } satisfies RotationTokenClaims;
  return keys.signJwt(kid, { alg: context.signingAlg, typ: 'rotation+jwt', kid }, claims);
}

function readResponse({ status, text }: HttpResponse): RotationProblem | null {
  if (status === 201) return null;
  if (status === 429 || status >= 500) return 'server_unreachable';
  const code = readAnswer(text, apiErrorBodySchema)?.error.code;
  if (code === undefined) return 'not_a_keyhold_server';
  return code === 'key_revoked' || code === 'key_not_registered' ? 'old_key_refused' : 'refused';
}

/**
 * Has a key sign in at its context's service, as the context's user.
 *
 * @returns Null when it did; never throws for what the network does.
 * @throws KeyholdError `vault_locked`.
 */
export async function proveKey(
  deps: ApiTokenDeps & { http: HttpClient },
  context: StoredContext,
  kid: string,
  signal: AbortSignal,
): Promise<RotationProblem | null> {
  const { token } = signApiToken(deps, context, kid, proofTtl);
  const answer = await askWhoami(deps, context.origin, token, signal);
  switch (answer.kind) {
    case 'known':
      return subjectOf(answer.whoami) === context.userId ? null : 'not_accepted';
    case 'refused':
      return 'not_accepted';
    case 'unreachable':
      return 'server_unreachable';
    case 'foreign':
      return 'not_a_keyhold_server';
  }
}
