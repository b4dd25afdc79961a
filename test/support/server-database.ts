import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import type { ServerSettings } from '../../reference-server/config/config.ts';
import { databaseAt, runSql, templateDatabase } from './postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of this run's PostgreSQL server, with `{database}` for a name. Absent where tests run on SQLite. */
    postgres: string;
  }
}

/** Where a server of a test keeps its data, and how to be rid of it. */
export interface ServerStorage {
  where: Pick<ServerSettings, 'dataDir' | 'database'>;
  /** Removes what was made for this server alone. */
  remove: () => Promise<void>;
}

/** Databases of folders that a test made: a server started there again finds what it had. */
const databases = new Map<string, string>();

/**
 * Storage on the database that this run is about: SQLite, or a fresh database of the run's PostgreSQL server.
 *
 * @param dataDir - A folder of the test's own; undefined for data that ends with the server.
 */
export async function serverStorage(dataDir: string | undefined): Promise<ServerStorage> {
  const postgres = optionalPostgres();
  if (postgres === undefined) {
    return {
      where: { dataDir: dataDir ?? ':memory:', database: undefined },
      remove: () => Promise.resolve(),
    };
  }
  if (dataDir !== undefined) {
    const database = databases.get(dataDir) ?? (await newPostgresDatabase(postgres));
    databases.set(dataDir, database);
    return { where: { dataDir, database }, remove: () => Promise.resolve() };
  }
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-server-'));
  const database = await newPostgresDatabase(postgres);
  return {
    where: { dataDir: folder, database },
    remove: async () => {
      rmSync(folder, { recursive: true, force: true });
      const name = new URL(database).pathname.slice(1);
      await runSql(databaseAt(postgres, 'postgres'), `drop database ${name}`);
    },
  };
}

/** The address of a database that has the server's tables and nothing in them. */
export async function newPostgresDatabase(postgres: string): Promise<string> {
  const name = `keyhold_${randomUUID().replaceAll('-', '')}`;
  await runSql(databaseAt(postgres, 'postgres'), `create database ${name} template ${templateDatabase}`);
  return databaseAt(postgres, name);
}

/**
 * The address of the run's PostgreSQL server; undefined on SQLite, which Vitest's types do not know of. The soak by its own
 * command is on SQLite too, and there Vitest has nothing to give.
 */
export function optionalPostgres(): string | undefined {
  return process.env['VITEST'] === undefined ? undefined : inject('postgres');
}
