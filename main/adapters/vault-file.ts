import {
  chmodSync,
  closeSync,
  existsSync,
  fchmodSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { KeyholdError } from '../../contracts/errors.ts';
import type { Sql } from '../core/ports.ts';
import type { VaultFile } from '../core/ports/vault-file.ts';
import { SqliteDatabase, rollBackJournal } from './sqlite.ts';

const folderMode = 0o700;
const fileMode = 0o600;

function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** What the disk or its rights refuse becomes `storage_failed`. */
export function onDisk<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw Object.assign(new KeyholdError('storage_failed'), { cause: error });
  }
}

export function syncToDisk(path: string): void {
  const descriptor = openSync(path, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

export function syncFolder(path: string): void {
  // Windows has no such thing: a folder cannot be opened there.
  if (process.platform !== 'win32') syncToDisk(dirname(path));
}

/** An empty file for this user alone, whatever the umask; what an earlier run left of that name is removed before. */
function makeEmpty(path: string): void {
  for (const suffix of ['', '-journal', '-shm', '-wal']) rmSync(`${path}${suffix}`, { force: true });
  const descriptor = openSync(path, 'wx', fileMode);
  try {
    fchmodSync(descriptor, fileMode);
  } finally {
    closeSync(descriptor);
  }
}

/** Lets `write` fill a file beside `path`, then puts it in place: whole, or not at all. */
function writeNew(path: string, write: (temporary: string) => void): void {
  const temporary = `${path}.new`;
  makeEmpty(temporary);
  try {
    write(temporary);
    syncToDisk(temporary);
    if (existsSync(path)) throw new KeyholdError('vault_exists');
    renameSync(temporary, path);
    syncFolder(path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Copies an open database to a new file, which appears whole or not at all; its folder is made if need be. */
export function copyDatabase(database: Sql, path: string): void {
  onDisk(() => {
    mkdirSync(dirname(path), { recursive: true, mode: folderMode });
    writeNew(path, (temporary) => database.copyTo(temporary));
  });
}

/**
 * Refuses what is no file: opening a pipe would never end.
 * @throws KeyholdError `vault_damaged` for what is no file, `storage_failed` where nothing is
 */
function requireFile(path: string): void {
  if (!onDisk(() => statSync(path)).isFile()) throw new KeyholdError('vault_damaged');
}

/** The vault's SQLite file. Its folder and the file itself belong to the user alone. */
export class SqliteVaultFile implements VaultFile {
  readonly #path: string;
  readonly #nativeBinding: string | null;

  /** @param nativeBinding a better-sqlite3 binary made for this runtime; null for the package's own */
  constructor(path: string, nativeBinding: string | null) {
    this.#path = path;
    this.#nativeBinding = nativeBinding;
  }

  exists(): boolean {
    return existsSync(this.#path);
  }

  create(fill: (sql: Sql) => void): void {
    onDisk(() => {
      const folder = dirname(this.#path);
      mkdirSync(folder, { recursive: true, mode: folderMode });
      chmodSync(folder, folderMode);
      writeNew(this.#path, (temporary) => {
        const sql = this.#connect(temporary, false);
        try {
          fill(sql);
        } finally {
          sql.close();
        }
      });
    });
  }

  openReadOnly(): Sql {
    this.#rollBack();
    return this.#connect(this.#path, true);
  }

  open(): Sql {
    onDisk(() => {
      chmodSync(dirname(this.#path), folderMode);
      chmodSync(this.#path, fileMode);
    });
    return this.#connect(this.#path, false);
  }

  openScratch(): Sql {
    return new SqliteDatabase(':memory:', { readOnly: false, nativeBinding: this.#nativeBinding });
  }

  backup(suffix: string, opened: Sql): void {
    onDisk(() => {
      const copy = `${this.#path}${suffix}`;
      rmSync(copy, { force: true });
      copyDatabase(opened, copy);
    });
  }

  /**
   * On file systems without a write-ahead log, a process that is killed in the middle of a change leaves a journal. The
   * file cannot be opened read-only before that change is rolled back. A file never has both a journal and a log.
   */
  #rollBack(): void {
    const journal = `${this.#path}-journal`;
    if (!existsSync(journal)) return;
    requireFile(this.#path);
    requireFile(journal);
    if (existsSync(`${this.#path}-wal`)) throw new KeyholdError('vault_damaged');
    rollBackJournal(this.#path, this.#nativeBinding);
  }

  #connect(path: string, readOnly: boolean): Sql {
    requireFile(path);
    return new SqliteDatabase(path, { readOnly, nativeBinding: this.#nativeBinding });
  }
}
