import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { LockController } from '../core/lock/lock-controller.ts';
import type { Vault } from '../core/vault/vault.ts';

export function vaultHandlers(vault: Vault, lock: LockController): IpcHandlers['vault'] {
  return {
    status: () => vault.status(),
    create: async ({ passphrase }) => {
      await vault.create(Buffer.from(passphrase, 'utf8'));
    },
    unlock: async ({ passphrase }) => {
      await vault.unlock(Buffer.from(passphrase, 'utf8'));
    },
    lock: ({ by }) => {
      lock.lock(by);
    },
  };
}
