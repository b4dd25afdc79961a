import { whoamiPath } from '../../../contracts/server-api/index.ts';
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

/** Whether a service says by a code that it does not know the key, or not any more. */
export function isKeyUnknown(code: string): boolean {
  return code === 'key_not_registered' || code === 'key_revoked';
}

/** What an answer to "who am I" says of the sign-in. */
export function saidBy(answer: Answer<unknown>, userId: string, subject: string | null): Said {
  switch (answer.kind) {
    case 'answered':
      return subject === userId ? 'signed_in' : 'key_unknown';
    case 'refused':
      return isKeyUnknown(answer.code) ? 'key_unknown' : 'refused';
    case 'unreachable':
    case 'foreign':
      return answer.kind;
  }
}
