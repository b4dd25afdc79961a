import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { Vault } from '../core/vault/vault.ts';

export function vaultHandlers(vault: Vault): IpcHandlers['vault'] {
  return {
    status: () => vault.status(),
    create: async ({ passphrase }) => {
      await vault.create(Buffer.from(passphrase, 'utf8'));
    },
    unlock: async ({ passphrase }) => {
      await vault.unlock(Buffer.from(passphrase, 'utf8'));
    },
    lock: () => {
      vault.lock();
    },
  };
}
