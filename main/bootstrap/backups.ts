import type { IpcEvents, IpcHandlers } from '../../contracts/ipc/index.ts';
import { argon2Kdf } from '../adapters/kdf.ts';
import { diskSmallFiles } from '../adapters/small-files.ts';
import type { ActivityLog } from '../core/activity/activity-log.ts';
import { BackupService } from '../core/backup/backup-service.ts';
import { Rescue } from '../core/backup/rescue.ts';
import type { VaultCopies } from '../core/backup/vault-copies.ts';
import type { ContextService } from '../core/contexts/context-service.ts';
import type { KnownServices } from '../core/contexts/known-services.ts';
import type { Credentials } from '../core/credentials/credentials.ts';
import type { Clock, FileDialogs, Logger, Random, TextFiles } from '../core/ports.ts';
import type { VaultFolder } from '../core/ports/vault-file.ts';
import type { RegistryService } from '../core/registries/registry-service.ts';
import type { Registration } from '../core/signin/registration.ts';
import type { KdfSettings } from '../core/vault/calibration.ts';
import type { Vault } from '../core/vault/vault.ts';
import { backupHandlers, rescueHandlers } from '../ipc/backup.ts';

interface Deps {
  folder: VaultFolder;
  copies: VaultCopies;
  vault: Vault;
  contexts: ContextService;
  credentials: Credentials;
  registries: RegistryService;
  registration: Registration;
  services: KnownServices;
  activity: ActivityLog;
  files: TextFiles;
  dialogs: FileDialogs;
  clock: Clock;
  random: Random;
  logger: Logger;
  kdfParameters: KdfSettings;
  emit: (name: keyof IpcEvents, payload?: unknown) => void;
}

/** Builds backups and the rescue of a damaged vault, and what the window may ask of them. */
export function buildBackups(deps: Deps): Pick<IpcHandlers, 'backup' | 'rescue'> {
  const { folder, copies, vault, contexts, credentials, registries, registration, activity, files } = deps;
  const { dialogs, clock, random, logger } = deps;
  const rescue = new Rescue({ vault, copies, folder, activity, clock, logger });
  const backups = new BackupService({
    vault,
    credentials,
    copies,
    activity,
    files,
    dialogs,
    clock,
    random,
    logger,
    smallFiles: diskSmallFiles,
    kdf: argon2Kdf,
    kdfParameters: deps.kdfParameters,
    confirmServices: (origins) => deps.services.confirm(origins),
    beforeRemoval: async (contextIds) => {
      for (const id of contextIds) {
        registration.cancel(id);
        await registries.forget(id, contextIds);
      }
    },
    restored: () => {
      contexts.announce();
      deps.emit('keysChanged');
      registration.resumePending();
    },
  });
  rescue.onChange(() => deps.emit('vaultChanged'));
  backups.onProgress((progress) => deps.emit('backupProgress', progress));
  return { backup: backupHandlers({ backups, copies }), rescue: rescueHandlers(rescue) };
}
