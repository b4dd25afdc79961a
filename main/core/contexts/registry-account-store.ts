import type { ContextSummary } from '../../../contracts/domain/context.ts';
import type { Sql } from '../ports.ts';
import { stateOfRow } from '../credentials/state.ts';
import { columns, fromRow, type ContextRow, type StoredContext } from './context-store.ts';

/** Of a row of `contexts`. */
const isActive = `${stateOfRow} = 'active'`;

/** Whether a row of `contexts` is an account of a registry: no registry takes a pasted token. */
const hasRegistry = `contexts.has_registry = 1 AND contexts.credential IS NOT 'pasted'`;

export type AccountOfHost = Pick<ContextSummary, 'id' | 'name' | 'state'>;

/**
 * Asked for with each credential, so its value is a subquery: SQLite would compile the statement anew each time that
 * another value is bound to it as such.
 */
export function readChosen(sql: Sql, host: string): StoredContext | null {
  const row = sql.get<ContextRow>(
    `SELECT ${columns} FROM registry_accounts JOIN contexts ON contexts.id = registry_accounts.context_id
     WHERE registry_accounts.host = (SELECT ?) AND contexts.host = registry_accounts.host`,
    host,
  );
  return row === undefined ? null : fromRow(row);
}

export function readOfHost(sql: Sql, host: string): AccountOfHost[] {
  return sql.all(
    `SELECT id, name, ${stateOfRow} AS state FROM contexts WHERE host = ? AND ${hasRegistry}
     ORDER BY created_at, rowid`,
    host,
  );
}

export function readChoices(sql: Sql): ReadonlyMap<string, string | null> {
  const rows = sql.all<{ host: string; context_id: string | null }>('SELECT * FROM registry_accounts');
  return new Map(rows.map((row) => [row.host, row.context_id]));
}

export function readAnswering(sql: Sql): Pick<ContextSummary, 'host' | 'userId'>[] {
  return sql.all(
    `SELECT contexts.host, contexts.user_id AS userId
     FROM registry_accounts JOIN contexts ON contexts.id = registry_accounts.context_id
     WHERE ${isActive} ORDER BY contexts.created_at, contexts.rowid`,
  );
}

export function readOtherActive(sql: Sql, host: string, except: readonly string[]): string | null {
  const row = sql.get<{ id: string }>(
    `SELECT id FROM contexts WHERE host = ? AND ${hasRegistry} AND ${isActive}
       AND id NOT IN (SELECT value FROM json_each(?))
     ORDER BY created_at DESC, rowid DESC LIMIT 1`,
    ...[host, JSON.stringify(except)],
  );
  return row?.id ?? null;
}

/** @param contextId - Null: none answers until a person chooses one. */
export function writeChoice(sql: Sql, host: string, contextId: string | null): void {
  sql.run(
    `INSERT INTO registry_accounts (host, context_id) VALUES (?, ?)
     ON CONFLICT (host) DO UPDATE SET context_id = excluded.context_id`,
    ...[host, contextId],
  );
}

/** Does nothing where one is chosen, or the chosen one was removed. */
export function writeFirstChoice(sql: Sql, host: string, contextId: string | null): void {
  sql.run(
    'INSERT INTO registry_accounts (host, context_id) VALUES (?, ?) ON CONFLICT (host) DO NOTHING',
    ...[host, contextId],
  );
}

/** None answers for the host that a context was chosen for. */
export function clearChoice(sql: Sql, contextId: string): void {
  sql.run('UPDATE registry_accounts SET context_id = NULL WHERE context_id = ?', contextId);
}

export function deleteChoices(sql: Sql): void {
  sql.run('DELETE FROM registry_accounts');
}

/** A host without contexts is as one that never had any. */
export function dropEmptyChoices(sql: Sql): void {
  sql.run(
    `DELETE FROM registry_accounts WHERE context_id IS NULL
       AND NOT EXISTS (SELECT 1 FROM contexts WHERE contexts.host = registry_accounts.host AND ${hasRegistry})`,
  );
}

/**
 * Chooses for vaults from before there were choices what answered then: the current context of a host, else the newest.
 * Later each host with an account that can answer has a choice, or the lack of one is noted.
 */
export function takeOverChoices(sql: Sql): void {
  sql.run(
    `INSERT INTO registry_accounts (host, context_id)
     SELECT host, id FROM (
       SELECT host, id, row_number() OVER (
         PARTITION BY host ORDER BY is_current DESC, created_at DESC, rowid DESC) AS place
       FROM contexts WHERE ${isActive} AND ${hasRegistry}
         AND NOT EXISTS (SELECT 1 FROM registry_accounts WHERE registry_accounts.host = contexts.host)
     ) WHERE place = 1`,
  );
}

/** After a restore: a host with one account that can answer takes that one, one with several takes none. */
export function settleChoices(sql: Sql): void {
  sql.run(
    `INSERT INTO registry_accounts (host, context_id)
     SELECT host, CASE count(*) WHEN 1 THEN min(id) END FROM contexts
     WHERE ${isActive} AND ${hasRegistry}
       AND NOT EXISTS (SELECT 1 FROM registry_accounts WHERE registry_accounts.host = contexts.host)
     GROUP BY host`,
  );
  dropEmptyChoices(sql);
}
