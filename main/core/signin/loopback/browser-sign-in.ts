import type { BrowserWay } from '../../../../contracts/domain/browser-access.ts';
import type { BrowserSignInState } from '../../../../contracts/ipc/browser-sign-in.ts';
import type { Provider } from '../../../../contracts/ipc/contexts.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { loginCodeSeconds } from '../../../../contracts/server-api/index.ts';
import type { StoredContext } from '../../contexts/context-service.ts';
import { Listeners } from '../../lib/listeners.ts';
import { Turns } from '../../lib/turns.ts';
import type { Cancel } from '../../ports.ts';
import { discoverService, type Discovery } from '../../service/discovery.ts';
import { SignInTargets, type TargetDeps, type Target } from '../targets.ts';
import { Attempt, type AttemptDeps } from './attempt.ts';
import { oidcWay } from '../oidc/oidc-way.ts';
import { serviceWay } from './service-way.ts';
import type { Exchanged, Ticket, Way } from '../browser-way.ts';

interface BrowserSignInDeps extends AttemptDeps, TargetDeps {
  /** What this computer calls itself; the person reads it in the browser. */
  computerName: string;
  /**
   * Opens a page of a service, or of its provider, in the person's browser.
   *
   * @param origin - Of either: pages elsewhere are not opened.
   * @returns Whether it was opened.
   */
  openBrowser: (link: string, origin: string) => Promise<boolean>;
  /** Sets up what the person asked for with the context. */
  onSignedIn: (context: StoredContext) => Promise<BrowserSignInState['setUps']>;
}

interface BrowserSignInRequest {
  target: Target;
  access: BrowserWay;
  /** The browser is on another computer: the person brings the code. */
  elsewhere: boolean;
  /** With `oidc`: what the person was shown, and agreed to. */
  agreed?: Provider | undefined;
}

/** One that is under way, or was last. */
interface Begun {
  request: BrowserSignInRequest;
  /** What the service said of itself when it began. */
  found: Discovery;
  way: Way;
  attempt: Attempt;
}

/**
 * Signs contexts in by the person's own browser (RFC 8252), one at a time. The code lives in memory alone; what it is
 * exchanged for goes into the vault before anything else is done with it.
 */
export class BrowserSignIn {
  readonly #deps: BrowserSignInDeps;
  readonly #targets: SignInTargets;
  readonly #changed: Listeners<BrowserSignInState | null>;
  readonly #turns = new Turns(1);
  #begun: Begun | null = null;
  /** How often it was ended: one that was about to begin then does not. */
  #ends = 0;
  /** The one that begins anew at the moment. */
  #anew: { from: Begun; elsewhere: boolean; ends: number; state: Promise<BrowserSignInState> } | null = null;
  /** Came while the vault was locked, with what ends the wait for it to open. */
  #held: { ticket: Ticket; forget: Cancel } | null = null;

  constructor(deps: BrowserSignInDeps) {
    this.#deps = deps;
    this.#targets = new SignInTargets(deps);
    this.#changed = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (deps.vault.isUnlocked) this.#goOn();
    });
  }

  get state(): BrowserSignInState | null {
    return this.#begun?.attempt.state ?? null;
  }

  /**
   * Begins, in the place of what is under way, and opens the browser unless that is elsewhere. What is under way stays
   * when the next one cannot begin.
   *
   * @throws KeyholdError as `ContextAdditions.discover`; `sign_in_not_offered`, `context_not_found`, `name_taken`,
   * `loopback_failed`, `vault_locked`; `sign_in_over` when it was ended before it had begun.
   */
  async start(request: BrowserSignInRequest): Promise<BrowserSignInState> {
    const { attempt, way } = await this.#begin(request);
    // Not in its turn: a system that takes its time to open a browser keeps nobody from beginning anew.
    if (!request.elsewhere) await this.#open(attempt, way);
    return attempt.state;
  }

  /** Throws as `start`. */
  #begin(request: BrowserSignInRequest): Promise<Begun> {
    const ends = this.#ends;
    return this.#turns.take(async () => {
      const { contextId, name, org, origin } = this.#targets.goal(request.target);
      const found = await discoverService(this.#deps, origin);
      const { service } = found;
      this.#deps.vault.requireUnlocked();
      const way = await this.#wayOf(request, found, org);
      this.#deps.vault.requireUnlocked();
      const { access, elsewhere } = request;
      const begun: Begun = {
        request,
        found,
        way,
        attempt: await Attempt.begin(
          this.#deps,
          {
            code: (ticket) => this.#take(begun, ticket),
            changed: (state) => {
              if (this.#begun === begun) this.#changed.tell(state);
            },
          },
          {
            ...{ contextId, name, way, access, elsewhere },
            ...{ origin: service.origin, serviceName: service.name },
          },
        ),
      };
      if (this.#ends !== ends) {
        begun.attempt.end();
        throw new KeyholdError('sign_in_over');
      }
      this.#letGo();
      this.#begun = begun;
      this.#changed.tell(begun.attempt.state);
      return begun;
    });
  }

  /** Throws as `serviceWay` and `oidcWay`. */
  #wayOf(
    { access, elsewhere, agreed }: BrowserSignInRequest,
    found: Discovery,
    org: string | null,
  ): Way | Promise<Way> {
    if (access !== 'oidc')
      return serviceWay(this.#deps, found, { org, access, computerName: this.#deps.computerName });
    // A provider brings its answer to an address of this computer only.
    if (elsewhere) throw new KeyholdError('sign_in_not_offered');
    return oidcWay(this.#deps, found, agreed, org);
  }

  /** Begins the same anew, once for a double press. @throws KeyholdError as `start`; `sign_in_over` when there is none, or it is done. */
  async again(elsewhere: boolean): Promise<BrowserSignInState> {
    const begun = this.#begun;
    if (begun === null || begun.attempt.state.phase === 'done') throw new KeyholdError('sign_in_over');
    const last = this.#anew;
    const isSame = last?.ends === this.#ends && last.elsewhere === elsewhere;
    // One that has failed by now is not gone on with, though the system may still be opening its browser.
    if (isSame && (last.from === begun || begun.attempt.waits())) return await last.state;
    const state = this.start({ ...begun.request, elsewhere });
    const anew = { from: begun, elsewhere, ends: this.#ends, state };
    this.#anew = anew;
    try {
      return await state;
    } finally {
      if (this.#anew === anew) this.#anew = null;
    }
  }

  /** Opens the browser once more. @throws KeyholdError `sign_in_over` when nothing is waited for. */
  async open(): Promise<BrowserSignInState> {
    const { attempt, way } = this.#waiting();
    await this.#open(attempt, way);
    return attempt.state;
  }

  /** The address for the browser. @throws KeyholdError `sign_in_over` when nothing is waited for. */
  address(): string {
    return this.#waiting().attempt.state.address ?? '';
  }

  /**
   * Takes the code that the person brings from a browser elsewhere.
   *
   * @throws KeyholdError `invalid_code`; `sign_in_over` when nothing is waited for.
   */
  paste(typed: string): BrowserSignInState {
    const { attempt, way } = this.#waiting();
    const code = typed.trim();
    if (!way.isCode(code)) throw new KeyholdError('invalid_code');
    attempt.take(code);
    return attempt.state;
  }

  /** Ends the wait, or lets go of what was. What the service gives after that is revoked. */
  end(): void {
    this.#ends += 1;
    if (this.#begun === null) return;
    this.#letGo();
    this.#changed.tell(null);
  }

  /** Ends it where it is for a context, which somebody signs out. */
  endOf(contextId: string): void {
    if (this.#begun?.attempt.state.contextId === contextId) this.end();
  }

  /** Tells each change; null for none any more. */
  onChange(listener: (state: BrowserSignInState | null) => void): Cancel {
    return this.#changed.add(listener);
  }

  #letGo(): void {
    this.#held?.forget();
    this.#held = null;
    this.#begun?.attempt.end();
    this.#begun = null;
  }

  #waiting(): Begun {
    const begun = this.#begun;
    if (begun?.attempt.waits() !== true) throw new KeyholdError('sign_in_over');
    return begun;
  }

  async #open(attempt: Attempt, { pageOrigin }: Way): Promise<void> {
    const { address } = attempt.state;
    let { opened } = attempt.state;
    try {
      // One that was opened a moment ago is not opened twice.
      if (address !== null && attempt.waits() && (await this.#deps.openBrowser(address, pageOrigin)))
        opened = true;
    } catch (error) {
      opened = false;
      this.#deps.logger.error('browser_sign_in.not_opened', error);
    }
    // The person may have answered already.
    if (attempt.waits()) attempt.change({ opened });
  }

  #take(begun: Begun, ticket: Ticket): void {
    const { vault, clock } = this.#deps;
    if (vault.isUnlocked) {
      this.#exchange(begun, ticket);
      return;
    }
    // The service forgets the code then, and so do we.
    const forget = clock.after(loginCodeSeconds * 1000, () => {
      this.#held = null;
      begun.attempt.fail('sign_in_code_gone');
    });
    this.#held = { ticket, forget };
  }

  #goOn(): void {
    const held = this.#held;
    if (held === null || this.#begun === null) return;
    this.#held = null;
    held.forget();
    this.#exchange(this.#begun, held.ticket);
  }

  #exchange(begun: Begun, ticket: Ticket): void {
    this.#finish(begun, ticket).catch((error: unknown) => {
      if (!(error instanceof KeyholdError)) this.#deps.logger.error('browser_sign_in.failed', error);
      const { code, details } = error instanceof KeyholdError ? error : new KeyholdError('internal');
      begun.attempt.fail(code, details?.said);
    });
  }

  async #finish(begun: Begun, ticket: Ticket): Promise<void> {
    const { request, found, way, attempt } = begun;
    const given = await way.exchange(ticket);
    const goal = { target: request.target, name: attempt.state.name, found };
    const context = await this.#targets.keep(goal, given, () => this.#begun === begun);
    await this.#confirm(attempt, context, given);
  }

  /** Asks the service whether it takes the new credential, before anything says that it does. */
  async #confirm(attempt: Attempt, context: StoredContext, { who, org }: Exchanged): Promise<void> {
    const { contexts, onSignedIn } = this.#deps;
    attempt.change({ contextId: context.id, who, org });
    const { context: found } = await contexts.status(context.id);
    const setUps = await onSignedIn(context);
    attempt.finish({ confirmed: found.signIn.state === 'signed_in', setUps });
  }
}
