import { printableJson } from '../../../contracts/domain/printable.ts';
import { csvText } from '../lib/csv.ts';
import type { ActivityRow } from './chain.ts';

type ExportFormat = 'csv' | 'json';

const columns = ['seq', 'at', 'kind', 'context', 'detail', 'prev_hash', 'hash'] as const;

type ExportedEntry = Record<(typeof columns)[number], string | number | null>;

function exported(row: ActivityRow): ExportedEntry {
  return {
    seq: row.seq,
    at: row.at,
    kind: row.kind,
    context: row.context_name,
    detail: row.detail,
    prev_hash: row.prev_hash.toString('hex'),
    hash: row.hash.toString('hex'),
  };
}

/**
 * Entries of the log as the text of a file, with the hashes by which anyone can check the chain:
 * docs/architecture.md says what goes into them.
 */
export function exportText(rows: readonly ActivityRow[], format: ExportFormat): string {
  const entries = rows.map(exported);
  if (format === 'json')
    return `${printableJson(JSON.stringify({ format: 'keyhold-activity', version: 1, entries }, null, 2))}\n`;
  return csvText(columns, entries);
}
