import Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { ConfigError } from '../config/config.ts';
import { sqliteDialect } from './dialects/sqlite/dialect.ts';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';

/**
 * Opens the database and brings its schema up to date.
 *
 * @param file - Path of the SQLite file, or `:memory:`.
 * @throws ConfigError when another process has the file open or the file is no database of this server.
 */
export async function openDatabase(file: string): Promise<Kysely<Database>> {
  const sqlite = openSqlite(file);
  const db = new Kysely<Database>({ dialect: sqliteDialect(sqlite) });
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) {
    await db.destroy();
    throw new ConfigError(
      `The database ${file} could not be brought up to date (${codeOf(error)}). ` +
        'Start the version that wrote it, or choose another --data.',
    );
  }
  return db;
}

function openSqlite(file: string): Sqlite.Database {
  try {
    const sqlite = new Sqlite(file, { timeout: 500 });
    // One server per file: the audit chain has one writer. The lock is taken by the first write below.
    sqlite.pragma('locking_mode = EXCLUSIVE');
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    return sqlite;
  } catch (error) {
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new ConfigError(
        `The database ${file} is in use by another server. Stop that one or choose another --data.`,
      );
    }
    throw new ConfigError(
      `The database ${file} cannot be opened (${codeOf(error)}). ` +
        'Put a copy of it back that works, or choose another --data.',
    );
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
