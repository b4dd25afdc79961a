import { KeyholdError } from '../../../contracts/errors.ts';
import type { Clock, Logger, Random } from '../ports.ts';
import { bearer } from '../service/authorization.ts';
import type { Authorization, RegistryLogin, Said } from '../service/authorization.ts';
import type { Vault } from '../vault/vault.ts';
import { basicUserName } from './basic-user-name.ts';
import { signApiToken } from './keys/api-token.ts';
import type { KeyService } from './keys/key-service.ts';
import { SignInBook } from './sign-in-book.ts';
import type { Account } from './account.ts';

/** Life of the token of one request, seconds. */
const requestTtl = 2 * 60;

interface CredentialsDeps {
  vault: Vault;
  keys: KeyService;
  clock: Clock;
  random: Random;
  logger: Logger;
}

/**
 * What signs accounts in, whatever kind it is of: nobody outside of this folder signs, or asks for the kind.
 * docs/adr/0025-credentials.md.
 */
export class Credentials {
  readonly #deps: CredentialsDeps;
  /** What is known of each account's sign-in. */
  readonly signIns: SignInBook;

  constructor(deps: CredentialsDeps) {
    this.#deps = deps;
    this.signIns = new SignInBook(deps);
  }

  /**
   * Which credential signs in now. Of use to notice that it was replaced.
   *
   * @throws KeyholdError `key_not_registered` for an account that has none that its service knows, `key_expired` when
   * all that it has are over their age limit; `vault_locked`.
   */
  idOf(account: Account): string {
    const { keys } = this.#deps;
    if (account.state !== 'active') throw new KeyholdError('key_not_registered');
    const kid = keys.signingKid(account.id);
    if (kid !== null) return kid;
    throw new KeyholdError(keys.authority(account.id) === null ? 'key_not_registered' : 'key_expired');
  }

  /** Signs a request to the account's service in. It may take a request of its own. @throws KeyholdError as `idOf`. */
  authorize(account: Account): Promise<Authorization> {
    // What throws rejects.
    return new Promise((resolve) => {
      const { token, ...made } = this.#tokenOf(account);
      resolve({ ...made, headers: bearer(token) });
    });
  }

  /** Signs in at the account's registry. It may take a request of its own. @throws KeyholdError as `idOf`. */
  registryLogin(account: Account): Promise<RegistryLogin> {
    return new Promise((resolve) => {
      const { token, ...made } = this.#tokenOf(account);
      resolve({ ...made, username: basicUserName(account.userId), secret: token });
    });
  }

  #tokenOf(account: Account): Omit<Authorization, 'headers'> & { token: string } {
    const kid = this.idOf(account);
    const { token } = signApiToken(this.#deps, account, kid, requestTtl);
    const note = (said: Said): void => {
      this.signIns.note(account.id, kid, said);
      if (said === 'signed_in') this.#deps.keys.markUsed(kid);
    };
    return { credentialId: kid, token, note };
  }
}
