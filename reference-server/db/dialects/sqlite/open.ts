import Sqlite from 'better-sqlite3';
import { ConfigError } from '../../../config/config-error.ts';
import { codeOf } from '../../../error-code.ts';

/**
 * Opens a SQLite file with the settings that the server relies on.
 *
 * @param file - Its path, `:memory:`, or the bytes of one, for a copy in memory.
 * @throws ConfigError when another process has the file open or it is no SQLite file.
 */
export function openSqlite(file: string | Buffer): Sqlite.Database {
  let sqlite: Sqlite.Database | undefined;
  try {
    sqlite = new Sqlite(file, { timeout: 500 });
    // One server per file. The first access takes the lock: the one that looks for migrations.
    sqlite.pragma('locking_mode = EXCLUSIVE');
    sqlite.pragma('journal_mode = WAL');
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma('foreign_keys = ON');
    // What is deleted or replaced is overwritten: of a destroyed key nothing stays.
    sqlite.pragma('secure_delete = ON');
    // SQLite's own knows the letters of ASCII alone, PostgreSQL's all.
    sqlite.function('lower', { deterministic: true }, (text: unknown) =>
      typeof text === 'string' ? text.toLowerCase() : text,
    );
    return sqlite;
  } catch (error) {
    sqlite?.close();
    const name = typeof file === 'string' ? file : ':memory:';
    if (error instanceof Sqlite.SqliteError && error.code.startsWith('SQLITE_BUSY')) {
      throw new ConfigError(
        `The database ${name} is in use by another server. Stop that one or choose another --data.`,
      );
    }
    throw new ConfigError(
      `The database ${name} cannot be opened (${codeOf(error)}). ` +
        'Put a copy of it back that works, or choose another --data.',
    );
  }
}
