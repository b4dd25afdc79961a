import { KeyholdError } from '../../../contracts/errors.ts';
import type { Sql } from '../ports.ts';
import type { VaultFile } from '../ports/vault-file.ts';
import { createSchema, migrations, readVersion, type Migration } from './migrations.ts';

/**
 * Refuses a file whose schema is not, to the last table, index, trigger and view, what the migrations up to its version
 * make of an empty file: a trigger that somebody else put there would run with our statements. The same goes for the
 * form of its pages and texts: of smaller pages, SQLite reads parts of long rows from the file each time. Reads only.
 * @throws KeyholdError `vault_damaged`
 */
export function requireOwnSchema(
  sql: Sql,
  file: Pick<VaultFile, 'openScratch'>,
  steps: readonly Migration[] = migrations,
): void {
  const scratch = file.openScratch();
  try {
    createSchema(
      scratch,
      steps.filter(({ version }) => version <= readVersion(sql)),
    );
    if (describeSchema(sql) !== describeSchema(scratch))
      throw new KeyholdError('vault_damaged', { changed: true });
  } finally {
    scratch.close();
  }
}

/** What a file keeps of its form beside the schema. */
const forms = ['page_size', 'encoding', 'auto_vacuum'] as const;

/** In a damaged file even a schema's statement may be no text. */
function laidOut(statement: unknown): unknown {
  return typeof statement === 'string' ? statement.replace(/[ \t\n\f\r]+/g, ' ') : statement;
}

/** All that a schema says, in one text. White space counts for nothing: the code may be laid out anew one day. */
function describeSchema(sql: Sql): string {
  const rows = sql.all<Record<string, unknown>>(
    'SELECT type, name, tbl_name, sql FROM sqlite_schema ORDER BY type, name, tbl_name, sql',
  );
  return JSON.stringify([
    ...forms.map((form) => sql.get(`PRAGMA ${form}`)),
    ...rows.map(({ sql: text, ...row }) => ({ ...row, sql: laidOut(text) })),
  ]);
}
