import type { KeySummary } from '../../../contracts/domain/key.ts';
import { perClient } from '../../../contracts/domain/registry-client.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { RegistrationCard, WaitState } from '../../../contracts/ipc/signin.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { KeyService } from '../credentials/keys/key-service.ts';
import type { Cancel, Clock, Logger, Random } from '../ports.ts';
import type { HttpClient } from '../ports/http.ts';
import { Listeners } from '../lib/listeners.ts';
import type { Vault } from '../vault/vault.ts';
import { signRegistrationToken } from '../credentials/keys/registration-token.ts';
import type { RegistrationToken } from '../credentials/keys/registration-token.ts';
import { idleState, RegistrationWaiter } from './registration-waiter.ts';

interface RegistrationDeps {
  vault: Vault;
  contexts: ContextService;
  credentials: Pick<Credentials, 'authorizeBy'>;
  keys: KeyService;
  http: HttpClient;
  clock: Clock;
  random: Random;
  activity: ActivityLog;
  logger: Logger;
  /** Sets up what the user asked for with the context; a throw counts as `failed` for all. */
  onRegistered: (context: StoredContext) => Promise<WaitState['setUps']>;
}

/**
 * Brings a context's pending key, the newest one, to its service: the token that the user pastes into the dashboard,
 * and the wait until the service knows the key. Tokens and waits live in memory only and end when the vault is locked.
 */
export class Registration {
  readonly #deps: RegistrationDeps;
  readonly #tokens = new Map<string, RegistrationToken>();
  readonly #waiters = new Map<string, RegistrationWaiter>();
  /** Contexts whose wait the user ended, so that unlocking does not start it again. */
  readonly #cancelled = new Set<string>();
  readonly #waitChanged: Listeners<WaitState>;

  constructor(deps: RegistrationDeps) {
    this.#deps = deps;
    this.#waitChanged = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.stopAll();
    });
    deps.contexts.onChange(() => this.#forgetGone());
    deps.keys.endings.onEnd((kid) => this.#forgetKey(kid));
  }

  /**
   * The card of the registration token that still lives, or of a new one.
   *
   * @throws KeyholdError `context_not_found`, `not_pending`, `vault_locked`.
   */
  card(contextId: string): RegistrationCard {
    return this.#livingToken(contextId).card;
  }

  /** The card of a new registration token, whatever the old one's age. Throws as `card`. */
  renew(contextId: string): RegistrationCard {
    return this.#newToken(contextId).card;
  }

  /** The registration token of `card` itself. Throws as `card`. */
  token(contextId: string): string {
    return this.#livingToken(contextId).token;
  }

  /**
   * Starts to ask the service for the key, or goes on with it.
   *
   * @throws KeyholdError `context_not_found`; `not_pending`, unless the key was registered since the vault was
   * unlocked.
   */
  wait(contextId: string): WaitState {
    const waiter = this.#waiters.get(contextId);
    const pending = this.#deps.keys.pending(contextId);
    const ofAnother = pending !== null && waiter?.kid !== pending.kid;
    if (waiter !== undefined && !ofAnother && (waiter.active || waiter.state.phase === 'registered')) {
      return waiter.state;
    }
    if (waiter?.active === true) waiter.stop();
    this.#cancelled.delete(contextId);
    return this.#start(contextId);
  }

  /** Asks at once instead of at the planned time. Throws as `wait`. */
  checkNow(contextId: string): WaitState {
    const waiter = this.#waiters.get(contextId);
    if (waiter?.active !== true || waiter.kid !== this.#deps.keys.pending(contextId)?.kid) {
      return this.wait(contextId);
    }
    waiter.tryNow();
    return waiter.state;
  }

  /** Ends the wait for a context; does nothing for one that is not waited for. */
  cancel(contextId: string): WaitState {
    const waiter = this.#waiters.get(contextId);
    if (waiter?.active !== true) return this.state(contextId);
    this.#cancelled.add(contextId);
    waiter.stop();
    return waiter.state;
  }

  state(contextId: string): WaitState {
    return this.#waiters.get(contextId)?.state ?? idleState(contextId);
  }

  /** Tells each change of a wait. */
  onWait(listener: (state: WaitState) => void): Cancel {
    return this.#waitChanged.add(listener);
  }

  /** Waits for every pending context whose wait the user did not end. To be called when the vault is unlocked. */
  resumePending(): void {
    for (const id of this.#deps.contexts.pending()) {
      if (!this.#cancelled.has(id)) this.wait(id);
    }
  }

  /** Begins anew for a context whose user is another one now: its token and the tokens that ask named the old one. */
  restart(contextId: string): void {
    this.#forget(contextId);
    this.wait(contextId);
  }

  /** Ends all waits and drops all registration tokens. Happens by itself when the vault is locked. */
  stopAll(): void {
    for (const waiter of this.#waiters.values()) {
      if (waiter.active) waiter.stop();
    }
    this.#waiters.clear();
    this.#tokens.clear();
  }

  #start(contextId: string): WaitState {
    const { context, key } = this.#pending(contextId);
    const waiter = new RegistrationWaiter(
      {
        ...this.#deps,
        registered: () => this.#registered(context, key),
        changed: (state) => this.#waitChanged.tell(state),
      },
      context,
      key.kid,
    );
    this.#waiters.set(contextId, waiter);
    waiter.tryNow();
    return waiter.state;
  }

  async #registered(context: StoredContext, key: KeySummary): Promise<WaitState['setUps']> {
    const { vault, keys, contexts, activity, onRegistered, logger } = this.#deps;
    vault.sql().transaction(() => {
      keys.markRegistered(key.kid);
      activity.append({ kind: 'key.registered', contextName: context.name, detail: key.label });
      contexts.markActive(context.id);
    });
    contexts.signIns.note(context.id, key.kid, 'signed_in');
    this.#tokens.delete(context.id);
    // A further key changes nothing about what the user set up, or undid, for the first.
    if (context.state === 'active') return perClient(() => 'unchanged');
    try {
      return await onRegistered(contexts.get(context.id));
    } catch (error) {
      logger.error('registration.set_up_failed', error);
      return perClient(() => 'failed');
    }
  }

  #livingToken(contextId: string): RegistrationToken {
    const { key } = this.#pending(contextId);
    const held = this.#tokens.get(contextId);
    const lives = held !== undefined && Date.parse(held.card.expiresAt) > this.#deps.clock.now().getTime();
    return lives && held.card.kid === key.kid ? held : this.#newToken(contextId);
  }

  #newToken(contextId: string): RegistrationToken {
    const { context, key } = this.#pending(contextId);
    const made = signRegistrationToken(this.#deps, context, key);
    this.#tokens.set(contextId, made);
    return made;
  }

  #pending(contextId: string): { context: StoredContext; key: KeySummary } {
    const context = this.#deps.contexts.get(contextId);
    const key = this.#deps.keys.pending(contextId);
    if (key === null) throw new KeyholdError('not_pending');
    return { context, key };
  }

  /** The token of a key that has ended, and the wait for it. */
  #forgetKey(kid: string): void {
    for (const waiter of this.#waiters.values()) if (waiter.kid === kid && waiter.active) waiter.stop();
    for (const [id, { card }] of this.#tokens) if (card.kid === kid) this.#tokens.delete(id);
  }

  /** What was about a context that was removed, or about the key of one that was signed out. */
  #forgetGone(): void {
    const ids = new Set([...this.#waiters.keys(), ...this.#tokens.keys(), ...this.#cancelled]);
    for (const id of ids) {
      const state = this.#deps.contexts.stateOf(id);
      if (state !== null && state !== 'signed_out') continue;
      this.#forget(id);
    }
  }

  #forget(contextId: string): void {
    const waiter = this.#waiters.get(contextId);
    if (waiter?.active === true) waiter.stop();
    this.#waiters.delete(contextId);
    this.#tokens.delete(contextId);
    this.#cancelled.delete(contextId);
  }
}
