import { printable, printableJson } from '../../../contracts/domain/printable.ts';
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
 * Where a spreadsheet may begin to read a formula: where a field begins, or what it takes for the next one, for it may
 * split at semicolons, tabs, bars or quotes too. It also knows the wide forms of the signs.
 */
const formulaStart = /(^|[,;|"])(\s*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

/** One CSV field (RFC 4180), on one line. What a spreadsheet would run as a formula is marked as text. */
function field(value: string | number | null): string {
  if (typeof value !== 'string') return String(value ?? '');
  const harmless = printable(value, Infinity).replace(formulaStart, "$1$2'");
  return /[",;|]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/**
 * Entries of the log as the text of a file, with the hashes by which anyone can check the chain:
 * docs/architecture.md says what goes into them.
 */
export function exportText(rows: readonly ActivityRow[], format: ExportFormat): string {
  const entries = rows.map(exported);
  if (format === 'json')
    return `${printableJson(JSON.stringify({ format: 'keyhold-activity', version: 1, entries }, null, 2))}\n`;
  const lines = entries.map((entry) => columns.map((column) => field(entry[column])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}
