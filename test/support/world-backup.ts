import { KeyholdError } from '../../contracts/errors.ts';
import type { RestorePreview, RestoreRow } from '../../contracts/ipc/backup.ts';
import type { IpcHandlers } from '../../contracts/ipc/index.ts';
import type { VaultCopy } from '../../contracts/ipc/rescue.ts';
import { timeFromNow } from './samples.ts';
import type { World } from './world.ts';

const fileId = '2f0c7f9e-6f0a-4a8e-9a52-0d6f6b1f2b01';

export function sampleCopy(facts: Partial<VaultCopy> = {}): VaultCopy {
  return {
    copy: 'vault-2026-11-23.db',
    day: '2026-11-23',
    upTo: '2026-11-23T17:42:10.000Z',
    contexts: 5,
    credentials: 7,
    ...facts,
  };
}

export function sampleRow(facts: Partial<RestoreRow> = {}): RestoreRow {
  return {
    name: 'Production',
    asName: 'Production',
    host: 'registry.acme.example',
    userId: 'u_42',
    outcome: 'same',
    credentials: 2,
    newCredentials: 0,
    revokedCredentials: 0,
    foreignCredentials: 0,
    ...facts,
  };
}

/** A backup of four contexts, each of which stands to the vault in another way. */
export function samplePreviewOfBackup(facts: Partial<RestorePreview> = {}): RestorePreview {
  return {
    savedAt: timeFromNow(-9 * 86_400),
    contexts: 4,
    credentials: 6,
    rows: [
      sampleRow({
        name: 'Staging',
        asName: 'Staging 2',
        userId: 'u_7',
        outcome: 'renamed',
        credentials: 1,
        newCredentials: 1,
      }),
      sampleRow({
        name: 'Home lab',
        asName: 'Home lab',
        host: 'lab.example:8443',
        outcome: 'new',
        newCredentials: 2,
      }),
      sampleRow({
        name: 'Work',
        asName: 'Acme',
        userId: 'u_9',
        outcome: 'merged',
        newCredentials: 1,
        revokedCredentials: 1,
      }),
      sampleRow(),
    ],
    newContexts: 2,
    newCredentials: 4,
    revokedCredentials: 1,
    leaving: { contexts: 1, credentials: 2, names: ['Sandbox'] },
    present: 3,
    ...facts,
  };
}

/** Backups of a world: a chosen file is there until it is closed. */
export function backupHandlers(world: World): IpcHandlers['backup'] {
  let chosen = false;
  return {
    status: () => world.backup,
    save: () => {
      world.backup = { ...world.backup, savedAt: timeFromNow(0), newCredentials: 0 };
      return {
        fileName: 'keyhold-2026-11-24.keyhold-backup',
        contexts: world.contexts.length,
        credentials: world.keys.length,
      };
    },
    choose: () => {
      chosen = true;
      return { fileId, fileName: 'keyhold-2026-11-15.keyhold-backup' };
    },
    open: () => {
      if (!chosen) throw new KeyholdError('backup_gone');
      return world.backupPreview;
    },
    restore: ({ mode }) => {
      if (!chosen) throw new KeyholdError('backup_gone');
      const { contexts, credentials, newContexts, newCredentials } = world.backupPreview;
      return mode === 'replace'
        ? { contexts, credentials, registries: contexts }
        : { contexts: newContexts, credentials: newCredentials, registries: newContexts };
    },
    removeCopies: () => {
      world.backup = { ...world.backup, copies: 0, newestCopy: null };
    },
    cancel: () => undefined,
    close: () => {
      chosen = false;
    },
  };
}

export function rescueHandlers(world: World): IpcHandlers['rescue'] {
  return {
    copies: () => world.copies,
    useCopy: () => {
      world.vault.state = 'locked';
    },
    setAside: () => {
      world.vault.state = 'missing';
    },
    checkAgain: () => undefined,
  };
}
