import { KeyholdError } from '../../../contracts/errors.ts';
import { requireRoom, writeFirstHead } from './activity-head.ts';
import type { Clock, Sql } from '../ports.ts';
import type { VaultFile } from '../ports/vault-file.ts';
import { AuthenticatedRows, writeFirstRoot } from './authenticated-rows.ts';
import { canonicalJson, headerMac, parseHeader, type VaultHeader } from './header.ts';
import type { Keyring } from './keyring.ts';
import {
  createSchema,
  isUpToDate,
  migrate,
  readVersion,
  requireKnownVersion,
  rootVersion,
} from './migrations.ts';
import { requireOwnSchema } from './schema-check.ts';
import { UnlockThrottle } from './throttle.ts';

interface HeaderRow {
  header: string;
  mac: Buffer;
}

/** An opened vault file: what can be known of it without the data key. */
export interface VaultStore {
  readonly sql: Sql;
  readonly header: VaultHeader;
  /** The header as it is stored, and its authentication code. */
  readonly headerText: string;
  readonly mac: Buffer;
  readonly rows: AuthenticatedRows;
  readonly throttle: UnlockThrottle;
}

function readHeader(sql: Sql): HeaderRow & { parsed: VaultHeader } {
  const row = sql.get<HeaderRow>('SELECT header, mac FROM vault_header WHERE id = 1');
  if (row === undefined) throw new KeyholdError('vault_damaged');
  return { ...row, parsed: parseHeader(row.header) };
}

/** Makes the file with its schema, its header and the beginning of its activity log, all or nothing. */
export function createStore(file: VaultFile, headerText: string, keyring: Keyring): void {
  file.create((sql) =>
    sql.transaction(() => {
      createSchema(sql);
      const mac = headerMac(keyring, headerText);
      sql.run('INSERT INTO vault_header (id, header, mac) VALUES (1, ?, ?)', headerText, mac);
      writeFirstHead(sql, (purpose, data) => keyring.mac(purpose, data));
      writeFirstRoot(sql, keyring);
    }),
  );
}

/** Puts another header in place of the stored one, in a transaction. Answers the store as it is from then on. */
export function writeHeader(store: VaultStore, keyring: Keyring, header: VaultHeader): VaultStore {
  const headerText = canonicalJson(header);
  // Never written in a form that would not be read again.
  const parsed = parseHeader(headerText);
  const mac = headerMac(keyring, headerText);
  store.sql.run('UPDATE vault_header SET header = ?, mac = ? WHERE id = 1', headerText, mac);
  store.rows.vouch(keyring);
  return { ...store, header: parsed, headerText, mac };
}

/**
 * Checks a vault file, every page of it, and leaves it as it is.
 * @param read is handed the opened file before it is closed again
 * @throws KeyholdError `vault_damaged`, `vault_newer`, `storage_failed`
 */
export function inspectStore<T>(file: VaultFile, read: (sql: Sql, header: VaultHeader) => T): T {
  const sql = file.openReadOnly();
  try {
    requireKnownVersion(sql);
    // Before any page is checked: a schema of somebody else's has constraints of its own to run.
    requireOwnSchema(sql, file);
    sql.checkPages();
    requireRoom(sql);
    return read(sql, readHeader(sql).parsed);
  } finally {
    sql.close();
  }
}

/**
 * Opens the file. What does not pass the checks is looked at only, never written to.
 * @param notVouchedFor is called when its rows turn out to be changed, or cannot be read, while it is unlocked
 * @throws KeyholdError `vault_missing`, `vault_damaged`, `vault_newer`, `storage_failed`
 */
export function openStore(
  file: VaultFile,
  clock: Clock,
  notVouchedFor: (error: unknown) => void,
): VaultStore {
  if (!file.exists()) throw new KeyholdError('vault_missing');
  inspectStore(file, () => undefined);
  const sql = file.open();
  try {
    requireOwnSchema(sql, file);
    const { header: headerText, mac, parsed: header } = readHeader(sql);
    // Rows that a root authenticates stay as they are until it was checked: see `bringUpToDate`.
    if (header.format === 1 || readVersion(sql) < rootVersion) migrate(file, sql);
    const rows = new AuthenticatedRows(sql, notVouchedFor);
    return { sql, header, headerText, mac, rows, throttle: new UnlockThrottle(sql, clock) };
  } catch (error) {
    sql.close();
    throw error;
  }
}

/**
 * Gives a vault of an earlier version the newest schema, once its rows were checked.
 * @throws KeyholdError `storage_failed`; then all is as before, and the rows have to be checked anew
 */
export function bringUpToDate(file: VaultFile, { sql, rows }: VaultStore, keyring: Keyring): void {
  if (isUpToDate(sql)) return;
  rows.makeAnew(keyring, (vouch) => migrate(file, sql, { also: vouch }));
}
