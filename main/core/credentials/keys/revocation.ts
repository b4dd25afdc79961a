import { keysPath } from '../../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../../contracts/server-api/index.ts';
import type { Revocation } from '../../../../contracts/ipc/sign-out.ts';
import type { Account } from '../../service/account.ts';
import { bearer } from '../../service/authorization.ts';
import { askService } from '../../service/client.ts';
import { keyholdDone } from '../../service/dialects/keyhold.ts';
import type { HttpClient } from '../../ports.ts';
import { signApiToken } from './api-token.ts';
import type { ApiTokenDeps } from './api-token.ts';

const timeoutMs = 5000;
/** Life of the token that revokes its own key, seconds. */
const tokenTtl = 2 * 60;

/** Codes by which a service says that the key has no rights there any more, or never had any. */
const withoutRights: ReadonlySet<string> = new Set<ApiErrorCode>([
  'key_not_registered',
  'key_revoked',
  'not_found',
]);

/**
 * Has an account's service revoke a key, by the key itself: `DELETE /v1/keys/{kid}`. Never throws for what the
 * network does.
 *
 * @param kid - RFC 7638 thumbprint: base64url, so that it needs no escapes in the path.
 * @throws KeyholdError `vault_locked`.
 */
export async function revokeOwnKey(
  deps: ApiTokenDeps & { http: HttpClient },
  account: Account,
  kid: string,
): Promise<Revocation> {
  const { token } = signApiToken(deps, account, kid, tokenTtl);
  const request = {
    method: 'DELETE' as const,
    url: `${account.origin}${keysPath}/${kid}`,
    headers: bearer(token),
    timeoutMs,
  };
  const answer = await askService(deps, request, keyholdDone);
  switch (answer.kind) {
    case 'answered':
      return 'revoked';
    case 'refused':
      return withoutRights.has(answer.code) ? 'not_registered' : 'refused';
    case 'unreachable':
      return 'unreachable';
    case 'foreign':
      return 'refused';
  }
}

/** Whether nothing that the key signed is accepted any more: its service said so. */
export function isConfirmed(revocation: Revocation): boolean {
  return revocation === 'revoked' || revocation === 'not_registered';
}

/** How the activity log says what became of a key. */
export const revocationWords: Readonly<Record<Revocation, string>> = {
  revoked: 'key revoked',
  not_registered: 'key was not registered',
  unreachable: 'key not revoked: service not reached',
  refused: 'key not revoked: service refused',
};
