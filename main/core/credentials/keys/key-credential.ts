import { bearer } from '../../service/authorization.ts';
import type { Account } from '../../service/account.ts';
import type { HttpClient } from '../../ports/http.ts';
import { basicUserName } from '../kind/basic-user-name.ts';
import type { Kind, Login, RevokedCredential } from '../kind/kind.ts';
import { signApiToken, type ApiTokenDeps } from './api-token.ts';
import { isConfirmed, revocationWords } from '../kind/revocation.ts';
import { ownRevocation } from './revocation.ts';

/** Life of the token of one request, seconds. */
export const requestTtl = 2 * 60;

type Deps = ApiTokenDeps & { http: HttpClient };

/** Keys that sign in: each request by a token of its own, signed here. Their ids are their kids. */
export class KeyCredential implements Kind {
  readonly errors = { over: 'key_expired', notAccepted: 'key_not_registered' } as const;
  readonly renew = null;
  readonly #deps: Deps;

  constructor(deps: Deps) {
    this.#deps = deps;
  }

  idOf(accountId: string): string | null {
    return this.#deps.keys.signingKid(accountId);
  }

  isOver(accountId: string): boolean {
    return this.#deps.keys.authority(accountId) !== null;
  }

  over(): ReadonlySet<string> {
    return this.#deps.keys.contextsWithExpired();
  }

  headers(account: Account, kid: string): Promise<{ authorization: string }> {
    // What throws rejects.
    return new Promise((resolve) =>
      resolve(bearer(signApiToken(this.#deps, account, kid, requestTtl).token)),
    );
  }

  login(account: Account, kid: string, seconds: number): Promise<Login> {
    return new Promise((resolve) => {
      const { token, claims } = signApiToken(this.#deps, account, kid, seconds);
      resolve({ username: basicUserName(account.userId), secret: token, until: claims.exp });
    });
  }

  notAccepted(): void {
    // The key stays: it may be registered once more, and only its user ends it here.
  }

  validity(kid: string): ReturnType<Kind['validity']> {
    return this.#deps.keys.validity(kid);
  }

  markUsed(kid: string, by: { program: string | null } | null): void {
    if (by === null) this.#deps.keys.markUsed(kid);
    else this.#deps.keys.markUsedBy(kid, by.program);
  }

  facts(accountId: string): ReturnType<Kind['facts']> {
    return { apiKey: null, programUse: this.#deps.keys.current(accountId)?.programUse ?? null };
  }

  revocation(account: Account): () => Promise<RevokedCredential> {
    const living = this.#deps.keys.list(account.id).filter(({ state }) => state !== 'revoked');
    const requests = living.map((key) => ({ key, revoke: ownRevocation(this.#deps, account, key.kid) }));
    return async () => {
      const credentials: RevokedCredential['credentials'] = [];
      const refused = new Set<string>();
      const words = new Set<string>();
      for (const { key, revoke } of requests) {
        const revocation = await revoke();
        credentials.push({ kind: 'key', label: key.label, fingerprint: key.fingerprint, revocation });
        words.add(revocationWords(revocation, 'key'));
        if (isConfirmed(revocation)) refused.add(key.kid);
      }
      return { credentials, words: [...words].join(', '), refused };
    };
  }

  leaving(): null {
    // Private keys are deleted in any case (docs/adr/0010-signing-out.md).
    return null;
  }

  delete(accountId: string, refused: ReadonlySet<string>): string[] {
    this.#deps.keys.endings.removeAllOf(accountId, refused);
    return [];
  }
}
