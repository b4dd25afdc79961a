import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import type { BackupProgress, RestorePreview, RestoreResult } from '../../../../contracts/ipc/backup.ts';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { diskSmallFiles } from '../../../../main/adapters/small-files.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import { BackupService } from '../../../../main/core/backup/backup-service.ts';
import { Rescue } from '../../../../main/core/backup/rescue.ts';
import { insertContext, type StoredContext } from '../../../../main/core/contexts/context-store.ts';
import { writeFirstChoice } from '../../../../main/core/contexts/registry-account-store.ts';
import { writeKeyTerms, type KeyTerms } from '../../../../main/core/credentials/keys/key-store.ts';
import type { Credentials } from '../../../../main/core/credentials/credentials.ts';
import type { FileDialogs } from '../../../../main/core/ports.ts';
import type { Vault } from '../../../../main/core/vault/vault.ts';
import { newCredentials } from '../credentials/credential-parts.ts';
import { cheapest, newVault, type VaultParts, vaultParts } from '../vault/vault-parts.ts';

/** The backup's own passphrase. */
export const backupPassphrase = 'seven quiet lanterns drift';

/** Stands in for the system's file dialogs, which need a person: answers with the paths that a test sets. */
export class ChosenPaths implements FileDialogs {
  to: string | null = null;
  from: string | null = null;

  save(): Promise<string | null> {
    return Promise.resolve(this.to);
  }

  open(): Promise<{ path: string; name: string } | null> {
    return Promise.resolve(
      this.from === null ? null : { path: this.from, name: this.from.replace(/.*\//, '') },
    );
  }
}

export interface BackupParts extends VaultParts {
  credentials: Credentials;
  backups: BackupService;
  rescue: Rescue;
  dialogs: ChosenPaths;
  backupPath: string;
  progress: BackupProgress[];
  /** Contexts that a restore was about to take away. */
  removed: string[];
  /** How often it was told that the contexts are others. */
  restoredCount: () => number;
}

/** Backups on top of a vault's parts. */
export function withBackups(parts: VaultParts): BackupParts {
  const logger = fileLogger(parts.folder, 'silent');
  const dialogs = new ChosenPaths();
  const removed: string[] = [];
  const progress: BackupProgress[] = [];
  let restored = 0;
  const credentials = newCredentials(parts);
  const backups = new BackupService({
    ...parts,
    credentials,
    dialogs,
    files: new DiskTextFiles(logger),
    smallFiles: diskSmallFiles,
    kdfParameters: cheapest,
    logger,
    confirmServices: () => Promise.resolve(),
    beforeRemoval: (ids) => {
      removed.push(...ids);
      return Promise.resolve();
    },
    restored: () => {
      restored += 1;
    },
  });
  backups.onProgress((step) => progress.push(step));
  const rescue = new Rescue({ ...parts, folder: parts.vaultFolder, logger });
  const backupPath = join(parts.folder, 'saved.keyhold-backup');
  return {
    ...parts,
    credentials,
    backups,
    rescue,
    dialogs,
    backupPath,
    progress,
    removed,
    restoredCount: () => restored,
  };
}

/** A new, unlocked vault with backups. */
export async function newBackups(): Promise<BackupParts> {
  return withBackups(await newVault());
}

/** A restart of the app, locked. */
export function restartBackups(parts: VaultParts): BackupParts {
  parts.vault.close();
  const again = vaultParts(parts.folder, parts.keychain);
  again.clock.time = parts.clock.time;
  return withBackups(again);
}

export const keyTerms: KeyTerms = { signingAlg: 'Ed25519', maxTokenTtl: 86_400 };

/** Adds a context as a person's own would be; its state is that of the keys it is given. */
export function addWorkContext(vault: Vault, facts: Partial<StoredContext> = {}): StoredContext {
  const host = facts.host ?? 'kheeper.example';
  const context: StoredContext = {
    hasNarrowSession: false,
    signedOutOf: null,
    audience: null,
    id: randomUUID(),
    name: 'Work',
    colour: 'teal',
    label: 'prod',
    origin: `https://${host}`,
    host,
    serviceName: 'Kheeper',
    dialects: ['keyhold'],
    userId: 'u_42',
    org: null,
    credential: facts.state === 'signed_out' ? null : 'key',
    endsAt: null,
    state: 'active',
    current: false,
    hasRegistry: true,
    dashboardUrl: `https://${host}/keys`,
    maxTokenTtl: keyTerms.maxTokenTtl,
    setUpPodman: true,
    setUpDocker: false,
    createdAt: '2026-03-01T12:00:00.000Z',
    ...facts,
  };
  insertContext(vault.sql(), context);
  writeKeyTerms(vault.sql(), context.id, keyTerms);
  if (context.state === 'active') writeFirstChoice(vault.sql(), host, context.id);
  return context;
}

export async function save(parts: BackupParts, to = parts.backupPath): Promise<string> {
  parts.dialogs.to = to;
  const saved = await parts.backups.save(Buffer.from(backupPassphrase));
  if (saved === null) throw new Error('nothing was saved');
  return to;
}

/** Chooses and opens a backup. */
export async function openBackup(
  parts: BackupParts,
  from: string,
  passphrase = backupPassphrase,
): Promise<{ fileId: string; preview: RestorePreview }> {
  parts.dialogs.from = from;
  const chosen = await parts.backups.choose();
  if (chosen === null) throw new Error('nothing was chosen');
  const preview = await parts.backups.open(chosen.fileId, Buffer.from(passphrase));
  if (preview === null) throw new Error('it was cancelled');
  return { fileId: chosen.fileId, preview };
}

/** Everything in the vault but its log, to see that nothing has changed. */
export function rowsOf({ vault }: VaultParts): unknown {
  const sql = vault.sql();
  return {
    contexts: sql.all('SELECT * FROM contexts ORDER BY id'),
    keys: sql.all('SELECT * FROM keys ORDER BY id'),
    accounts: sql.all('SELECT * FROM registry_accounts ORDER BY host'),
  };
}

/** Opens a backup and takes it over. */
export async function restore(
  parts: BackupParts,
  path: string,
  mode: 'merge' | 'replace',
): Promise<RestoreResult> {
  const { fileId } = await openBackup(parts, path);
  return parts.backups.restore(fileId, mode);
}

/** One vault with a backup of `Work` and its key, and another, empty vault. */
export async function twoVaults(): Promise<{
  one: BackupParts;
  other: BackupParts;
  kid: string;
  path: string;
}> {
  const one = await newBackups();
  const work = addWorkContext(one.vault, { current: true });
  const { kid } = one.keys.create(work.id, 'laptop');
  one.keys.markRegistered(kid);
  return { one, other: await newBackups(), kid, path: await save(one) };
}
