import { printable } from '../../../contracts/domain/printable.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ErrorCode } from '../../../contracts/errors.ts';
import { HttpRefused, HttpUnreachable } from '../ports/http.ts';
import type { Clock } from '../ports.ts';
import type { HttpClient, HttpRequest, HttpResponse } from '../ports/http.ts';
import { clockSkewSeconds } from './clock-skew.ts';

/** Why a service refused: a code of its dialect, known or not, and its own words for people. */
export interface Refusal {
  code: string;
  /** As they came: of any length, with any characters. */
  words?: string | undefined;
  /** What it says beside, in no form that is known. */
  details?: unknown;
}

/** How a dialect writes that it refuses. Null for an answer that is not of that form. */
export type RefusalForm = (response: HttpResponse) => Refusal | null;

/** What was asked for. Null for an answer that is not of that form. */
type ValueForm<Value> = (response: HttpResponse) => Value | null;

/** How an answer is read. */
export interface Forms<Value> {
  value: ValueForm<Value>;
  refusal: RefusalForm;
  /** How an answer of 5xx is one of the service itself, in a dialect that says by it why; elsewhere it is none. */
  outage?: RefusalForm;
}

/**
 * - `refused`: the service understood and said no. `words` are its own, in one printable line, or null; `details` are as
 *   they came.
 * - `unreachable`: nothing answered, or only that it cannot answer now, in no words of the dialect; milliseconds until it wants to be asked again,
 *   when it says so. `status` is that of its answer, null without one.
 * - `foreign`: what answered is not the service that is meant. `why` is for the log.
 */
export type Failed =
  | {
      kind: 'refused';
      status: number;
      code: string;
      words: string | null;
      details: unknown;
      clockSkewSeconds: number | null;
    }
  | { kind: 'unreachable'; retryAfterMs: number | null; status: number | null }
  | { kind: 'foreign'; why: string };

/** What came of a request to a service. */
export type Answer<Value> = { kind: 'answered'; value: Value; clockSkewSeconds: number | null } | Failed;

export interface ServiceDeps {
  http: HttpClient;
  clock: Pick<Clock, 'now'>;
}

/**
 * Sends a request to a service and reads what comes back. All requests to services go through here, so that each fails
 * in the same few ways. Never throws for what the network or the service does.
 *
 * @param forms - How the answer is read. Codes that are not known are refusals too: a later version of the service may
 *   have them.
 */
export async function askService<Value>(
  { http, clock }: ServiceDeps,
  request: HttpRequest,
  forms: Forms<Value>,
): Promise<Answer<Value>> {
  let response: HttpResponse;
  try {
    response = await http.request(request);
  } catch (error) {
    if (error instanceof HttpUnreachable) return { kind: 'unreachable', retryAfterMs: null, status: null };
    if (error instanceof HttpRefused) return { kind: 'foreign', why: error.message };
    throw error;
  }
  const { status, headers } = response;
  const now = clock.now();
  const outage = status >= 500 ? (forms.outage?.(response) ?? null) : null;
  if (outage === null && (status === 429 || status >= 500))
    return { kind: 'unreachable', retryAfterMs: retryAfterMs(headers, now), status };
  const facts = { clockSkewSeconds: clockSkewSeconds(headers, now) };
  if (status < 300) {
    const value = forms.value(response);
    return value === null ? { kind: 'foreign', why: 'another shape' } : { kind: 'answered', value, ...facts };
  }
  const refusal = outage ?? forms.refusal(response);
  if (refusal === null) return { kind: 'foreign', why: `status ${String(status)}` };
  const { code, details } = refusal;
  return { kind: 'refused', status, code, words: wordsOf(refusal), details, ...facts };
}

/**
 * A failure as an error for the window.
 *
 * @param errorCodes - What codes of the service mean here. Others are `service_refused`, with the service's own words.
 * @param foreign - What it means that something else answered.
 */
export function failureOf(
  answer: Failed,
  errorCodes: Readonly<Record<string, ErrorCode | undefined>>,
  foreign: ErrorCode = 'not_a_keyhold_server',
): KeyholdError {
  switch (answer.kind) {
    case 'unreachable':
      return new KeyholdError('server_unreachable');
    case 'foreign':
      return new KeyholdError(foreign);
    case 'refused': {
      const known = Object.hasOwn(errorCodes, answer.code) ? errorCodes[answer.code] : undefined;
      if (known !== undefined) return new KeyholdError(known);
      return new KeyholdError('service_refused', answer.words === null ? {} : { said: answer.words });
    }
  }
}

function wordsOf({ words = '' }: Refusal): string | null {
  const line = printable(words.trim(), limits.serviceWordsMax);
  return line === '' ? null : line;
}

/** `Retry-After` as seconds or as a date (RFC 9110, section 10.2.3), in milliseconds from now. */
function retryAfterMs(headers: Record<string, string>, now: Date): number | null {
  const value = headers['retry-after'] ?? '';
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const until = Date.parse(value);
  return Number.isNaN(until) ? null : Math.max(0, until - now.getTime());
}
