import type { Sql } from '../../ports.ts';

/** For the activity log and what a person reads; null for an account that was removed. */
export function readAccountName(sql: Sql, id: string): string | null {
  return sql.get<{ name: string }>('SELECT name FROM contexts WHERE id = ?', id)?.name ?? null;
}
