import { apiKeyPath } from '../../../../contracts/server-api/index.ts';
import type { Revocation } from '../../../../contracts/ipc/sign-out.ts';
import { bearer } from '../../service/authorization.ts';
import type { ServiceDeps } from '../../service/client.ts';
import type { NewApiKey } from '../api-keys/api-key-credential.ts';
import type { LeftCredential } from '../kind/kind.ts';
import { askToRevoke, revocationOf } from '../kind/revocation.ts';
import type { NewSession } from '../sessions/session-credential.ts';
import { sessionRequests } from '../sessions/session-requests.ts';

/** What revokes a credential that was given just now. */
export function leftOf(given: NewApiKey | NewSession): LeftCredential {
  return given.kind === 'api-key'
    ? { kind: given.kind, keyId: given.keyId, secret: given.secret }
    : { kind: given.kind, form: given.form, secret: given.token };
}

/** Has a service revoke a credential by its own authority. Never throws for what the network does. */
export async function revokeLeft(
  deps: ServiceDeps,
  origin: string,
  left: LeftCredential,
): Promise<Revocation> {
  switch (left.kind) {
    case 'api-key': {
      const url = `${origin}${apiKeyPath(encodeURIComponent(left.keyId))}`;
      return revocationOf(await askToRevoke(deps, { method: 'DELETE', url, headers: bearer(left.secret) }));
    }
    case 'session':
      return revocationOf(await sessionRequests[left.form].end(deps, origin, left.secret));
  }
}
