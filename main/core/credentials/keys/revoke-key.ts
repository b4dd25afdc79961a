import { KeyholdError } from '../../../../contracts/errors.ts';
import type { Revocation } from '../../../../contracts/ipc/sign-out.ts';
import type { HttpClient } from '../../ports/http.ts';
import type { Accounts } from '../../service/account.ts';
import { isConfirmed, revocationWords } from '../kind/revocation.ts';
import { revokeOwnKey } from './revocation.ts';
import type { ApiTokenDeps } from './api-token.ts';
import type { Vault } from '../../vault/vault.ts';
import { isInRotation } from './rotation/rotation-store.ts';

type RevokeDeps = ApiTokenDeps & { vault: Vault; contexts: Accounts; http: HttpClient };

/** What came of revoking a key. */
interface RevokedKey {
  revocation: Revocation;
  /** Whether its private part is gone from the vault. */
  retired: boolean;
}

/**
 * Has a key's service revoke it, by the key itself, and then destroys its private part. As long as the service has
 * not confirmed it the private part stays, for only the key itself can revoke the key.
 *
 * @param anyway - Destroy the private part whatever the service says.
 * @throws KeyholdError `vault_locked`, `key_not_found`; `rotation_open` while the key is being rotated.
 */
export async function revokeKey(deps: RevokeDeps, keyId: string, anyway: boolean): Promise<RevokedKey> {
  const { keys, contexts } = deps;
  const key = keys.get(keyId);
  if (key.state === 'revoked') return { revocation: 'not_registered', retired: true };
  requireNotRotating(deps.vault, keyId);
  const revocation = await revokeOwnKey(deps, contexts.get(key.contextId), key.kid);
  const confirmed = isConfirmed(revocation);
  if (!confirmed && !anyway) return { revocation, retired: false };
  // A rotation may have begun while the service answered.
  requireNotRotating(deps.vault, keyId);
  keys.endings.retire(keyId, revocationWords(revocation, 'key'), confirmed);
  return { revocation, retired: true };
}

function requireNotRotating(vault: Vault, keyId: string): void {
  if (isInRotation(vault.sql(), keyId)) throw new KeyholdError('rotation_open');
}
