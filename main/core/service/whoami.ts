import { subjectOf, whoamiPath, type ApiErrorCode } from '../../../contracts/server-api/index.ts';
import type { Authorization, Said } from './authorization.ts';
import { askService } from './client.ts';
import type { Answer, ServiceDeps } from './client.ts';
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

/** Codes by which a service says that it does not know what signs in, or not any more. */
const notAcceptedCodes: ReadonlySet<string> = new Set<ApiErrorCode>([
  'key_not_registered',
  'key_revoked',
  'session_expired',
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
