import { apiErrorBodySchema, keysPath } from '../../../../contracts/server-api/index.ts';
import type { ApiErrorCode } from '../../../../contracts/server-api/index.ts';
import type { Revocation } from '../../../../contracts/ipc/sign-out.ts';
import type { StoredContext } from '../../contexts/context-store.ts';
import { readAnswer } from '../../service/read-answer.ts';
import { HttpRefused, HttpUnreachable } from '../../ports.ts';
import type { HttpClient, HttpResponse } from '../../ports.ts';
import { signApiToken } from './api-token.ts';
import type { ApiTokenDeps } from './api-token.ts';

const timeoutMs = 5000;
/** Life of the token that revokes its own key, seconds. */
const tokenTtl = 2 * 60;

/** Codes by which a service says that the key has no rights there any more, or never had any. */
const withoutRights: readonly (ApiErrorCode | undefined)[] = [
  'key_not_registered',
  'key_revoked',
  'not_found',
];

/**
 * Has a context's service revoke a key, by the key itself: `DELETE /v1/keys/{kid}`. Never throws for what the
 * network does.
 *
 * @param kid - RFC 7638 thumbprint: base64url, so that it needs no escapes in the path.
 * @throws KeyholdError `vault_locked`.
 */
export async function revokeOwnKey(
  deps: ApiTokenDeps & { http: HttpClient },
  context: StoredContext,
  kid: string,
): Promise<Revocation> {
  const { token } = signApiToken(deps, context, kid, tokenTtl);
  try {
    const response = await deps.http.request({
      method: 'DELETE',
      url: `${context.origin}${keysPath}/${kid}`,
      headers: { authorization: `Bearer ${token}` },
      timeoutMs,
    });
    return readResponse(response);
  } catch (error) {
    if (error instanceof HttpUnreachable) return 'unreachable';
    if (error instanceof HttpRefused) return 'refused';
    throw error;
  }
}

function readResponse({ status, text }: HttpResponse): Revocation {
  if (status === 204) return 'revoked';
  if (status === 429 || status >= 500) return 'unreachable';
  const code = readAnswer(text, apiErrorBodySchema)?.error.code;
  return withoutRights.includes(code) ? 'not_registered' : 'refused';
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
