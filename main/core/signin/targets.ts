import { KeyholdError } from '../../../contracts/errors.ts';
import type { AddSignedIn, SignedIn } from '../contexts/context-additions.ts';
import type { ContextService, StoredContext } from '../contexts/context-service.ts';
import type { Credentials, GivenCredential } from '../credentials/credentials.ts';
import { isConfirmed } from '../credentials/kind/revocation.ts';
import { leftOf, revokeLeft } from '../credentials/unrevoked/left-credential.ts';
import type { Clock, Logger } from '../ports.ts';
import type { HttpClient } from '../ports/http.ts';
import type { Discovery } from '../service/discovery.ts';
import { parseOrigin } from '../service/origin.ts';
import type { Vault } from '../vault/vault.ts';

/** What is to be signed in: a context, or one that is added once its user is known. */
export type Target =
  { kind: 'context'; contextId: string } | ({ kind: 'new' } & Omit<AddSignedIn, 'signedIn'>);

/** What a target is called and where its service is. */
export interface Goal {
  /** Null for one that is not there yet. */
  contextId: string | null;
  name: string;
  /** Slug of the organization that it acts in; null for one that is not chosen. */
  org: string | null;
  origin: string;
}

export interface TargetDeps {
  vault: Vault;
  contexts: ContextService;
  credentials: Pick<Credentials, 'unrevoked'>;
  http: HttpClient;
  clock: Clock;
  logger: Logger;
}

/**
 * What a service gave to sign in with goes into the vault before anything else is done with it; what cannot be kept is
 * given back.
 */
export class SignInTargets {
  readonly #deps: TargetDeps;

  constructor(deps: TargetDeps) {
    this.#deps = deps;
  }

  /** @throws KeyholdError `context_not_found`, `name_taken`, `invalid_address`, `insecure_origin`. */
  goal(target: Target): Goal {
    const { contexts } = this.#deps;
    if (target.kind === 'new') {
      contexts.additions.requireName(target.name);
      return { contextId: null, name: target.name, org: null, origin: parseOrigin(target.address) };
    }
    const { id, name, org, origin } = contexts.get(target.contextId);
    return { contextId: id, name, org, origin };
  }

  /**
   * Keeps what was given, and gives the context that it signs in. What is not kept is given back.
   *
   * @param name - What the context is called.
   * @param isWanted - Whether the person has not given up meanwhile.
   * @throws KeyholdError `sign_in_dropped` where it was given up or the vault locked; `sign_in_other_org`, or as
   *   `ContextAdditions.addFound` and `ContextChanges.signInBy`; `sign_in_left` as `giveBack`.
   */
  async keep(
    { target, name, found }: { target: Target; name: string; found: Discovery },
    signedIn: SignedIn,
    isWanted: () => boolean = () => true,
  ): Promise<StoredContext> {
    return await this.orGiveBack(found, name, signedIn.by, async () => {
      if (!isWanted() || !this.#deps.vault.isUnlocked) throw new KeyholdError('sign_in_dropped');
      return await this.#keep(target, found, signedIn);
    });
  }

  /** Does what has to be done with what was given, which is given back where that fails. Throws as `work` and `giveBack`. */
  async orGiveBack<T>(
    found: Discovery,
    name: string,
    by: GivenCredential,
    work: () => Promise<T>,
  ): Promise<T> {
    try {
      return await work();
    } catch (error) {
      await this.giveBack(found, name, by);
      throw error;
    }
  }

  /**
   * Has the service end what nobody can use here; what it does not end is kept for that.
   *
   * @throws KeyholdError `sign_in_left` where that cannot be kept either.
   */
  async giveBack({ service }: Discovery, contextName: string, by: GivenCredential): Promise<void> {
    const { credentials, clock, logger } = this.#deps;
    // Nothing at a service ends a token, and whoever brought it has it still.
    if (by.kind === 'pasted') return;
    const { origin, name: serviceName } = service;
    if (isConfirmed(await revokeLeft(this.#deps, origin, leftOf(by)))) return;
    logger.warn('sign_in.not_given_back', { origin, kind: by.kind });
    const { label, endsAt } =
      by.kind === 'api-key'
        ? { label: by.label, endsAt: by.expiresAt }
        : { label: null, endsAt: new Date(clock.now().getTime() + by.sessionExpiresIn * 1000).toISOString() };
    try {
      credentials.unrevoked.add(
        { origin, serviceName, contextName },
        { credential: leftOf(by), label, endsAt },
      );
    } catch (error) {
      logger.error('sign_in.left', error);
      throw new KeyholdError('sign_in_left');
    }
  }

  async #keep(target: Target, found: Discovery, signedIn: SignedIn): Promise<StoredContext> {
    const { contexts } = this.#deps;
    if (target.kind === 'new') {
      const { id } = contexts.additions.addFound({ ...target, signedIn }, found);
      contexts.setCurrent(id);
      return contexts.get(id);
    }
    const before = contexts.get(target.contextId);
    if (before.org !== null && before.org !== signedIn.org) throw new KeyholdError('sign_in_other_org');
    await contexts.changes.signInBy(before.id, signedIn);
    return contexts.get(before.id);
  }
}
