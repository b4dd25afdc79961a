import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ConfigError } from '../config/config-error.ts';
import type { ServerConfig, ServerSettings } from '../config/config.ts';
import { isDatabaseUrl } from '../config/database-url.ts';
import { codeOf } from '../error-code.ts';
import type { Reader, Write } from './write.ts';

/** Of the SQLite file in the data folder. */
export const databaseName = 'keyhold.sqlite';
/** In a data folder whose database is elsewhere: the file with that database's id. */
const idFileName = 'database-id';

/** The folders made ready, and how to leave them at stop. */
export interface DataFolder {
  config: ServerConfig;
  /** Path of the SQLite file, `:memory:`, or `postgres://…`. */
  database: string;
  /** Removes what was only made for this run. */
  release(): void;
}

/**
 * Makes the data folder (0700) and the one for blobs; with `:memory:` blobs go to a temporary folder.
 *
 * @throws ConfigError when a folder cannot be made, or belongs to another database.
 */
export function openDataFolder(settings: ServerSettings): DataFolder {
  const { dataDir, database } = settings;
  requireOneDatabase(settings);
  try {
    if (dataDir === ':memory:') {
      const blobDir = mkdtempSync(join(tmpdir(), 'keyhold-server-'));
      const release = () => {
        rmSync(blobDir, { recursive: true, force: true });
      };
      return { config: { ...settings, blobDir }, database: ':memory:', release };
    }
    const blobDir = join(dataDir, 'blobs');
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    mkdirSync(blobDir, { recursive: true, mode: 0o700 });
    return {
      config: { ...settings, blobDir },
      database: database ?? join(dataDir, databaseName),
      release: () => undefined,
    };
  } catch (error) {
    throw new ConfigError(
      `The data folder ${dataDir} cannot be used (${codeOf(error)}). Choose another with --data.`,
    );
  }
}

/** A server removes contents that its database does not know: it must not get another database's folder. */
function requireOneDatabase({ dataDir, database }: ServerSettings): void {
  if (database === undefined && existsSync(join(dataDir, idFileName))) {
    throw new ConfigError(
      `The data folder ${dataDir} belongs to a PostgreSQL database. Name it with --database, or choose another --data.`,
    );
  }
  if (database !== undefined && existsSync(join(dataDir, databaseName))) {
    throw new ConfigError(
      `The data folder ${dataDir} has a database of its own. Leave --database out, or choose another --data.`,
    );
  }
}

/**
 * Ties a data folder and a PostgreSQL database to each other at the first start, and checks that at every later one.
 *
 * @throws ConfigError when one of the two belongs to something else.
 */
export async function tieFolder(
  { database, config }: DataFolder,
  { db, write, now }: { db: Reader; write: Write; now: () => Date },
): Promise<void> {
  if (!isDatabaseUrl(database)) return;
  const folder = dirname(config.blobDir);
  const known = await readDatabaseId(db);
  const found = readFolderId(folder);
  const isOther = found === null ? known !== null && (await hasContents(db)) : found !== known;
  if (isOther) {
    throw new ConfigError(
      `The data folder ${folder} is not the one with the contents of this database. Name that one with --data.`,
    );
  }
  if (found !== null) return;
  const id = known ?? randomUUID();
  if (known === null) {
    const row = { name: databaseIdName, value: id, created_at: now().toISOString() };
    await write({}, (tx) => tx.insertInto('server_secrets').values(row).execute());
  }
  writeFileSync(join(folder, idFileName), `${id}\n`);
}

/** It is no secret, but the table of secrets is where the server keeps what it made for itself. */
const databaseIdName = 'database_id';

async function readDatabaseId(db: Reader): Promise<string | null> {
  const row = await db
    .selectFrom('server_secrets')
    .select('value')
    .where('name', '=', databaseIdName)
    .executeTakeFirst();
  return row?.value ?? null;
}

async function hasContents(db: Reader): Promise<boolean> {
  for (const table of ['registry_blobs', 'registry_manifests'] as const) {
    const row = await db.selectFrom(table).select('digest').limit(1).executeTakeFirst();
    if (row !== undefined) return true;
  }
  return false;
}

function readFolderId(folder: string): string | null {
  const file = join(folder, idFileName);
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : null;
}
