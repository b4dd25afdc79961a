import Database from 'better-sqlite3';
import { open, type FileHandle } from 'node:fs/promises';
import { KeyholdError, type ErrorCode } from '../../contracts/errors.ts';
import type { Cancel, RowWatcher, Sql, SqlValue, WatchedTable } from '../core/ports.ts';

interface SqliteOptions {
  /** Opens for a look that leaves the file as it is. */
  readOnly: boolean;
  /** A better-sqlite3 binary made for this runtime; null for the package's own. */
  nativeBinding: string | null;
}

/** What was saved survives a power cut. */
const synced = 'PRAGMA synchronous = FULL';

/** What was saved survives the end of the app, and a power cut once the log is synced. */
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
  #watcher: RowWatcher | null = null;
  /** SQLite's write-ahead log, opened when `sync` first needs it. */
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
        this.#distrust();
        if (!readOnly) this.#setPragmas();
      });
    } catch (error) {
      this.#database.close();
      throw error;
    }
  }

  run(sql: string, ...values: SqlValue[]): { changes: number } {
    const run = (): { changes: number } => ({ changes: this.#prepare(sql).run(...values).changes });
    // A change and what its watcher writes of it are one.
    return this.#watcher === null || this.#database.inTransaction ? translated(run) : this.transaction(run);
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
    const watcher = this.#watcher;
    // A transaction inside another one becomes a savepoint of it.
    if (watcher === null || this.#database.inTransaction) return this.#transact(work);
    let committed = false;
    try {
      const result = this.#transact(() => {
        const done = work();
        watcher.beforeCommit();
        return done;
      });
      committed = true;
      return result;
    } finally {
      watcher.ended(committed);
    }
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

  watch(tables: readonly WatchedTable[], watcher: RowWatcher): Cancel {
    this.#database.function('keyhold_changed', (table: unknown, id: unknown) => {
      // Outside of a transaction nothing could be written along with it.
      if (!this.#database.inTransaction)
        throw new Error(`${String(table)} is written by run, or in a transaction`);
      watcher.changed(String(table), String(id));
      return null;
    });
    for (const watched of tables) this.#database.exec(triggersOf(watched));
    this.#watcher = watcher;
    return () => {
      const names = tables.flatMap(({ table }) => triggerEvents.map((event) => `${event}_${table}`));
      for (const name of names) this.#database.exec(`DROP TRIGGER temp.${name}`);
      this.#watcher = null;
    };
  }

  checkPages(table?: string): void {
    const verdict = translated(() =>
      this.#database.pragma(`integrity_check(${table ?? '1'})`, { simple: true }),
    );
    if (verdict !== 'ok') throw new KeyholdError('vault_damaged');
  }

  copyTo(path: string): void {
    this.checkPages();
    translated(() => {
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

  #transact<T>(work: () => T): T {
    return translated(() => this.#inTransaction.immediate(work) as T);
  }

  /** Somebody else may have written the file's schema and pages. */
  #distrust(): void {
    // The file's schema may not call functions with side effects, nor those of this connection.
    this.#database.pragma('trusted_schema = OFF');
    this.#database.pragma('cell_size_check = ON');
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
      // Pages that were read and checked stay in memory, up to 64 MiB: they are not read again from a file that others
      // may change.
      'cache_size = -65536',
      // A row that another one replaces is deleted like any other, with its triggers.
      'recursive_triggers = ON',
    ]) {
      this.#database.pragma(pragma);
    }
  }
}

/**
 * Rolls back the change that a journal beside the file was left by: SQLite does so when the file is opened to be
 * written.
 */
export function rollBackJournal(path: string, nativeBinding: string | null): void {
  translated(() => {
    const database = new Database(path, {
      fileMustExist: true,
      ...(nativeBinding === null ? {} : { nativeBinding }),
    });
    try {
      database.pragma('schema_version');
    } finally {
      database.close();
    }
  });
}

const triggerEvents = ['added', 'changed', 'deleted'] as const;

/** Triggers of this connection alone: they lie in its memory, not in the file, and are trusted for that. */
function triggersOf({ table, id, columns }: WatchedTable): string {
  const told = (row: 'new' | 'old'): string => `SELECT keyhold_changed('${table}', ${row}.${id});`;
  const trigger = (name: (typeof triggerEvents)[number], event: string, body: string): string =>
    `CREATE TEMP TRIGGER ${name}_${table} AFTER ${event} ON main.${table} BEGIN ${body} END;`;
  return [
    trigger('added', 'INSERT', told('new')),
    trigger('changed', `UPDATE OF ${columns.join(', ')}`, `${told('old')} ${told('new')}`),
    trigger('deleted', 'DELETE', told('old')),
  ].join('\n');
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
