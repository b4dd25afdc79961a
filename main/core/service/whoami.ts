import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import { controlMePath } from '../../../contracts/domain/pasted-token.ts';
import { subjectOf, whoamiPath, type ApiErrorCode } from '../../../contracts/server-api/index.ts';
import { mePath } from '../../../contracts/server-api/artifact-keeper/session.ts';
import type { Authorization, Said } from './authorization.ts';
import { askService } from './client.ts';
import type { Answer, ServiceDeps } from './client.ts';
import { artifactKeeperForms, meAnswer, unauthorizedCodes, type Me } from './dialects/artifact-keeper.ts';
import type { Dialect } from './dialects/dialect.ts';
import { meRoom, tkeeperForms, tkeeperMeAnswer, tokenRefusedCodes } from './dialects/tkeeper.ts';
import { keyholdForms, whoamiAnswer } from './dialects/keyhold.ts';
import type { Whoami } from './dialects/keyhold.ts';

const timeoutMs = 5000;

/** Asks `GET /v1/whoami`. Never throws for what the network does. */
export function askWhoami(
  deps: ServiceDeps,
  origin: string,
  headers: Authorization['headers'],
  signal?: AbortSignal,
): Promise<Answer<Whoami>> {
  const request = {
    method: 'GET' as const,
    url: `${origin}${whoamiPath}`,
    headers,
    timeoutMs,
    ...(signal === undefined ? {} : { signal }),
  };
  return askService(deps, request, keyholdForms(whoamiAnswer));
}

/**
 * Asks who a request is signed in as, in a form that the service speaks and the credential is of: as `askWhoami`,
 * `GET /api/v1/auth/me` or `GET /v1/keeper/control/me`. Never throws for what the network does.
 */
export async function askWhoIsIn(
  deps: ServiceDeps,
  {
    origin,
    dialects,
    credential,
  }: { origin: string; dialects: readonly Dialect[]; credential: CredentialKind | null },
  headers: Authorization['headers'],
): Promise<Answer<Whoami>> {
  // What was pasted is a keeper's, whatever else the service speaks.
  if (credential === 'pasted') return await askKeeper(deps, origin, headers);
  if (dialects.includes('keyhold') || dialects.includes('kisenon'))
    return await askWhoami(deps, origin, headers);
  const answer = await askMe(deps, origin, headers);
  return answer.kind === 'answered' ? { ...answer, value: { ...answer.value, org: null } } : answer;
}

/** Asks `GET /v1/keeper/control/me`: the subject is the user, and has no other name. Never throws for what the network does. */
export async function askKeeper(
  deps: ServiceDeps,
  origin: string,
  headers: Authorization['headers'],
): Promise<Answer<Whoami>> {
  const { maxBytes, maxValues } = meRoom;
  const request = { method: 'GET' as const, url: `${origin}${controlMePath}`, headers, timeoutMs, maxBytes };
  const answer = await askService(deps, request, tkeeperForms(tkeeperMeAnswer, maxValues));
  if (answer.kind !== 'answered') return answer;
  const { subject } = answer.value;
  return { ...answer, value: { user: { id: subject, display_name: subject }, org: null, role: null } };
}

/** Asks `GET /api/v1/auth/me`. Never throws for what the network does. */
export function askMe(
  deps: ServiceDeps,
  origin: string,
  headers: Authorization['headers'],
): Promise<Answer<Me>> {
  const request = { method: 'GET' as const, url: `${origin}${mePath}`, headers, timeoutMs };
  return askService(deps, request, artifactKeeperForms(meAnswer));
}

/** Codes by which a service says that it does not know what signs in, or not any more. */
const notAcceptedCodes: ReadonlySet<string> = new Set([
  ...(['key_not_registered', 'key_revoked', 'session_expired'] satisfies ApiErrorCode[]),
  // There, one code stands for all of it. What can be renewed was, before anybody asks what this means.
  ...unauthorizedCodes,
  ...tokenRefusedCodes,
]);

export function isNotAccepted(code: string): boolean {
  return notAcceptedCodes.has(code);
}

/**
 * What a refusal says of the sign-in.
 *
 * @param otherwise - For a refusal that is about the request, as far as its code tells.
 */
export function saidOfRefusal<Otherwise>(code: string, otherwise: Otherwise): Said | Otherwise {
  if (isNotAccepted(code)) return 'not_accepted';
  return code === ('alpha_pending' satisfies ApiErrorCode) ? 'waiting' : otherwise;
}

/** What an answer to "who am I" says of the sign-in. */
export function saidBy(answer: Answer<Whoami>, userId: string): Said {
  switch (answer.kind) {
    case 'answered':
      if (subjectOf(answer.value) !== userId) return 'not_accepted';
      return answer.value.status === 'pending' ? 'waiting' : 'signed_in';
    case 'refused':
      return saidOfRefusal(answer.code, 'refused');
    case 'unreachable':
    case 'foreign':
      return answer.kind;
  }
}
