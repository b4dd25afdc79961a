import type { PastedForm } from '../../../../contracts/domain/pasted-token.ts';
import type { Sql } from '../../ports.ts';
import type { SealPlace } from '../../vault/vault.ts';

/** Reminders of a token's end: soon, and over. */
export type PastedStage = 'soon' | 'expired';

/** A pasted token as the vault keeps it: one for each account that is signed in by one. Times are RFC 3339. */
export interface PastedRow {
  id: string;
  contextId: string;
  form: PastedForm;
  sealedToken: Buffer;
  createdAt: string;
  /** As it says itself; null for never. */
  endsAt: string | null;
  /** The last reminder of its end that the user was given. */
  reminded: PastedStage | null;
}

const columns = `id, context_id AS contextId, form, sealed_token AS sealedToken, created_at AS createdAt,
  ends_at AS endsAt, reminded`;

/** As `endOfRow`. */
export const pastedEnd = '(SELECT ends_at FROM pasted_tokens WHERE context_id = contexts.id)';

/** Where the token itself lies. */
export function pastedPlace(id: string): SealPlace {
  return { table: 'pasted_tokens', row: id, column: 'sealed_token' };
}

export function readPastedOf(sql: Sql, contextId: string): PastedRow | undefined {
  return sql.get(`SELECT ${columns} FROM pasted_tokens WHERE context_id = (SELECT ?)`, contextId);
}

export function readPasted(sql: Sql, id: string): PastedRow | undefined {
  return sql.get(`SELECT ${columns} FROM pasted_tokens WHERE id = (SELECT ?)`, id);
}

/** Those of all accounts. */
export function readAllPasted(sql: Sql): PastedRow[] {
  return sql.all(`SELECT ${columns} FROM pasted_tokens`);
}

/** The ids of the accounts whose token is over. @param now - RFC 3339. */
export function readEndedPasted(sql: Sql, now: string): string[] {
  const rows = sql.all<{ id: string }>('SELECT context_id AS id FROM pasted_tokens WHERE ends_at <= ?', now);
  return rows.map(({ id }) => id);
}

/** Those that end, and whose last reminder was not given. */
export function readPastedToRemindOf(sql: Sql): PastedRow[] {
  return sql.all(
    `SELECT ${columns} FROM pasted_tokens WHERE ends_at IS NOT NULL AND reminded IS NOT 'expired' ORDER BY ends_at`,
  );
}

export function insertPasted(sql: Sql, row: PastedRow): void {
  sql.run(
    `INSERT INTO pasted_tokens (id, context_id, form, sealed_token, created_at, ends_at, reminded)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    ...[row.id, row.contextId, row.form, row.sealedToken, row.createdAt, row.endsAt, row.reminded],
  );
}

export function writePastedReminded(sql: Sql, id: string, stage: PastedStage): void {
  sql.run('UPDATE pasted_tokens SET reminded = ? WHERE id = ?', stage, id);
}

/** `secure_delete` overwrites what it held. */
export function deletePastedOf(sql: Sql, contextId: string): void {
  sql.run('DELETE FROM pasted_tokens WHERE context_id = ?', contextId);
}

export function deleteAllPasted(sql: Sql): void {
  sql.run('DELETE FROM pasted_tokens');
}
