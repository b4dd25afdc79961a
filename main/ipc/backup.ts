import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { BackupService } from '../core/backup/backup-service.ts';
import type { Rescue } from '../core/backup/rescue.ts';
import type { VaultCopies } from '../core/backup/vault-copies.ts';

interface Deps {
  backups: BackupService;
  copies: VaultCopies;
}

export function backupHandlers({ backups, copies }: Deps): IpcHandlers['backup'] {
  return {
    status: () => ({ ...backups.status(), ...copies.summary() }),
    save: ({ passphrase }) => backups.save(Buffer.from(passphrase, 'utf8')),
    choose: () => backups.choose(),
    open: ({ fileId, passphrase }) => backups.open(fileId, Buffer.from(passphrase, 'utf8')),
    restore: ({ fileId, mode }) => backups.restore(fileId, mode),
    removeCopies: () => backups.removeCopies(),
    cancel: () => backups.cancel(),
    close: () => backups.close(),
  };
}

/** Asked while the vault is damaged or gone: there is nothing to unlock then. */
export function rescueHandlers(rescue: Rescue): IpcHandlers['rescue'] {
  return {
    copies: () => rescue.copies(),
    useCopy: ({ copy }) => rescue.useCopy(copy),
    setAside: () => rescue.setAside(),
    checkAgain: () => rescue.checkAgain(),
  };
}
