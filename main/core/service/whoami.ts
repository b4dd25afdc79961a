import { apiErrorBodySchema, whoamiPath, whoamiSchema } from '../../../contracts/server-api/index.ts';
import type { Whoami } from '../../../contracts/server-api/index.ts';
import type { Said } from './authorization.ts';
import { clockSkewSeconds } from './clock-skew.ts';
import { readAnswer } from './read-answer.ts';
import { HttpRefused, HttpUnreachable } from '../ports.ts';
import type { Clock, HttpClient, HttpResponse } from '../ports.ts';

const timeoutMs = 5000;

/**
 * What a service answered to "who am I".
 *
 * - `refused`: it knows tokens, but not this one; `key_not_registered` and `key_revoked` are told apart from
 *   what else may be wrong with it, such as a clock that is off.
 * - `unreachable`: nothing answered, or only that it cannot answer now; milliseconds until it wants to be asked
 *   again, when it says so.
 * - `foreign`: whatever answered is not the service that was discovered.
 */
export type WhoamiAnswer =
  | { kind: 'known'; whoami: Whoami; clockSkewSeconds: number | null }
  | { kind: 'refused'; keyUnknown: boolean; clockSkewSeconds: number | null }
  | { kind: 'unreachable'; retryAfterMs: number | null }
  | { kind: 'foreign' };

/** Asks `GET /v1/whoami` with an API token. Never throws for what the network does. */
export async function askWhoami(
  { http, clock }: { http: HttpClient; clock: Clock },
  origin: string,
  token: string,
  signal?: AbortSignal,
): Promise<WhoamiAnswer> {
  try {
    const response = await http.request({
      method: 'GET',
      url: `${origin}${whoamiPath}`,
      headers: { authorization: `Bearer ${token}` },
      timeoutMs,
      ...(signal === undefined ? {} : { signal }),
    });
    return readResponse(response, clock.now());
  } catch (error) {
    if (error instanceof HttpUnreachable) return { kind: 'unreachable', retryAfterMs: null };
    if (error instanceof HttpRefused) return { kind: 'foreign' };
    throw error;
  }
}

function readResponse(response: HttpResponse, now: Date): WhoamiAnswer {
  const { status, headers, text } = response;
  if (status === 429 || status >= 500)
    return { kind: 'unreachable', retryAfterMs: retryAfterMs(headers, now) };
  const skew = clockSkewSeconds(headers, now);
  if (status === 200) {
    const whoami = readAnswer(text, whoamiSchema);
    return whoami === null ? { kind: 'foreign' } : { kind: 'known', whoami, clockSkewSeconds: skew };
  }
  const code = status === 401 ? readAnswer(text, apiErrorBodySchema)?.error.code : undefined;
  if (code === undefined) return { kind: 'foreign' };
  const keyUnknown = code === 'key_not_registered' || code === 'key_revoked';
  return { kind: 'refused', keyUnknown, clockSkewSeconds: skew };
}

/** `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3), in milliseconds from now. */
function retryAfterMs(headers: Record<string, string>, now: Date): number | null {
  const value = headers['retry-after'] ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime());
}

/** What an answer to "who am I" says of the sign-in. */
export function saidBy(answer: WhoamiAnswer, userId: string, subject: string | null): Said {
  switch (answer.kind) {
    case 'known':
      return subject === userId ? 'signed_in' : 'key_unknown';
    case 'refused':
      return answer.keyUnknown ? 'key_unknown' : 'refused';
    case 'unreachable':
    case 'foreign':
      return answer.kind;
  }
}
