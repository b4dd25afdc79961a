import { KeyholdError } from '../../contracts/errors.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { LockController } from '../core/lock/lock-controller.ts';
import { passphraseStrength } from '../core/vault/strength.ts';
import type { Vault } from '../core/vault/vault.ts';
import type { VaultSlots } from '../core/vault/vault-slots.ts';

interface Deps {
  vault: Vault;
  slots: VaultSlots;
  lock: LockController;
}

/** Switches the keychain on for a new vault. A keychain that refuses does not undo the vault. */
async function addKeychain(slots: VaultSlots): Promise<'on' | 'failed'> {
  try {
    await slots.addKeychain(null);
    return 'on';
  } catch (error) {
    if (error instanceof KeyholdError && error.code === 'keychain_failed') return 'failed';
    throw error;
  }
}

export function vaultHandlers({ vault, slots, lock }: Deps): IpcHandlers['vault'] {
  return {
    status: () => {
      const status = vault.status();
      const known = status.state === 'locked' || status.state === 'unlocked';
      return { ...status, ...(known ? slots.waysIn() : { keychain: 'none', recovery: false }) };
    },
    strength: ({ passphrase }) => passphraseStrength(passphrase),
    keychain: async () => ({ backend: await slots.keychainBackend() }),
    create: async ({ passphrase, keychain }) => {
      await vault.create(Buffer.from(passphrase, 'utf8'));
      return {
        keychain: keychain ? await addKeychain(slots) : 'off',
        codeId: await slots.makeRecoveryCode(null),
      };
    },
    unlock: ({ passphrase }) => vault.unlock(Buffer.from(passphrase, 'utf8')),
    unlockWithKeychain: () => slots.unlockWithKeychain(),
    recover: ({ code, passphrase }) => slots.recover(code, Buffer.from(passphrase, 'utf8')),
    lockForecast: () => lock.forecast(),
    lock: ({ by }) => lock.lock(by),
  };
}
