import Database from 'better-sqlite3';
import { open, type FileHandle } from 'node:fs/promises';
import { KeyholdError, type ErrorCode } from '../../contracts/errors.ts';
import type { Sql, SqlValue } from '../core/ports.ts';

export interface SqliteOptions {
  /** Opens for reading only and checks every page before anything else. */
  readOnly: boolean;
  /** A better-sqlite3 binary made for this runtime; null for the package's own. */
  nativeBinding: string | null;
}

/** A change that was reported as saved survives a power cut. */
const synced = 'PRAGMA synchronous = FULL';

/** A change survives the end of the app, and a power cut once the log is synced. */
const unsynced = 'PRAGMA synchronous = NORMAL';

/**
 * One connection to a vault's SQLite file, which must exist. better-sqlite3 loads its native part when the
 * first one is made. What SQLite says of the file or the disk becomes a `KeyholdError`: `vault_damaged` or
 * `storage_failed`, with SQLite's own error as `cause`.
 */
export class SqliteDatabase implements Sql {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #inTransaction: Database.Transaction<(work: () => unknown) => unknown>;
  #hasLog = false;
  /** SQLite's log of what was written, opened when it first has to be brought to the disk by us. */
  #log: Promise<FileHandle> | null = null;

  constructor(path: string, { readOnly, nativeBinding }: SqliteOptions) {
    this.#database = translated(
      () =>
        new Database(path, {
          fileMustExist: true,
          readonly: readOnly,
          ...(nativeBinding === null ? {} : { nativeBinding }),
        }),
    );
    this.#inTransaction = this.#database.transaction((work: () => unknown) => work());
    try {
      translated(() => {
        if (readOnly) this.#checkPages();
        else this.#setPragmas();
      });
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  run(sql: string, ...values: SqlValue[]): { changes: number } {
    return translated(() => ({ changes: this.#prepare(sql).run(...values).changes }));
  }

  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined {
    return translated(() => this.#prepare<Row>(sql).get(...values));
  }

  all<Row>(sql: string, ...values: SqlValue[]): Row[] {
    return translated(() => this.#prepare<Row>(sql).all(...values));
  }

  exec(sql: string): void {
    translated(() => this.#database.exec(sql));
  }

  transaction<T>(work: () => T): T {
    // A transaction inside another one becomes a savepoint of it.
    return translated(() => this.#inTransaction.immediate(work) as T);
  }

  unsyncedTransaction<T>(work: () => T): T {
    if (!this.#hasLog) return this.transaction(work);
    this.#database.exec(unsynced);
    try {
      return this.transaction(work);
    } finally {
      this.#database.exec(synced);
    }
  }

  async sync(): Promise<void> {
    // Closing brings all to the disk.
    if (!this.#hasLog || !this.#database.open) return;
    try {
      this.#log ??= open(`${this.#database.name}-wal`, 'r+');
      await (await this.#log).datasync();
    } catch (error) {
      this.#log = null;
      throw Object.assign(new KeyholdError('storage_failed'), { cause: error });
    }
  }

  copyTo(path: string): void {
    translated(() => {
      this.#checkPages();
      this.#prepare('VACUUM INTO ?').run(path);
    });
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
    // Waits for what is under way.
    this.#log?.then((log) => log.close()).catch(() => undefined);
  }

  #prepare<Row>(sql: string): Database.Statement<SqlValue[], Row> {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known as Database.Statement<SqlValue[], Row>;
    const statement = this.#database.prepare<SqlValue[], Row>(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #checkPages(): void {
    const verdict = this.#database.pragma('quick_check(1)', { simple: true });
    if (verdict !== 'ok') throw new KeyholdError('vault_damaged');
  }

  #setPragmas(): void {
    // The lock is taken once, not for each statement, and no other program changes the rows under us.
    this.#database.pragma('locking_mode = EXCLUSIVE');
    // Some file systems cannot have a log; SQLite then keeps to its journal.
    this.#hasLog = this.#database.pragma('journal_mode = WAL', { simple: true }) === 'wal';
    this.#database.exec(synced);
    for (const pragma of [
      // What is deleted or replaced is overwritten with zeros.
      'secure_delete = ON',
      'foreign_keys = ON',
      // Nothing of the vault in temporary files.
      'temp_store = MEMORY',
      // The file's schema may not call functions with side effects.
      'trusted_schema = OFF',
    ]) {
      this.#database.pragma(pragma);
    }
  }
}

function meaningOf(sqliteCode: string): ErrorCode | null {
  if (/^SQLITE_(NOTADB|CORRUPT)/.test(sqliteCode)) return 'vault_damaged';
  if (/^SQLITE_(FULL|IOERR|READONLY|CANTOPEN|PERM|AUTH|BUSY|LOCKED|NOMEM|TOOBIG)/.test(sqliteCode)) {
    return 'storage_failed';
  }
  return null;
}

function translated<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = error instanceof Database.SqliteError ? meaningOf(error.code) : null;
    if (code === null) throw error;
    throw Object.assign(new KeyholdError(code), { cause: error });
  }
}
