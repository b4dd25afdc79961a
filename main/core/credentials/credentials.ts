import type { CredentialKind } from '../../../contracts/domain/credential.ts';
import type { KeySummary, KeyValidity } from '../../../contracts/domain/key.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import type { Cancel, Clock, Logger, Random } from '../ports.ts';
import type { HttpClient } from '../ports/http.ts';
import type { Account } from '../service/account.ts';
import { NotSignedIn, type Authorization, type RegistryLogin, type Said } from '../service/authorization.ts';
import type { Vault } from '../vault/vault.ts';
import { ApiKeyCredential, type NewApiKey } from './api-keys/api-key-credential.ts';
import { signApiToken, type ApiToken } from './keys/api-token.ts';
import type { PublicHalf } from './keys/ended-keys.ts';
import { KeyCredential, requestTtl } from './keys/key-credential.ts';
import type { KeyService } from './keys/key-service.ts';
import type { KeyTerms } from './keys/key-store.ts';
import type { Kind, Login, RevokedCredential } from './kind/kind.ts';
import { isConfirmed } from './kind/revocation.ts';
import { PastedCredential, type NewPasted } from './pasted/pasted-credential.ts';
import { SessionCredential, type NewSession } from './sessions/session-credential.ts';
import { SignInBook } from './sign-in-book.ts';
import { UnrevokedList } from './unrevoked/unrevoked-list.ts';

export type { ApiToken } from './keys/api-token.ts';
export type { KeyTerms } from './keys/key-store.ts';
export type { RevokedCredential } from './kind/kind.ts';

interface CredentialsDeps {
  vault: Vault;
  activity: ActivityLog;
  keys: KeyService;
  http: HttpClient;
  clock: Clock;
  random: Random;
  logger: Logger;
}

/** An account and what signs it in. */
export interface Holder extends Account {
  /** Null while it is signed out. */
  credential: CredentialKind | null;
}

/** An account that is to be signed in by something else, or by nothing, with what people call it and its service. */
export interface LeftAccount extends Holder {
  name: string;
  serviceName: string;
}

/** What a service, or an issuer that it trusts, gave to sign in with. */
export type GivenCredential = NewApiKey | NewSession | NewPasted;

/** What an account is to be signed in by. */
export type NewCredential = GivenCredential | { kind: 'key'; label: string };

/** A registry login that lasts. */
export type LastingLogin = Login & Omit<RegistryLogin, keyof Login>;

/**
 * What signs accounts in, of whatever kind: nobody outside of this folder signs, or asks for the kind.
 * docs/adr/0025-credentials.md says what each kind answers.
 */
export class Credentials {
  readonly #deps: CredentialsDeps;
  readonly #apiKeys: ApiKeyCredential;
  readonly #sessions: SessionCredential;
  readonly #pasted: PastedCredential;
  readonly #kinds: Readonly<Record<CredentialKind, Kind>>;
  readonly #endListeners = new Set<(credentialId: string) => void>();
  /** What is known of each account's sign-in. */
  readonly signIns: SignInBook;
  /** What was left and is not revoked yet. */
  readonly unrevoked: UnrevokedList;

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
    this.unrevoked = new UnrevokedList(deps);
    this.#apiKeys = new ApiKeyCredential(deps);
    this.#sessions = new SessionCredential(deps);
    this.#pasted = new PastedCredential(deps);
    this.#kinds = {
      key: new KeyCredential(deps),
      'api-key': this.#apiKeys,
      session: this.#sessions,
      pasted: this.#pasted,
    };
    deps.keys.endings.onEnd((kid) => this.#end([kid]));
    this.signIns = new SignInBook({
      ...deps,
      idOf: ({ id, credential }) => (credential === null ? null : this.#kinds[credential].idOf(id)),
      over: () => new Set(Object.values(this.#kinds).flatMap((kind) => [...kind.over()])),
    });
  }

  /**
   * Which credential signs in now. Of use to notice that it was replaced.
   *
   * @throws KeyholdError `vault_locked`; for an account without one that its service knows, or whose own is over, what
   * its kind says of that: `key_not_registered`, which is also said of one that is signed out, `key_expired`,
   * `api_key_expired`, `session_expired`, `pasted_expired`.
   */
  idOf({ id, credential }: Holder): string {
    if (credential === null) throw new KeyholdError('key_not_registered');
    const kind = this.#kinds[credential];
    const found = kind.idOf(id);
    if (found !== null) return found;
    throw new KeyholdError(kind.isOver(id) ? kind.errors.over : kind.errors.notAccepted);
  }

  /** Whether `idOf` has an answer. */
  canSignIn({ id, credential }: Holder): boolean {
    return credential !== null && this.#kinds[credential].idOf(id) !== null;
  }

  /** What is to be shown of what signs an account in. */
  facts({ id, credential }: Holder): ReturnType<Kind['facts']> & { key: KeySummary | null } {
    const { keys } = this.#deps;
    const key = keys.current(id) ?? keys.authority(id) ?? keys.pending(id);
    return { key, apiKey: null, programUse: null, ...(credential && this.#kinds[credential].facts(id)) };
  }

  /** Of the account's session, also once it is over. */
  sessionBefore(accountId: string): ReturnType<SessionCredential['before']> {
    return this.#sessions.before(accountId);
  }

  /**
   * How the account's service wants keys to sign: those of bots too.
   *
   * @throws KeyholdError `context_not_found`, also where it takes none.
   */
  keyTerms(accountId: string): KeyTerms {
    return this.#deps.keys.terms(accountId);
  }

  /** The account's service said how it wants keys to sign. In the transaction that adds the account. */
  setKeyTerms(accountId: string, terms: KeyTerms): void {
    this.#deps.keys.setTerms(accountId, terms);
  }

  /**
   * Signs a request to the account's service in. It may take a request of its own.
   *
   * @throws NotSignedIn when that was refused, or not answered; KeyholdError as `idOf`.
   */
  async authorize(account: Holder): Promise<Authorization> {
    const id = this.idOf(account);
    return await this.#authorize(this.#kindOf(account), account, id);
  }

  /**
   * Signs a request in by one of the account's keys, whether its service knows it or not: to learn whether it does.
   *
   * @throws KeyholdError `context_not_found`, `key_not_found` when it is gone; `vault_locked`.
   */
  authorizeBy(account: Account, kid: string): Promise<Authorization> {
    return this.#authorize(this.#kinds.key, account, kid);
  }

  /**
   * Signs in at the account's registry. It may take a request of its own.
   *
   * @param seconds - How long the secret is to last, where the kind leaves a choice.
   * @throws As `authorize`.
   */
  async registryLogin(account: Holder, seconds = requestTtl): Promise<LastingLogin> {
    const id = this.idOf(account);
    const kind = this.#kindOf(account);
    const noting = this.#noting(kind, account, id);
    return { ...noting, ...(await this.#tried(noting, () => kind.login(account, id, seconds))) };
  }

  /**
   * Makes a token of a chosen life for a person or a program: only keys do.
   *
   * @param seconds - At most what the context says.
   * @throws KeyholdError as `idOf`; `signs_in_otherwise` for an account that signs in by something else.
   */
  makeToken(account: Holder, seconds: number): ApiToken {
    const id = this.idOf(account);
    if (account.credential !== 'key') throw new KeyholdError('signs_in_otherwise');
    return signApiToken(this.#deps, account, id, seconds);
  }

  /** What a credential is worth, by what the vault knows of it and by what its service said last. */
  validityOf(credentialId: string): KeyValidity {
    const validity = this.#byId(credentialId).validity(credentialId);
    const refusedSince = this.signIns.refusedSince(credentialId);
    if (refusedSince === null || validity.state === 'revoked') return validity;
    return { state: 'revoked', at: refusedSince };
  }

  /** @throws KeyholdError that says what became of a credential which signs nothing in any more. */
  requireLive(credentialId: string): void {
    if (this.validityOf(credentialId).state === 'live') return;
    throw new KeyholdError(this.#byId(credentialId).errors.notAccepted);
  }

  /**
   * What tokens may have been signed with, the newest first: the keys of all accounts, then those that were deleted.
   */
  publicKeys(): PublicHalf[] {
    return this.#deps.keys.publicKeys();
  }

  /** Makes what an account is signed in by from now on. In the transaction that says so of the account. */
  make(accountId: string, made: NewCredential): void {
    switch (made.kind) {
      case 'key':
        this.#deps.keys.create(accountId, made.label);
        return;
      case 'api-key':
        this.#apiKeys.make(accountId, made);
        return;
      case 'session':
        this.#sessions.make(accountId, made);
        return;
      case 'pasted':
        this.#pasted.make(accountId, made);
    }
  }

  /** The service knows the account's credential now. Does nothing where that was known. */
  accept(accountId: string): void {
    const { keys } = this.#deps;
    const pending = keys.pending(accountId);
    if (pending !== null && keys.authority(accountId) === null) keys.markRegistered(pending.kid);
  }

  /**
   * Has what signs an account in act in another organization of its user.
   *
   * @param also - Part of the same transaction.
   * @throws As `authorize`; KeyholdError `not_allowed` where the user does not belong to it, `beyond_scope` for an API
   *   key, which is for one organization, and for a token, which is for none.
   */
  async switchOrg(account: Holder, org: string, also: () => void): Promise<void> {
    switch (account.credential) {
      case 'api-key':
      case 'pasted':
        throw new KeyholdError('beyond_scope');
      case 'session': {
        const id = this.idOf(account);
        const noting = this.#noting(this.#sessions, account, id);
        await this.#tried(noting, () => this.#sessions.switchTo(account, id, org, also));
        return;
      }
      case 'key':
      case null:
        // A key names the organization in each token that it signs.
        this.#deps.vault.sql().transaction(also);
    }
  }

  /**
   * Gets ready to have the service revoke all that signs the account in. What it gives does that, also once the account
   * has another credential or none, and never throws for what the network does.
   *
   * @throws KeyholdError `vault_locked`.
   */
  revocation(account: Holder): () => Promise<RevokedCredential> {
    if (account.credential !== null) return this.#kinds[account.credential].revocation(account);
    return () => Promise.resolve({ credentials: [], words: '', refused: new Set() });
  }

  /**
   * Deletes all that signs an account in.
   *
   * @param refused - Ids of what the service said it does not accept.
   */
  delete(accountId: string, refused: ReadonlySet<string> = new Set()): void {
    for (const kind of Object.values(this.#kinds)) this.#end(kind.delete(accountId, refused));
  }

  /**
   * As `delete`, and keeps for later what the service may still accept, as far as it can be kept. In the transaction that
   * says so of the account.
   *
   * @param revoked - What became of it at its service; null where that is yet to be asked.
   * @returns The id by which it is on the list of what is not revoked yet; null for nothing.
   */
  leave(account: LeftAccount, revoked: RevokedCredential | null): string | null {
    const { id, credential, name: contextName, origin, serviceName } = account;
    const refused = revoked?.refused ?? new Set();
    const leaving = credential === null ? null : this.#kinds[credential].leaving(id);
    const left = leaving !== null && !refused.has(leaving.id) ? leaving : null;
    const leftId = left && this.unrevoked.add({ origin, serviceName, contextName }, left);
    this.delete(id, refused);
    const [asked] = revoked?.credentials ?? [];
    // One that its service ended is not left: this is another, that took its place while the service answered.
    const revocation = asked?.revocation ?? 'not_possible';
    if (leftId !== null && revocation !== 'not_possible' && !isConfirmed(revocation)) {
      this.unrevoked.note(leftId, revocation);
    }
    return leftId;
  }

  /** The service said of credentials that were deleted here that it does not accept them. */
  noteRefused(refused: ReadonlySet<string>): void {
    this.#deps.keys.endings.noteRefused(refused);
  }

  /** Does what makes the credentials those of a backup, in a transaction, and ends what it took away or revoked. */
  restore<T>(work: () => T): T {
    const ids = (): string[] => [...this.#apiKeys.ids(), ...this.#sessions.ids(), ...this.#pasted.ids()];
    const before = ids();
    const done = this.#deps.keys.endings.restore(work);
    const left = new Set(ids());
    this.#end(before.filter((id) => !left.has(id)));
    return done;
  }

  /**
   * Notes that a credential was used now.
   *
   * @param by - The program that it was used for, by its name where that is known; null for the app itself.
   */
  markUsed(credentialId: string, by: { program: string | null } | null = null): void {
    this.#byId(credentialId).markUsed(credentialId, by);
  }

  /** Tells the id of each credential that has ended: what was made with it is not to be given out any more. */
  onEnd(listener: (credentialId: string) => void): Cancel {
    this.#endListeners.add(listener);
    return () => this.#endListeners.delete(listener);
  }

  #end(ids: readonly string[]): void {
    for (const id of ids) for (const listener of this.#endListeners) listener(id);
  }

  /** Of an account for which `idOf` has an answer. */
  #kindOf({ credential }: Holder): Kind {
    return this.#kinds[credential ?? 'key'];
  }

  /** Ids of keys are thumbprints of 43 characters, the others UUIDs. */
  #byId(credentialId: string): Kind {
    if (credentialId.length !== 36) return this.#kinds.key;
    if (this.#apiKeys.has(credentialId)) return this.#apiKeys;
    return this.#pasted.has(credentialId) ? this.#pasted : this.#sessions;
  }

  async #authorize(kind: Kind, account: Account, id: string): Promise<Authorization> {
    const noting = this.#noting(kind, account, id);
    const headers = await this.#tried(noting, () => kind.headers(account, id));
    const { renew } = kind;
    if (renew === null) return { ...noting, headers, renew };
    return {
      ...noting,
      headers,
      renew: async () => {
        await this.#tried(noting, () => renew(account, id));
        return await this.#authorize(kind, account, id);
      },
    };
  }

  /** Does what may ask the service, and notes what that said. */
  async #tried<T>({ note }: Pick<Authorization, 'note'>, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (error instanceof NotSignedIn) note(error.said);
      throw error;
    }
  }

  #noting(
    kind: Kind,
    account: Account,
    id: string,
  ): Pick<Authorization, 'credentialId' | 'notAccepted' | 'note'> {
    const note = (said: Said): void => {
      // An answer may come once the vault is locked, which leaves no trace then.
      if (!this.#deps.vault.isUnlocked) return;
      this.signIns.note(account.id, id, said);
      if (said === 'signed_in') this.markUsed(id);
      if (said === 'not_accepted') kind.notAccepted(id);
    };
    return { credentialId: id, notAccepted: kind.errors.notAccepted, note };
  }
}
