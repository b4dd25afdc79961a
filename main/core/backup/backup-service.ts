import { limits } from '../../../contracts/domain/limits.ts';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { BackupProgress, RestorePreview, RestoreResult } from '../../../contracts/ipc/backup.ts';
import type { ActivityLog } from '../activity/activity-log.ts';
import { countLiving, madeKinds } from '../credentials/backup/vault-credentials.ts';
import type { Credentials } from '../credentials/credentials.ts';
import type { Cancel, Clock, FileDialogs, Kdf, Logger, Random, SmallFiles, TextFiles } from '../ports.ts';
import { wipe } from '../vault/bytes.ts';
import { calibrate, type KdfSettings } from '../vault/calibration.ts';
import { Listeners } from '../lib/listeners.ts';
import { requireStrong } from '../vault/strength.ts';
import type { Vault } from '../vault/vault.ts';
import { wipeContent, type BackupContent } from './backup-content.ts';
import { newBackupKey, openBackup, readBackup, sealBackup, type SealedBackup } from './backup-file.ts';
import { readVaultContexts } from './backup-rows.ts';
import { collect, readContent, type Counts } from './collect.ts';
import { Cancelled, LongWork } from './long-work.ts';
import { applyMerge, applyReplace } from './restore-apply.ts';
import { leavingContexts, previewOf } from './restore-plan.ts';
import type { VaultCopies } from './vault-copies.ts';

const extension = 'keyhold-backup';

interface BackupDeps {
  vault: Vault;
  credentials: Pick<Credentials, 'restore'>;
  copies: VaultCopies;
  activity: ActivityLog;
  dialogs: FileDialogs;
  files: TextFiles;
  smallFiles: SmallFiles;
  kdf: Kdf;
  kdfParameters: KdfSettings;
  clock: Clock;
  random: Random;
  logger: Logger;
  /** Asks the person about services that no context is of yet. Throws `service_not_confirmed`. */
  confirmServices: (origins: readonly string[]) => Promise<void>;
  /** Undoes what was set up for contexts that a restore is about to take away. */
  beforeRemoval: (contextIds: readonly string[]) => Promise<void>;
  /** The contexts and credentials are others now. */
  restored: () => void;
}

/** A file that the user chose, and what it holds once its passphrase was given. The path stays here. */
interface ChosenFile {
  id: string;
  backup: SealedBackup;
  content: BackupContent | null;
}

interface SavedBackup extends Counts {
  fileName: string;
}

/** Counts in words, for the activity log. */
function counted({ contexts, credentials }: Counts): string {
  const words = (count: number, unit: string): string => `${count} ${unit}${count === 1 ? '' : 's'}`;
  return `${words(contexts, 'context')}, ${words(credentials, 'credential')}`;
}

/**
 * Backups: one encrypted file under a passphrase of its own, with every context and every credential. Set-ups of registries
 * and settings belong to this computer and are not in it.
 */
export class BackupService {
  readonly #deps: BackupDeps;
  readonly #progress: Listeners<BackupProgress>;
  #work: LongWork | null = null;
  #chosen: ChosenFile | null = null;

  constructor(deps: BackupDeps) {
    this.#deps = deps;
    this.#progress = new Listeners(deps.logger);
    deps.vault.onChange(() => {
      if (!deps.vault.isUnlocked) this.#letGo();
    });
  }

  /** When a backup was last saved, and how many credentials were made or came in since. */
  status(): { savedAt: string | null; newCredentials: number } {
    const sql = this.#deps.vault.sql();
    const last = sql.get<{ seq: number; at: string }>(
      `SELECT seq, at FROM activity WHERE kind = 'backup.saved' ORDER BY seq DESC LIMIT 1`,
    );
    if (last === undefined) return { savedAt: null, newCredentials: countLiving(sql) };
    // By the order of the log, not by its times: a clock can be wrong.
    const since = sql.get<{ count: number }>(
      'SELECT count(*) AS count FROM activity WHERE seq > ? AND kind IN (SELECT value FROM json_each(?))',
      ...[last.seq, JSON.stringify(madeKinds)],
    );
    return { savedAt: last.at, newCredentials: since?.count ?? 0 };
  }

  /**
   * Saves a backup where the user says.
   * @param passphrase the backup's own, UTF-8; zeroed before this settles
   * @returns null when the user chose no place or cancelled; there is no file then
   * @throws KeyholdError `vault_locked`, `vault_damaged` when something in the vault does not open,
   *   `passphrase_too_short`, `passphrase_too_weak`, `backup_too_large`, `storage_failed`
   */
  async save(passphrase: Buffer): Promise<SavedBackup | null> {
    try {
      await requireStrong(passphrase);
      const day = this.#deps.clock.now().toISOString().slice(0, 10);
      const path = await this.#deps.dialogs.save({
        title: 'Save backup',
        fileName: `keyhold-${day}.${extension}`,
        extension,
      });
      return path === null ? null : await this.#cancellable((work) => this.#save(work, path, passphrase));
    } finally {
      wipe(passphrase);
    }
  }

  /**
   * Asks for a backup file and looks at its outside.
   * @returns its name and the id by which it is opened; null when the user chose none
   * @throws KeyholdError `backup_unreadable`, `backup_foreign`, `backup_damaged`, `backup_newer`, `backup_too_large`
   */
  async choose(): Promise<{ fileId: string; fileName: string } | null> {
    const { dialogs, smallFiles, random } = this.#deps;
    const file = await dialogs.open({ title: 'Choose a backup' });
    if (file === null) return null;
    const bytes = await smallFiles.read(file.path, limits.backupBytes);
    if (bytes === 'missing') throw new KeyholdError('backup_unreadable');
    if (bytes === 'too_large') throw new KeyholdError('backup_too_large');
    const backup = readBackup(bytes);
    this.#letGo();
    this.#chosen = { id: random.uuid(), backup, content: null };
    return { fileId: this.#chosen.id, fileName: file.name };
  }

  /**
   * Opens the chosen file and compares it with the vault. Changes nothing.
   * @param passphrase UTF-8; zeroed before this settles
   * @returns null when the user cancelled
   * @throws KeyholdError `backup_gone`, `backup_wrong_passphrase`, `backup_damaged`, `backup_newer`, `vault_locked`
   */
  async open(fileId: string, passphrase: Buffer): Promise<RestorePreview | null> {
    try {
      const chosen = this.#chosenFile(fileId);
      return await this.#cancellable(async (work) => {
        work.step('deriving');
        const { kdf, vault } = this.#deps;
        const plain = await work.orCancelled(openBackup(kdf, chosen.backup, passphrase), wipe);
        const content = await readContent(work, plain);
        if (this.#chosen !== chosen || !vault.isUnlocked) {
          wipeContent(content);
          throw new KeyholdError(vault.isUnlocked ? 'backup_gone' : 'vault_locked');
        }
        chosen.content = content;
        return previewOf(readVaultContexts(vault.sql()), content);
      });
    } finally {
      wipe(passphrase);
    }
  }

  /**
   * Takes the opened backup over, all of it or nothing, after the vault file was copied.
   * @param mode `merge` adds what the vault has not and skips the rest; `replace` makes the vault's contexts and credentials
   *   those of the backup
   * @throws KeyholdError `service_not_confirmed`, `backup_gone`, `vault_locked`, `vault_damaged`, `storage_failed`
   */
  async restore(fileId: string, mode: 'merge' | 'replace'): Promise<RestoreResult> {
    const { vault, credentials, copies, activity, random, confirmServices, beforeRemoval, restored } =
      this.#deps;
    const { content } = this.#chosenFile(fileId);
    if (content === null) throw new KeyholdError('backup_gone');
    // A restored context is waited for at its service at once.
    await confirmServices(content.contexts.map(({ origin }) => origin));
    this.#chosenFile(fileId);
    copies.keep();
    if (mode === 'replace') {
      const leaving = leavingContexts(readVaultContexts(vault.sql()), content);
      await beforeRemoval(leaving.map(({ id }) => id));
      this.#chosenFile(fileId);
    }
    const result = credentials.restore(() => {
      const apply = mode === 'merge' ? applyMerge : applyReplace;
      const done = apply({ vault, random }, content);
      activity.append({
        kind: 'backup.restored',
        detail: `${mode === 'merge' ? 'added' : 'replaced by'} ${counted(done)}, saved ${content.savedAt}`,
      });
      return done;
    });
    this.#letGo();
    restored();
    return result;
  }

  /**
   * Deletes the vault's dated copies and tells the log.
   * @throws KeyholdError `storage_failed`
   */
  removeCopies(): void {
    const removed = this.#deps.copies.removeAll();
    const detail = removed === 1 ? '1 copy' : `${removed} copies`;
    if (removed > 0) this.#deps.activity.append({ kind: 'vault.copies_removed', detail });
  }

  /** Ends what `save` or `open` is at; does nothing when they are at nothing. */
  cancel(): void {
    this.#work?.cancel();
  }

  /** Lets go of the chosen file; secrets that were read from it are zeroed. */
  close(): void {
    this.#letGo();
  }

  /** Tells how far `save` or `open` is. */
  onProgress(listener: (progress: BackupProgress) => void): Cancel {
    return this.#progress.add(listener);
  }

  async #save(work: LongWork, path: string, passphrase: Buffer): Promise<SavedBackup> {
    const { vault, files, activity, clock, random, kdfParameters } = this.#deps;
    work.step('deriving');
    const parameters = await work.orCancelled(calibrate(kdfParameters, this.#deps), () => undefined);
    // The key first: the secrets then lie open for as long as it takes to seal them.
    const key = await work.orCancelled(newBackupKey(this.#deps, passphrase, parameters), (late) =>
      wipe(late.key),
    );
    try {
      vault.requireUnlocked();
      const { plain, counts } = await collect(vault, work, clock.now().toISOString());
      let bytes: Buffer;
      try {
        bytes = sealBackup(random, key, plain);
      } finally {
        wipe(plain);
      }
      work.step('writing');
      await files.replace(path, bytes, 0o600);
      activity.append({ kind: 'backup.saved', detail: counted(counts) });
      return { fileName: path.replace(/^.*[\\/]/, ''), ...counts };
    } finally {
      wipe(key.key);
    }
  }

  /** Runs long work, which takes the place of what ran before. Null when it was cancelled. */
  async #cancellable<T>(run: (work: LongWork) => Promise<T>): Promise<T | null> {
    this.#work?.cancel();
    const work = new LongWork((progress) => this.#progress.tell(progress));
    this.#work = work;
    try {
      return await run(work);
    } catch (error) {
      if (error instanceof Cancelled) return null;
      throw error;
    } finally {
      if (this.#work === work) this.#work = null;
    }
  }

  #chosenFile(fileId: string): ChosenFile {
    this.#deps.vault.requireUnlocked();
    if (this.#chosen?.id !== fileId) throw new KeyholdError('backup_gone');
    return this.#chosen;
  }

  #letGo(): void {
    if (this.#chosen?.content) wipeContent(this.#chosen.content);
    this.#chosen = null;
  }
}
