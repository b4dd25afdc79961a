import { perClient } from '../../../contracts/domain/registry-client.ts';
import type { WaitState } from '../../../contracts/ipc/signin.ts';
import { subjectOf } from '../../../contracts/server-api/index.ts';
import type { StoredContext } from '../contexts/context-service.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cancel, Clock, Logger, Random } from '../ports.ts';
import type { HttpClient } from '../ports/http.ts';
import { pauseBeforeTry } from './backoff.ts';
import { askWhoami } from '../service/whoami.ts';
import type { Failed } from '../service/client.ts';

interface WaiterDeps {
  credentials: Pick<Credentials, 'authorizeBy'>;
  http: HttpClient;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** The service knows the key: brings the vault up to date and answers what was set up. */
  registered: () => Promise<WaitState['setUps']>;
  changed: (state: WaitState) => void;
}

/** Asks one context's service again and again until it knows the context's key. */
export class RegistrationWaiter {
  readonly #deps: WaiterDeps;
  readonly #context: StoredContext;
  readonly #kid: string;
  #state: WaitState;
  #cancelPause: Cancel | null = null;
  #try: AbortController | null = null;

  constructor(deps: WaiterDeps, context: StoredContext, kid: string) {
    this.#deps = deps;
    this.#context = context;
    this.#kid = kid;
    this.#state = idleState(context.id);
  }

  /** Of the key that is waited for. */
  get kid(): string {
    return this.#kid;
  }

  get state(): WaitState {
    return this.#state;
  }

  /** True from the first try until the outcome, `stop` or a failure of our own. */
  get active(): boolean {
    return this.#try !== null || this.#cancelPause !== null;
  }

  /** Tries now, without waiting for the planned time; a try that is under way is left to finish. */
  tryNow(): void {
    if (this.#try !== null) return;
    this.#endPause();
    const controller = new AbortController();
    this.#try = controller;
    const phase = this.#state.phase === 'offline' ? 'offline' : 'waiting';
    this.#change({ phase, nextTryAt: null, tries: this.#state.tries + 1 });
    this.#ask(controller.signal).catch((error: unknown) => {
      // Not the network's doing: the vault was locked under us, or a defect.
      if (controller.signal.aborted) return;
      this.#deps.logger.error('registration.wait_failed', error);
      this.stop();
    });
  }

  /** Gives up the planned try and the one under way. */
  stop(): void {
    this.#endPause();
    this.#try?.abort();
    this.#try = null;
    this.#change({ phase: 'idle', nextTryAt: null });
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { headers } = await this.#deps.credentials.authorizeBy(this.#context, this.#kid);
    const answer = await askWhoami(this.#deps, this.#context.origin, headers, signal);
    if (signal.aborted) return;
    if (answer.kind === 'answered') {
      await this.#finish(subjectOf(answer.value), signal);
      return;
    }
    this.#try = null;
    this.#pause(answer);
  }

  async #finish(subject: string | null, signal: AbortSignal): Promise<void> {
    if (subject !== this.#context.userId) {
      this.#try = null;
      this.#change({ phase: 'wrong_user' });
      return;
    }
    const setUps = await this.#deps.registered();
    if (signal.aborted) return;
    this.#try = null;
    this.#change({ phase: 'registered', setUps });
  }

  #pause(answer: Failed): void {
    const { clock, random } = this.#deps;
    const asked = answer.kind === 'unreachable' ? answer.retryAfterMs : null;
    const ms = pauseBeforeTry(this.#state.tries, asked, random);
    this.#cancelPause = clock.after(ms, () => this.tryNow());
    this.#change({
      phase: answer.kind === 'refused' ? 'waiting' : 'offline',
      nextTryAt: new Date(clock.now().getTime() + ms).toISOString(),
    });
  }

  #endPause(): void {
    this.#cancelPause?.();
    this.#cancelPause = null;
  }

  #change(facts: Partial<WaitState>): void {
    this.#state = { ...this.#state, ...facts };
    this.#deps.changed(this.#state);
  }
}

/** Nothing is asked and nothing was found out. */
export function idleState(contextId: string): WaitState {
  const setUps = perClient(() => 'not_asked' as const);
  return { contextId, phase: 'idle', nextTryAt: null, tries: 0, setUps };
}
