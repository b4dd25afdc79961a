import { timingSafeEqual } from 'node:crypto';
import type { LoopbackAnswer, LoopbackListener, LoopbackRequest } from '../../ports/loopback.ts';
import { callbackPage, type CallbackWords } from './callback-page.ts';

/** Where a browser brings the answer. */
export const callbackPath = '/callback';

/**
 * What a browser brought.
 *
 * - `code`: to be exchanged; `issuer`: who says that it is theirs (RFC 9207).
 * - `refused`: the person said no, or the service does; `denied` for the first.
 * - `disturbed`: somebody sent one wrong answer after the other.
 */
export type CallbackOutcome =
  | { kind: 'code'; code: string; issuer: string | null }
  | { kind: 'refused'; denied: boolean }
  | { kind: 'disturbed' };

/** Wrong answers that are put up with: whoever guesses 256 bits gets nowhere, and whoever disturbs is to be noticed. */
const mostWrong = 10;

/** A code of a service, as `cliExchangeRequestSchema` has it. */
export const codePattern = /^[A-Za-z0-9_-]{43}$/;

/**
 * Takes the answer of one try to sign in (RFC 8252, section 8; RFC 6749, section 4.1.2): the first with the right state
 * counts, and no other. Requests come from any program and any page of this computer.
 */
export class Callback {
  readonly #state: Buffer;
  readonly #isCode: (code: string) => boolean;
  readonly #tell: (outcome: CallbackOutcome) => void;
  #wrong = 0;
  #isOver = false;

  /** @param isCode - Whether a text can be a code, of whoever gives it */
  constructor(state: string, isCode: (code: string) => boolean, tell: (outcome: CallbackOutcome) => void) {
    this.#state = Buffer.from(state);
    this.#isCode = isCode;
    this.#tell = tell;
  }

  /** Whether there was an answer. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** @param authorities - What the listener is called; a page that gave us another name (DNS rebinding) gets nothing */
  answer(
    { method, host, target, asPage }: LoopbackRequest,
    authorities: LoopbackListener['authorities'],
  ): LoopbackAnswer {
    // An answer is brought by going here: what other pages fetch, or have loaded ahead, is none, and no wrong one either, as often as they like.
    if (!authorities.includes(host) || !asPage) return callbackPage('not_found');
    const [path, query] = /^([^?]*)\?(.*)$/s.exec(target)?.slice(1) ?? [target, ''];
    if (path !== callbackPath) return callbackPage('not_found');
    // A look by a program that checks links is no answer.
    if (method !== 'GET') return { ...callbackPage('not_found'), status: 405 };
    return callbackPage(this.#take(new URLSearchParams(query)));
  }

  #take(parameters: URLSearchParams): CallbackWords {
    if (!this.#isExpected(only(parameters, 'state'))) return this.#isOver ? 'over' : this.#note();
    if (this.#isOver) return 'over';
    const code = only(parameters, 'code');
    const error = only(parameters, 'error');
    // Twice is somebody's addition, whoever is named.
    const isSigned = parameters.getAll('iss').length <= 1;
    if (code !== null && this.#isCode(code) && !parameters.has('error') && isSigned) {
      this.#end({ kind: 'code', code, issuer: parameters.get('iss') });
      return 'received';
    }
    if (error !== null && !parameters.has('code')) {
      const denied = error === 'access_denied';
      this.#end({ kind: 'refused', denied });
      return denied ? 'denied' : 'received';
    }
    return this.#note();
  }

  #isExpected(state: string | null): boolean {
    const given = Buffer.from(state ?? '');
    return given.length === this.#state.length && timingSafeEqual(given, this.#state);
  }

  #note(): CallbackWords {
    this.#wrong += 1;
    if (this.#wrong >= mostWrong) this.#end({ kind: 'disturbed' });
    return 'not_ours';
  }

  #end(outcome: CallbackOutcome): void {
    this.#isOver = true;
    this.#tell(outcome);
  }
}

/** A parameter that is there once; a second one of its name is somebody's addition (RFC 6749, section 3.1). */
function only(parameters: URLSearchParams, name: string): string | null {
  const [value, ...others] = parameters.getAll(name);
  return value === undefined || others.length > 0 ? null : value;
}
