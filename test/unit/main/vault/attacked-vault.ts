import { copyFileSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { writeRole } from '../../../../main/core/rules/role-store.ts';
import {
  newCredentials,
  testApiKey,
  testLeaving,
  testLeftBy,
  testPasted,
  testSession,
} from '../credentials/credential-parts.ts';
import { addContext, unlock, vaultParts, type VaultParts } from './vault-parts.ts';

const vaults = join(import.meta.dirname, '../../../support/vaults');

/** Locked parts on a vault file that an earlier version wrote, with rows in every table. */
export function vaultOfSchema(version: 1 | 2): VaultParts {
  return vaultFile(`schema-${version}.db`);
}

/** Locked parts on one of the files in test/support/vaults. */
export function vaultFile(name: string): VaultParts {
  return partsOn(join(vaults, name));
}

/** Locked parts on a copy of a closed vault file. */
export function partsOn(file: string): VaultParts {
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-vault-'));
  const parts = vaultParts(folder);
  mkdirSync(dirname(parts.path), { recursive: true });
  copyFileSync(file, parts.path);
  return parts;
}

/** A closed vault of today with rows in every table. */
export async function filledVault(): Promise<VaultParts> {
  const parts = vaultOfSchema(2);
  await unlock(parts.vault);
  const context = parts.vault.sql().get<{ id: string }>('SELECT id FROM contexts LIMIT 1');
  parts.keys.endings.remove(parts.keys.create(context?.id ?? '', 'gone').id);
  const sql = parts.vault.sql();
  for (const name of ['Api key', 'Session', 'Token']) addContext(parts.vault, crypto.randomUUID(), name);
  const idOf = (name: string): string =>
    sql.get<{ id: string }>('SELECT id FROM contexts WHERE name = ?', name)?.id ?? '';
  const credentials = newCredentials(parts);
  credentials.make(idOf('Api key'), { ...testApiKey, expiresAt: '2026-12-01T00:00:00.000Z' });
  credentials.make(idOf('Session'), testSession);
  credentials.make(idOf('Token'), testPasted);
  credentials.unrevoked.add(testLeftBy, testLeaving);
  sql.run('INSERT INTO registry_accounts SELECT DISTINCT host, NULL FROM contexts');
  sql.run(`INSERT INTO security_settings VALUES ('askBeforeUse', 'true')`);
  const role = { id: parts.random.uuid(), name: 'Signer', text: 'tkeeper.key.*.sign', tests: [] };
  const changedAt = '2026-03-01T12:00:00.000Z';
  writeRole(parts.vault, { ...role, changedAt }, changedAt);
  parts.vault.close();
  return parts;
}

/** Whoever can write the file: changes a copy of a closed vault with SQLite's own means. */
export function attacked(parts: VaultParts, attack: (database: Database.Database) => void): VaultParts {
  const copy = partsOn(parts.path);
  const database = new Database(copy.path);
  // Where a table says what it takes, so do its rows: what is left to be found is that they are not ours.
  database.pragma('foreign_keys = OFF');
  attack(database);
  database.close();
  return copy;
}

/** What a table holds, to be put into another file. */
export function takeRows(path: string, table: string): Record<string, unknown>[] {
  const database = new Database(path, { readonly: true });
  const rows = database.prepare<[], Record<string, unknown>>(`SELECT * FROM ${table}`).all();
  database.close();
  return rows;
}

/** Makes these the rows of a table. */
export function putRows(database: Database.Database, table: string, rows: Record<string, unknown>[]): void {
  database.exec(`DELETE FROM ${table}`);
  for (const row of rows) {
    const columns = Object.keys(row);
    database
      .prepare(`INSERT INTO ${table} (${columns.join()}) VALUES (${columns.map(() => '?').join()})`)
      .run(...Object.values(row));
  }
}

/** Tables that the root does not cover, and what keeps or excuses them. */
export const otherTables = {
  vault_header: 'its own code, which the root covers',
  rows_root: 'the root itself',
  unlock_throttle: 'is written while the vault is locked; slows down people at this keyboard only',
  activity: 'its own chain',
  activity_head: 'its own code',
  registry_uses: 'is only shown',
};

/** Other values that the schema takes, where it takes few: of a column, or of that of one table. */
export const otherValues: Record<string, string> = {
  state: `iif(state = 'active', 'pending', 'active')`,
  form: `iif(form = 'jwt', 'refresh-token', 'jwt')`,
  'pasted_tokens.form': `iif(form = 'jwt', 'dev-token', 'jwt')`,
  source: `iif(source = 'made', 'imported', 'made')`,
  outcome: `iif(outcome IS 'refused', NULL, 'refused')`,
  kind: `iif(kind = 'session', 'api-key', 'session')`,
  reminded: `iif(reminded IS 'expired', NULL, 'expired')`,
  mode: `iif(mode = 'service', 'paste', 'service')`,
  step: `iif(step = 'retire', 'verify', 'retire')`,
  tool: `iif(tool = 'podman', 'docker', 'podman')`,
  public_key: 'randomblob(32)',
};

interface Column {
  table: string;
  column: string;
  type: string;
}

/** The tables of a vault's file, and all their columns. */
export function schemaOf(path: string): { tables: string[]; columns: Column[] } {
  const database = new Database(path, { readonly: true });
  const tables = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
    .pluck()
    .all();
  const columns = tables.flatMap((table) =>
    database
      .prepare<[string], { column: string; type: string }>(
        'SELECT name AS column, type FROM pragma_table_xinfo(?)',
      )
      .all(table)
      .map((each) => ({ table, ...each })),
  );
  database.close();
  return { tables, columns };
}
