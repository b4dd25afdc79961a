import type { RegistryClient } from '../../../contracts/domain/registry-client.ts';
import { KeyholdError, type ErrorCode, type ErrorDetails } from '../../../contracts/errors.ts';
import { NotText } from '../ports.ts';
import type { TextFiles } from '../ports.ts';

/** An auth file and its backup on disk. */
export class AuthFileStore {
  readonly #files: TextFiles;

  constructor(files: TextFiles) {
    this.#files = files;
  }

  /**
   * The file's text; null when there is none.
   *
   * @throws KeyholdError `auth_file_invalid` when it is not UTF-8 text that may be read, `storage_failed`
   */
  async read(file: string): Promise<string | null> {
    try {
      return await this.#files.read(file);
    } catch (error) {
      throw error instanceof NotText ? new KeyholdError('auth_file_invalid', { fault: error.why }) : error;
    }
  }

  /**
   * Writes a changed file. The first time, its former text is kept beside it; that one copy is never overwritten. Where
   * the file cannot be written the copy goes as well: later it would be of another text than the one before the change.
   *
   * @throws KeyholdError `auth_file_not_written`, `storage_failed`
   */
  async change(file: string, before: string | null, text: string): Promise<void> {
    if (text === before) return;
    const backup = backupOf(file);
    const first = before !== null && (await this.#copy(backup)) === null;
    if (first) await this.write(backup, before);
    try {
      await this.write(file, text);
    } catch (error) {
      if (first) await this.#files.remove(backup);
      throw error;
    }
  }

  /**
   * Writes a file as it was, or takes it away. Its backup goes when the file is again what was copied.
   *
   * @throws KeyholdError `auth_file_not_written`, `storage_failed`
   */
  async restore(file: string, before: string | null, text: string | null): Promise<void> {
    if (text === null) {
      await writing(() => this.#files.remove(file));
      return;
    }
    if (text !== before) await this.write(file, text);
    const backup = backupOf(file);
    if ((await this.#copy(backup)) === text) await this.#files.remove(backup);
  }

  /** @throws KeyholdError `auth_file_not_written`, `storage_failed` */
  write(file: string, text: string): Promise<void> {
    return writing(() => this.#files.writeAtomic(file, text, 0o600));
  }

  /** What is in the copy's place: its text, null for nothing. Something else than text is no copy, and stays. */
  async #copy(backup: string): Promise<string | null | undefined> {
    try {
      return await this.#files.read(backup);
    } catch (error) {
      if (error instanceof NotText) return undefined;
      throw error;
    }
  }
}

const obstacles: Readonly<Record<string, ErrorDetails['obstacle']>> = {
  EROFS: 'read_only',
  EACCES: 'no_access',
  EPERM: 'no_access',
  ENOTDIR: 'no_access',
  ENOSPC: 'full',
  EDQUOT: 'full',
};

/** Turns what the disk says of a file that cannot be written into `auth_file_not_written`. */
async function writing(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    const cause = error instanceof KeyholdError ? error.cause : undefined;
    const obstacle = cause instanceof Error && 'code' in cause ? obstacles[String(cause.code)] : undefined;
    throw obstacle === undefined ? error : new KeyholdError('auth_file_not_written', { obstacle });
  }
}

/** Errors that are about a client's file. */
const fileErrors: readonly ErrorCode[] = [
  'auth_file_invalid',
  'auth_file_entry_foreign',
  'auth_file_not_written',
  'nothing_to_undo',
];

/** Has errors about a client's file name the client. */
export async function sayingWhose<T>(client: RegistryClient, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof KeyholdError) || !fileErrors.includes(error.code)) throw error;
    throw new KeyholdError(error.code, { ...error.details, client });
  }
}

function backupOf(file: string): string {
  return `${file}.keyhold-backup`;
}
