import type { KeySummary, KeyValidity } from '../../../contracts/domain/key.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { SignOutResult } from '../../../contracts/ipc/sign-out.ts';
import type { Cancel, Clock, HttpClient, Logger, Random } from '../ports.ts';
import type { Account } from '../service/account.ts';
import { bearer, type Authorization, type RegistryLogin, type Said } from '../service/authorization.ts';
import type { Vault } from '../vault/vault.ts';
import { basicUserName } from './basic-user-name.ts';
import { signApiToken, type ApiToken } from './keys/api-token.ts';
import type { PublicHalf } from './keys/ended-keys.ts';
import type { KeyService } from './keys/key-service.ts';
import type { KeyTerms } from './keys/key-store.ts';
import { isConfirmed, revocationWords, revokeOwnKey } from './keys/revocation.ts';
import { SignInBook } from './sign-in-book.ts';
import type { CredentialKind } from './state.ts';

export type { ApiToken } from './keys/api-token.ts';

/** Life of the token of one request, seconds. */
const requestTtl = 2 * 60;

interface CredentialsDeps {
  vault: Vault;
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

/** What an account is to be signed in by. */
interface NewCredential {
  kind: 'key';
  label: string;
  /** Null where the service was asked before, and said so. */
  terms: KeyTerms | null;
}

/** What became of a credential at its service. */
export interface RevokedCredential {
  keys: SignOutResult['keys'];
  /** In words, for the activity log. */
  words: string;
  /** Ids of what the service said it does not accept. */
  refused: ReadonlySet<string>;
}

/** A registry login that lasts. */
export interface LastingLogin extends RegistryLogin {
  /** When its secret ends, seconds since 1970. */
  until: number;
}

/**
 * What signs accounts in, of whatever kind: nobody outside of this folder signs, or asks for the kind.
 * docs/adr/0025-credentials.md says what each kind answers.
 */
export class Credentials {
  readonly #deps: CredentialsDeps;
  /** What is known of each account's sign-in. */
  readonly signIns: SignInBook;

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
    this.signIns = new SignInBook({
      ...deps,
      idOf: (accountId) => deps.keys.signingKid(accountId),
      expired: () => deps.keys.contextsWithExpired(),
    });
  }

  /**
   * Which credential signs in now. Of use to notice that it was replaced.
   *
   * @throws KeyholdError `key_not_registered` for an account that has none that its service knows, `key_expired` when
   * all that it has are over their age limit; `vault_locked`.
   */
  idOf({ id, credential }: Holder): string {
    const { keys } = this.#deps;
    const kid = credential === null ? null : keys.signingKid(id);
    if (kid !== null) return kid;
    const isExpired = credential !== null && keys.authority(id) !== null;
    throw new KeyholdError(isExpired ? 'key_expired' : 'key_not_registered');
  }

  /** Whether `idOf` has an answer. */
  canSignIn({ id, credential }: Holder): boolean {
    return credential !== null && this.#deps.keys.signingKid(id) !== null;
  }

  /** The key that signs in, or that is to; null for an account without one. */
  keyOf({ id }: Account): KeySummary | null {
    const { keys } = this.#deps;
    return keys.current(id) ?? keys.authority(id) ?? keys.pending(id);
  }

  /** How the account's service wants keys to sign: those of bots too. @throws KeyholdError `context_not_found` */
  keyTerms(accountId: string): KeyTerms {
    return this.#deps.keys.terms(accountId);
  }

  /** Signs a request to the account's service in. It may take a request of its own. @throws KeyholdError as `idOf`. */
  async authorize(account: Holder): Promise<Authorization> {
    return await this.authorizeBy(account, this.idOf(account));
  }

  /**
   * Signs a request in by one of the account's credentials, whether its service knows it or not: to learn whether it
   * does.
   *
   * @throws KeyholdError `context_not_found`, `key_not_found` when it is gone; `vault_locked`.
   */
  authorizeBy(account: Account, credentialId: string): Promise<Authorization> {
    // What throws rejects.
    return new Promise((resolve) => {
      const { token } = signApiToken(this.#deps, account, credentialId, requestTtl);
      resolve({ ...this.#noting(account, credentialId), headers: bearer(token) });
    });
  }

  /**
   * Signs in at the account's registry. It may take a request of its own.
   *
   * @param seconds - How long the secret is to last, where the kind leaves a choice.
   * @throws KeyholdError as `idOf`.
   */
  registryLogin(account: Holder, seconds = requestTtl): Promise<LastingLogin> {
    return new Promise((resolve) => {
      const { token, kid, claims } = this.makeToken(account, seconds);
      const username = basicUserName(account.userId);
      resolve({ ...this.#noting(account, kid), username, secret: token, until: claims.exp });
    });
  }

  /**
   * Makes a token of a chosen life for a person or a program.
   *
   * @param seconds - At most what the context says.
   * @throws KeyholdError as `idOf`.
   */
  makeToken(account: Holder, seconds: number): ApiToken {
    return signApiToken(this.#deps, account, this.idOf(account), seconds);
  }

  /** What a credential is worth, by what the vault knows of it and by what its service said last. */
  validityOf(credentialId: string): KeyValidity {
    const validity = this.#deps.keys.validity(credentialId);
    const unknownSince = this.signIns.unknownSince(credentialId);
    if (unknownSince === null || validity.state === 'revoked') return validity;
    return { state: 'revoked', at: unknownSince };
  }

  /**
   * What tokens may have been signed with, the newest first: the keys of all accounts, then those that were deleted.
   */
  publicKeys(): PublicHalf[] {
    return this.#deps.keys.publicKeys();
  }

  /** Makes what an account is signed in by from now on. In the transaction that says so of the account. */
  make(accountId: string, { label, terms }: NewCredential): void {
    const { keys } = this.#deps;
    if (terms !== null) keys.setTerms(accountId, terms);
    keys.create(accountId, label);
  }

  /** The service knows the account's credential now. Does nothing where that was known. */
  accept(accountId: string): void {
    const { keys } = this.#deps;
    const pending = keys.pending(accountId);
    if (pending !== null && keys.authority(accountId) === null) keys.markRegistered(pending.kid);
  }

  /** Has the service revoke all that signs the account in. Never throws for what the network does. */
  async revoke(account: Account): Promise<RevokedCredential> {
    const keys: RevokedCredential['keys'] = [];
    const refused = new Set<string>();
    for (const { kid, label, fingerprint, state } of this.#deps.keys.list(account.id)) {
      if (state === 'revoked') continue;
      const revocation = await revokeOwnKey(this.#deps, account, kid);
      keys.push({ label, fingerprint, revocation });
      if (isConfirmed(revocation)) refused.add(kid);
    }
    const words = keys.map(({ revocation }) => revocationWords[revocation]);
    return { keys, words: [...new Set(words)].join(', '), refused };
  }

  /**
   * Deletes all that signs an account in.
   *
   * @param refused - Ids of what the service said it does not accept.
   */
  delete(accountId: string, refused: ReadonlySet<string> = new Set()): void {
    this.#deps.keys.endings.removeAllOf(accountId, refused);
  }

  /** Does what makes the credentials those of a backup, in a transaction, and ends what it took away or revoked. */
  restore<T>(work: () => T): T {
    return this.#deps.keys.endings.restore(work);
  }

  /** Notes that a credential was used now. */
  markUsed(credentialId: string): void {
    this.#deps.keys.markUsed(credentialId);
  }

  /** Notes that a credential was used now for a program: by its name where that is known. */
  markUsedBy(credentialId: string, program: string | null): void {
    this.#deps.keys.markUsedBy(credentialId, program);
  }

  /** Tells the id of each credential that has ended: what was made with it is not to be given out any more. */
  onEnd(listener: (credentialId: string) => void): Cancel {
    return this.#deps.keys.endings.onEnd(listener);
  }

  #noting(account: Account, kid: string): Pick<Authorization, 'credentialId' | 'note'> {
    const note = (said: Said): void => {
      // An answer may come once the vault is locked, which leaves no trace then.
      if (!this.#deps.vault.isUnlocked) return;
      this.signIns.note(account.id, kid, said);
      if (said === 'signed_in') this.markUsed(kid);
    };
    return { credentialId: kid, note };
  }
}
