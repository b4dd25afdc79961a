import { hash } from 'node:crypto';
import type { Sql } from '../ports.ts';
import { genesisHash } from '../vault/activity-head.ts';
import { lengthPrefixed } from '../vault/bytes.ts';

const pageSize = 500;

export interface ActivityRow {
  seq: number;
  /** RFC 3339. */
  at: string;
  kind: string;
  context_name: string | null;
  detail: string | null;
  prev_hash: Buffer;
  hash: Buffer;
}

/** SHA-256 over all that an entry says and the hash of the one before, each field with its length. */
export function entryHash(row: Omit<ActivityRow, 'hash'>): Buffer {
  const fields = [row.seq, row.at, row.kind, row.context_name, row.detail, row.prev_hash];
  return hash('sha256', lengthPrefixed(fields), 'buffer');
}

/**
 * Recomputes the chain from its beginning.
 * @returns how many entries were read, and the number of the first that is missing or does not fit
 */
export function checkChain(sql: Sql): { checked: number; brokenAt: number | null } {
  let checked = 0;
  let prevHash: Buffer = genesisHash;
  const before = sql.get('SELECT 1 FROM activity WHERE seq < 1');
  if (before !== undefined) return { checked, brokenAt: 1 };
  for (;;) {
    const rows = sql.all<ActivityRow>(
      'SELECT * FROM activity WHERE seq > ? ORDER BY seq LIMIT ?',
      checked,
      pageSize,
    );
    for (const row of rows) {
      const fits =
        row.seq === checked + 1 && row.prev_hash.equals(prevHash) && row.hash.equals(entryHash(row));
      if (!fits) return { checked, brokenAt: checked + 1 };
      checked += 1;
      prevHash = row.hash;
    }
    if (rows.length < pageSize) return { checked, brokenAt: null };
  }
}
