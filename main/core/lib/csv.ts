import { printable } from '../../../contracts/domain/printable.ts';

/**
 * Where a spreadsheet may begin to read a formula: where a field begins, or what it takes for the next one, for it may
 * split at semicolons, tabs, bars or quotes too. It also knows the wide forms of the signs.
 */
const formulaStart = /(^|[,;|"])(\s*)(?=[=+\-@\uFF1D\uFF0B\uFF0D\uFF20])/g;

/** A text as it stands in a table: on one line, and marked as text where a spreadsheet would run it as a formula. */
export function csvWords(text: string): string {
  return printable(text, Infinity).replace(formulaStart, "$1$2'");
}

/** One CSV field (RFC 4180). */
function field(value: string | number | null): string {
  if (typeof value !== 'string') return String(value ?? '');
  const harmless = csvWords(value);
  return /[",;|]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

/** A table as the text of a file (RFC 4180), with the columns' names above it. */
export function csvText<Column extends string>(
  columns: readonly Column[],
  rows: readonly Readonly<Record<Column, string | number | null>>[],
): string {
  const lines = rows.map((row) => columns.map((column) => field(row[column])).join(','));
  return [columns.join(','), ...lines].map((line) => `${line}\r\n`).join('');
}
