import { KeyholdError } from '../../contracts/errors.ts';
import type { Vault } from '../core/vault/vault.ts';

/** While the vault is locked the window sees nothing of what it holds, public data included. */
export function requireUnlocked(vault: Vault): void {
  if (!vault.isUnlocked) throw new KeyholdError('vault_locked');
}
