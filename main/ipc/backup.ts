import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { BackupService } from '../core/backup/backup-service.ts';
import type { Rescue } from '../core/backup/rescue.ts';
import type { VaultCopies } from '../core/backup/vault-copies.ts';
import type { Vault } from '../core/vault/vault.ts';
import { requireUnlocked } from './guard.ts';

interface Deps {
  vault: Vault;
  backups: BackupService;
  copies: VaultCopies;
}

export function backupHandlers({ vault, backups, copies }: Deps): IpcHandlers['backup'] {
  return {
    status: () => {
      requireUnlocked(vault);
      return { ...backups.status(), ...copies.summary() };
    },
    save: ({ passphrase }) => {
      requireUnlocked(vault);
      return backups.save(Buffer.from(passphrase, 'utf8'));
    },
    choose: () => {
      requireUnlocked(vault);
      return backups.choose();
    },
    open: ({ fileId, passphrase }) => {
      requireUnlocked(vault);
      return backups.open(fileId, Buffer.from(passphrase, 'utf8'));
    },
    restore: ({ fileId, mode }) => {
      requireUnlocked(vault);
      return backups.restore(fileId, mode);
    },
    removeCopies: () => {
      requireUnlocked(vault);
      backups.removeCopies();
    },
    cancel: () => {
      backups.cancel();
    },
    close: () => {
      backups.close();
    },
  };
}

/** Asked while the vault is damaged or gone: there is nothing to unlock then. */
export function rescueHandlers(rescue: Rescue): IpcHandlers['rescue'] {
  return {
    copies: () => rescue.copies(),
    useCopy: ({ copy }) => {
      rescue.useCopy(copy);
    },
    setAside: () => {
      rescue.setAside();
    },
    checkAgain: () => {
      rescue.checkAgain();
    },
  };
}
