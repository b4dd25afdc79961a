import Sqlite from 'better-sqlite3';
import { Kysely } from 'kysely';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sqliteDialect } from '../../reference-server/db/dialects/sqlite/dialect.ts';
import { openSqlite } from '../../reference-server/db/dialects/sqlite/open.ts';
import { openDatabase } from '../../reference-server/db/open.ts';
import type { Database } from '../../reference-server/db/schema.ts';

let migrated: Promise<Buffer> | undefined;

/**
 * As `openDatabase`. One in memory is a copy of the first of this process: its migrations are half of a server's start, and
 * end the same each time.
 */
export const openMigrated: typeof openDatabase = async (where, onLost) => {
  if (where !== ':memory:') return openDatabase(where, onLost);
  migrated ??= migrate();
  return new Kysely<Database>({ dialect: sqliteDialect(openSqlite(await migrated)) });
};

/** The bytes of a database with the server's tables. */
async function migrate(): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-migrated-'));
  const file = join(folder, 'keyhold.sqlite');
  await (await openDatabase(file)).destroy();
  const sqlite = new Sqlite(file);
  // A database in memory has no other journal than its own.
  sqlite.pragma('journal_mode = DELETE');
  const bytes = sqlite.serialize();
  sqlite.close();
  rmSync(folder, { recursive: true });
  return bytes;
}
