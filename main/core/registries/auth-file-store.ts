import { KeyholdError } from '../../../contracts/errors.ts';
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
   * @throws KeyholdError `auth_file_invalid` when it is not UTF-8, `storage_failed`
   */
  async read(file: string): Promise<string | null> {
    try {
      return await this.#files.read(file);
    } catch (error) {
      throw error instanceof NotText ? new KeyholdError('auth_file_invalid') : error;
    }
  }

  /**
   * Writes a changed file. The first time, its former text is kept beside it; that one copy is never overwritten. Where
   * the file cannot be written the copy goes as well: later it would be of another text than the one before the change.
   *
   * @throws KeyholdError `storage_failed`
   */
  async change(file: string, before: string | null, text: string): Promise<void> {
    if (text === before) return;
    const backup = backupOf(file);
    const first = before !== null && (await this.read(backup)) === null;
    if (first) await this.#files.writeAtomic(backup, before, 0o600);
    try {
      await this.#files.writeAtomic(file, text, 0o600);
    } catch (error) {
      if (first) await this.#files.remove(backup);
      throw error;
    }
  }

  /**
   * Writes a file as it was, or takes it away. Its backup goes when the file is again what was copied.
   *
   * @throws KeyholdError `storage_failed`
   */
  async restore(file: string, before: string | null, text: string | null): Promise<void> {
    if (text === null) {
      await this.#files.remove(file);
      return;
    }
    if (text !== before) await this.#files.writeAtomic(file, text, 0o600);
    const backup = backupOf(file);
    if ((await this.read(backup)) === text) await this.#files.remove(backup);
  }
}

function backupOf(file: string): string {
  return `${file}.keyhold-backup`;
}
