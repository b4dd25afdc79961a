import { perClient } from '../../../../contracts/domain/registry-client.ts';
import type { ErrorCode } from '../../../../contracts/errors.ts';
import type { BrowserWay } from '../../../../contracts/domain/browser-access.ts';
import type { BrowserSignInState } from '../../../../contracts/ipc/browser-sign-in.ts';
import type { Cancel, Clock, Random } from '../../ports.ts';
import type { LoopbackListener, LoopbackListeners } from '../../ports/loopback.ts';
import { callbackPage } from './callback-page.ts';
import { Callback, callbackPath, type CallbackOutcome } from './callback.ts';
import { newProof, type Proof } from './proof.ts';
import type { Ticket, Way } from '../browser-way.ts';

/** How long a person has in the browser, milliseconds: signing in there may take a second device. */
const patienceMs = 10 * 60_000;
/** How long a browser that comes a second time still gets a page, milliseconds. */
const lingerMs = 15_000;

/** What a sign-in by browser is to get, and where. */
export interface Wanted {
  contextId: string | null;
  name: string;
  origin: string;
  serviceName: string;
  way: Way;
  access: BrowserWay;
  elsewhere: boolean;
}

export interface AttemptDeps {
  listeners: LoopbackListeners;
  clock: Clock;
  random: Random;
  /** Brings the app to the front. */
  raise: () => void;
}

interface AttemptEvents {
  /** The browser, or the person, brought the code. */
  code: (ticket: Ticket) => void;
  changed: (state: BrowserSignInState) => void;
}

/**
 * One try: from the address for the browser to the code that comes back. What proves that we began it is forgotten with
 * the first answer, the time-out and the end.
 */
export class Attempt {
  readonly #deps: AttemptDeps;
  readonly #events: AttemptEvents;
  #proof: Proof | null;
  #listener: LoopbackListener | null = null;
  readonly #cancelTimeout: Cancel;
  #cancelLinger: Cancel | null = null;
  readonly #until: number;
  #state: BrowserSignInState;

  /** Begins to listen. @throws KeyholdError `loopback_failed` */
  static async begin(deps: AttemptDeps, events: AttemptEvents, wanted: Wanted): Promise<Attempt> {
    const attempt = new Attempt(deps, events, wanted);
    try {
      await attempt.#listen(wanted);
    } catch (error) {
      attempt.end();
      throw error;
    }
    return attempt;
  }

  private constructor(deps: AttemptDeps, events: AttemptEvents, wanted: Wanted) {
    this.#deps = deps;
    this.#events = events;
    this.#proof = newProof(deps.random);
    this.#until = deps.clock.now().getTime() + patienceMs;
    this.#cancelTimeout = deps.clock.after(patienceMs, () => this.fail('sign_in_timed_out'));
    const { contextId, name, origin, serviceName, access, elsewhere, way } = wanted;
    this.#state = {
      ...{ contextId, name, origin, serviceName, access, elsewhere, host: new URL(origin).host },
      provider: way.provider,
      ...{ phase: 'waiting', opened: false, address: null, until: new Date(this.#until).toISOString() },
      ...{ failure: null, who: null, org: null, confirmed: false },
      setUps: perClient(() => 'not_asked'),
    };
  }

  get state(): BrowserSignInState {
    return this.#state;
  }

  /** Whether an answer would still be taken. Ends the wait when its time is over. */
  waits(): boolean {
    return !this.#isLate();
  }

  change(facts: Partial<BrowserSignInState>): void {
    this.#state = { ...this.#state, ...facts };
    this.#events.changed(this.#state);
  }

  /** Takes the code, if it is waited for. */
  take(code: string, issuer: string | null = null): void {
    const proof = this.#proof;
    if (proof === null) return;
    const redirectUri = this.#redirectUri();
    this.#forget();
    this.change({ phase: 'exchanging', address: null });
    this.#events.code({ code, verifier: proof.verifier, redirectUri, issuer });
  }

  fail(code: ErrorCode, said?: string): void {
    this.#forget();
    this.#leave();
    this.change({ phase: 'failed', address: null, failure: { code, ...(said !== undefined && { said }) } });
  }

  /** It is signed in. */
  finish(facts: Pick<BrowserSignInState, 'confirmed' | 'setUps'>): void {
    this.#leave();
    this.change({ phase: 'done', ...facts });
  }

  /** Lets go of everything at once. Tells nobody. */
  end(): void {
    this.#forget();
    this.#cancelLinger?.();
    this.#listener?.close();
  }

  async #listen({ elsewhere, way }: Wanted): Promise<void> {
    const { state, challenge } = this.#proof ?? { state: '', challenge: '' };
    if (!elsewhere) {
      const callback = new Callback(state, way.isCode, (outcome) => this.#hear(outcome));
      const listener: LoopbackListener = await this.#deps.listeners.open((request) =>
        this.#isLate() && !callback.isOver
          ? callbackPage('late')
          : callback.answer(request, listener.authorities),
      );
      this.#listener = listener;
    }
    const redirectUri = this.#redirectUri();
    const page = new URL(way.page);
    const asked = {
      ...(redirectUri !== undefined && { redirect_uri: redirectUri }),
      state,
      code_challenge: challenge,
      code_challenge_method: 'S256',
      ...way.query,
    };
    // A provider's page may have a query of its own (RFC 6749, section 3.1).
    for (const [name, value] of Object.entries(asked)) page.searchParams.set(name, value);
    this.#state = { ...this.#state, address: page.href };
  }

  #redirectUri(): string | undefined {
    return this.#listener === null ? undefined : `http://${this.#listener.authorities[0]}${callbackPath}`;
  }

  #hear(outcome: CallbackOutcome): void {
    switch (outcome.kind) {
      case 'code':
        this.#deps.raise();
        this.take(outcome.code, outcome.issuer);
        return;
      case 'refused':
        this.#deps.raise();
        this.fail(outcome.denied ? 'sign_in_denied' : 'sign_in_refused');
        return;
      case 'disturbed':
        this.fail('sign_in_disturbed');
    }
  }

  /** Whether it waits no more. The timer alone does not know: it stands still while the computer sleeps. */
  #isLate(): boolean {
    if (this.#proof !== null && this.#deps.clock.now().getTime() >= this.#until) {
      this.fail('sign_in_timed_out');
    }
    return this.#proof === null;
  }

  #forget(): void {
    this.#proof = null;
    this.#cancelTimeout();
  }

  /** A browser may be getting its page just now, or come a second time. */
  #leave(): void {
    this.#cancelLinger ??= this.#deps.clock.after(lingerMs, () => this.#listener?.close());
  }
}
