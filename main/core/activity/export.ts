import type { ActivityRow } from './chain.ts';

export type ExportFormat = 'csv' | 'json';

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

/** One CSV field (RFC 4180). What a spreadsheet would run as a formula is marked as text. */
function field(value: string | number | null): string {
  const text = String(value ?? '');
  const harmless = typeof value === 'string' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Entries of the log as the text of a file, with the hashes by which anyone can check the chain:
 * docs/architecture.md says what goes into them.
 */
export function exportText(rows: readonly ActivityRow[], format: ExportFormat): string {
  const entries = rows.map(exported);
  if (format === 'json')
    return `${JSON.stringify({ format: 'keyhold-activity', version: 1, entries }, null, 2)}\n`;
  const lines = entries.map((entry) => columns.map((column) => field(entry[column])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}
