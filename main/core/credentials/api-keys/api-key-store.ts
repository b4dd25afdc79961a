import type { ExpiryStage } from '../../../../contracts/domain/key-expiry.ts';
import type { Sql } from '../../ports.ts';
import type { SealPlace } from '../../vault/vault.ts';

/** An API key as the vault keeps it: one for each account that is signed in by one. Times are RFC 3339. */
export interface ApiKeyRow {
  id: string;
  contextId: string;
  /** Its id at its service. */
  keyId: string;
  /** What its service calls it. */
  label: string;
  sealedKey: Buffer;
  createdAt: string;
  /** As its service said; null for never. */
  expiresAt: string | null;
  programUsedAt: string | null;
  programUsedBy: string | null;
  /** The last reminder of its end that the user was given. */
  reminded: ExpiryStage | null;
}

const columns = `id, context_id AS contextId, key_id AS keyId, label, sealed_key AS sealedKey, created_at AS createdAt,
  expires_at AS expiresAt, program_used_at AS programUsedAt, program_used_by AS programUsedBy, reminded`;

/** As `endOfRow`. */
export const apiKeyEnd = '(SELECT expires_at FROM api_keys WHERE context_id = contexts.id)';

/** Where the key itself lies. */
export function apiKeyPlace(id: string): SealPlace {
  return { table: 'api_keys', row: id, column: 'sealed_key' };
}

/** Asked for with each credential of a registry, so its value is a subquery: as of the keys. */
export function readApiKeyOf(sql: Sql, contextId: string): ApiKeyRow | undefined {
  return sql.get(`SELECT ${columns} FROM api_keys WHERE context_id = (SELECT ?)`, contextId);
}

export function readApiKey(sql: Sql, id: string): ApiKeyRow | undefined {
  return sql.get(`SELECT ${columns} FROM api_keys WHERE id = (SELECT ?)`, id);
}

/** Those of all accounts, oldest first. */
export function readAllApiKeys(sql: Sql): ApiKeyRow[] {
  return sql.all(`SELECT ${columns} FROM api_keys ORDER BY created_at, rowid`);
}

/** The ids of the accounts whose API key has ended. @param now - RFC 3339. */
export function readEndedApiKeys(sql: Sql, now: string): string[] {
  const rows = sql.all<{ id: string }>('SELECT context_id AS id FROM api_keys WHERE expires_at <= ?', now);
  return rows.map(({ id }) => id);
}

/** Those that end by then and whose last reminder was not given. @param until - RFC 3339. */
export function readApiKeysToRemindOf(sql: Sql, until: string): ApiKeyRow[] {
  return sql.all(
    `SELECT ${columns} FROM api_keys WHERE expires_at <= ? AND reminded IS NOT 'expired' ORDER BY expires_at`,
    until,
  );
}

export function insertApiKey(sql: Sql, row: ApiKeyRow): void {
  sql.run(
    `INSERT INTO api_keys (id, context_id, key_id, label, sealed_key, created_at, expires_at, program_used_at,
       program_used_by, reminded)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[row.id, row.contextId, row.keyId, row.label, row.sealedKey, row.createdAt, row.expiresAt],
    ...[row.programUsedAt, row.programUsedBy, row.reminded],
  );
}

/** @param program - By its name where that is known. */
export function writeApiKeyUsedBy(sql: Sql, id: string, now: string, program: string | null): void {
  sql.run('UPDATE api_keys SET program_used_at = ?, program_used_by = ? WHERE id = ?', now, program, id);
}

export function writeApiKeyReminded(sql: Sql, id: string, stage: ExpiryStage): void {
  sql.run('UPDATE api_keys SET reminded = ? WHERE id = ?', stage, id);
}

/** `secure_delete` overwrites what it held. */
export function deleteApiKeyOf(sql: Sql, contextId: string): void {
  sql.run('DELETE FROM api_keys WHERE context_id = ?', contextId);
}

export function deleteAllApiKeys(sql: Sql): void {
  sql.run('DELETE FROM api_keys');
}
