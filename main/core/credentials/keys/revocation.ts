import type { Revocation } from '../../../../contracts/ipc/sign-out.ts';
import { keysPath } from '../../../../contracts/server-api/index.ts';
import type { HttpClient } from '../../ports/http.ts';
import type { Account } from '../../service/account.ts';
import { bearer } from '../../service/authorization.ts';
import { askToRevoke, revocationOf } from '../kind/revocation.ts';
import { signApiToken, type ApiTokenDeps } from './api-token.ts';

/** Life of the token that revokes its own key, seconds. */
const tokenTtl = 2 * 60;

/**
 * Gets ready to have an account's service revoke a key, by the key itself: `DELETE /v1/keys/{kid}`. What it gives does
 * that, also once the key is gone from here, and never throws for what the network does.
 *
 * @param kid - RFC 7638 thumbprint: base64url, so that it needs no escapes in the path.
 * @throws KeyholdError `vault_locked`.
 */
export function ownRevocation(
  deps: ApiTokenDeps & { http: HttpClient },
  account: Account,
  kid: string,
): () => Promise<Revocation> {
  const headers = bearer(signApiToken(deps, account, kid, tokenTtl).token);
  const url = `${account.origin}${keysPath}/${kid}`;
  return async () => revocationOf(await askToRevoke(deps, { method: 'DELETE', url, headers }));
}

/** Does at once what `ownRevocation` gets ready. @throws KeyholdError `vault_locked`. */
export async function revokeOwnKey(...about: Parameters<typeof ownRevocation>): Promise<Revocation> {
  return await ownRevocation(...about)();
}
