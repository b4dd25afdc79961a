import Database from 'better-sqlite3';
import { KeyholdError, type ErrorCode } from '../../contracts/errors.ts';
import type { Sql, SqlValue } from '../core/ports.ts';

export interface SqliteOptions {
  /** Opens for reading only and checks every page before anything else. */
  readOnly: boolean;
  /** A better-sqlite3 binary made for this runtime; null for the package's own. */
  nativeBinding: string | null;
}

/**
 * One connection to a vault's SQLite file, which must exist. better-sqlite3 loads its native part when the
 * first one is made. What SQLite says of the file or the disk becomes a `KeyholdError`: `vault_damaged` or
 * `storage_failed`, with SQLite's own error as `cause`.
 */
export class SqliteDatabase implements Sql {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();

  constructor(path: string, { readOnly, nativeBinding }: SqliteOptions) {
    this.#database = translated(
      () =>
        new Database(path, {
          fileMustExist: true,
          readonly: readOnly,
          ...(nativeBinding === null ? {} : { nativeBinding }),
        }),
    );
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
    return translated(() => this.#database.transaction(work).immediate());
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
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
    for (const pragma of [
      'journal_mode = WAL',
      // A change that was reported as saved survives a power cut.
      'synchronous = FULL',
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
