import { Kysely, sql } from 'kysely';
import { Migrator } from 'kysely/migration';
import { ConfigError } from '../config/config-error.ts';
import { isDatabaseUrl, shownDatabase } from '../config/database-url.ts';
import { claimPostgres } from './dialects/postgres/claim.ts';
import { migrationLimits, postgresDialect, requestLimits } from './dialects/postgres/dialect.ts';
import { isCut, isForbidden, postgresProblem } from './dialects/postgres/problems.ts';
import { sqliteDialect } from './dialects/sqlite/dialect.ts';
import { openSqlite } from './dialects/sqlite/open.ts';
import { codeOf } from '../error-code.ts';
import { migrations } from './migrations/index.ts';
import type { Database } from './schema.ts';

/**
 * Opens the database for this server alone and brings its schema up to date.
 *
 * @param where - Path of a SQLite file, `:memory:`, or `postgres://…`.
 * @param onLost - Called once when the connection that claims the database ends: then another server may take it.
 * @throws ConfigError when the database cannot be had: another server uses it, or it is not this server's.
 */
export async function openDatabase(
  where: string,
  onLost: () => void = () => undefined,
): Promise<Kysely<Database>> {
  return isDatabaseUrl(where) ? openPostgres(where, onLost) : openFile(where);
}

async function openFile(file: string): Promise<Kysely<Database>> {
  const db = new Kysely<Database>({ dialect: sqliteDialect(openSqlite(file)) });
  const error = await migrate(db);
  if (error === undefined) return db;
  await db.destroy();
  throw outdated(file, error, '--data');
}

async function openPostgres(url: string, onLost: () => void): Promise<Kysely<Database>> {
  const claim = await claimPostgres(url, onLost);
  try {
    const migrated = new Kysely<Database>({ dialect: postgresDialect(url, migrationLimits) });
    const error = await migrate(migrated).finally(() => migrated.destroy());
    if (isForbidden(error) || isCut(error)) throw new ConfigError(postgresProblem(error, url));
    if (error !== undefined) throw outdated(shownDatabase(url), error, '--database');
    const db = new Kysely<Database>({ dialect: postgresDialect(url, requestLimits, () => claim.release()) });
    // Kysely ends its driver, and with it the claim, only once it was used.
    await sql`select 1`.execute(db);
    return db;
  } catch (error) {
    await claim.release();
    throw error;
  }
}

/** Runs the migrations that the database has not had, all or none. @returns why that was not possible */
async function migrate(db: Kysely<Database>): Promise<unknown> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  return (await migrator.migrateToLatest()).error;
}

function outdated(name: string, error: unknown, option: string): ConfigError {
  return new ConfigError(
    `The database ${name} could not be brought up to date (${codeOf(error)}). ` +
      `Start the version that wrote it, or choose another ${option}.`,
  );
}
