import type { Sql } from '../../ports.ts';
import type { SessionForm } from '../kind/kind.ts';
import type { SealPlace } from '../../vault/vault.ts';

/** Reminders of a session's end: within the hour, and over. */
export type SessionStage = 'hour' | 'expired';

/**
 * A session as the vault keeps it: one for each account that is signed in by one. Times are RFC 3339, by this
 * computer's clock.
 */
export interface SessionRow {
  id: string;
  contextId: string;
  form: SessionForm;
  /** What its user is called at its service; null in the form `jwt`. */
  username: string | null;
  /** The token that it is renewed by; in the form `jwt` it also signs in while it is fresh. */
  sealedToken: Buffer;
  /** When what signs in was asked for, and when that ends. */
  renewedAt: string;
  tokenEndsAt: string;
  /** When nothing renews it any more, as far as its service said. */
  endsAt: string;
  /** 1 once its service said that it is over, whatever the clocks say. */
  isOver: number;
  programUsedAt: string | null;
  programUsedBy: string | null;
  /** The last reminder of its end that the user was given. */
  reminded: SessionStage | null;
}

/** The columns that come with each token. */
export type TokenColumns = Pick<SessionRow, 'sealedToken' | 'renewedAt' | 'tokenEndsAt' | 'endsAt'>;

const columns = `id, context_id AS contextId, form, username, sealed_token AS sealedToken, renewed_at AS renewedAt,
  token_ends_at AS tokenEndsAt, ends_at AS endsAt, is_over AS isOver, program_used_at AS programUsedAt,
  program_used_by AS programUsedBy, reminded`;

/** As `endOfRow`. */
export const sessionEnd = '(SELECT ends_at FROM sessions WHERE context_id = contexts.id)';

/** Whether it is for one organization, as an expression over a row of `contexts` that a session signs in. */
export const isNarrowSession = `((SELECT form FROM sessions WHERE context_id = contexts.id) = 'jwt')`;

/** Where the token lies. */
export function sessionPlace(id: string): SealPlace {
  return { table: 'sessions', row: id, column: 'sealed_token' };
}

/** Asked for with each credential of a registry, so its value is a subquery: as of the keys. */
export function readSessionOf(sql: Sql, contextId: string): SessionRow | undefined {
  return sql.get(`SELECT ${columns} FROM sessions WHERE context_id = (SELECT ?)`, contextId);
}

export function readSession(sql: Sql, id: string): SessionRow | undefined {
  return sql.get(`SELECT ${columns} FROM sessions WHERE id = (SELECT ?)`, id);
}

/** Those of all accounts. */
export function readAllSessions(sql: Sql): SessionRow[] {
  return sql.all(`SELECT ${columns} FROM sessions`);
}

/** The ids of the accounts whose session is over. @param now - RFC 3339. */
export function readEndedSessions(sql: Sql, now: string): string[] {
  const rows = sql.all<{ id: string }>(
    'SELECT context_id AS id FROM sessions WHERE is_over = 1 OR ends_at <= ?',
    now,
  );
  return rows.map(({ id }) => id);
}

/** Those that end by then, or are over, and whose last reminder was not given. @param until - RFC 3339. */
export function readSessionsToRemindOf(sql: Sql, until: string): SessionRow[] {
  return sql.all(
    `SELECT ${columns} FROM sessions WHERE (is_over = 1 OR ends_at <= ?) AND reminded IS NOT 'expired'
     ORDER BY ends_at`,
    until,
  );
}

export function insertSession(sql: Sql, row: SessionRow): void {
  sql.run(
    `INSERT INTO sessions (id, context_id, form, username, sealed_token, renewed_at, token_ends_at, ends_at,
       is_over, program_used_at, program_used_by, reminded)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    ...[
      row.id,
      row.contextId,
      row.form,
      row.username,
      row.sealedToken,
      row.renewedAt,
      row.tokenEndsAt,
      row.endsAt,
      row.isOver,
    ],
    ...[row.programUsedAt, row.programUsedBy, row.reminded],
  );
}

/** It has another token, and ends as its service says now. */
export function writeRenewed(
  sql: Sql,
  { id, sealedToken, renewedAt, tokenEndsAt, endsAt }: Pick<SessionRow, 'id' | keyof TokenColumns>,
): void {
  sql.run(
    'UPDATE sessions SET sealed_token = ?, renewed_at = ?, token_ends_at = ?, ends_at = ? WHERE id = ?',
    ...[sealedToken, renewedAt, tokenEndsAt, endsAt, id],
  );
}

/** Its service said that it is over. */
export function writeOver(sql: Sql, id: string): void {
  sql.run('UPDATE sessions SET is_over = 1 WHERE id = ? AND is_over = 0', id);
}

/** @param program - By its name where that is known. */
export function writeSessionUsedBy(sql: Sql, id: string, now: string, program: string | null): void {
  sql.run('UPDATE sessions SET program_used_at = ?, program_used_by = ? WHERE id = ?', now, program, id);
}

export function writeSessionReminded(sql: Sql, id: string, stage: SessionStage): void {
  sql.run('UPDATE sessions SET reminded = ? WHERE id = ?', stage, id);
}

/** `secure_delete` overwrites what it held. */
export function deleteSessionOf(sql: Sql, contextId: string): void {
  sql.run('DELETE FROM sessions WHERE context_id = ?', contextId);
}

export function deleteAllSessions(sql: Sql): void {
  sql.run('DELETE FROM sessions');
}
