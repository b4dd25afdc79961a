import { hash } from 'node:crypto';
import type { Sql, WatchedTable } from '../ports.ts';

interface AuthenticatedTable {
  table: string;
  /** Its text primary key. */
  id: string;
  /** Columns that are only shown. Keyhold does nothing that depends on them, so they need not be authenticated. */
  marks: readonly string[];
}

/**
 * Every table whose rows Keyhold acts on. What is named here is covered by the vault's root (see `AuthenticatedRows`),
 * all columns but the marks, and can be written only while the vault is unlocked.
 */
export const authenticatedTables: readonly AuthenticatedTable[] = [
  { table: 'contexts', id: 'id', marks: [] },
  { table: 'key_terms', id: 'context_id', marks: [] },
  // Written up to once a second while a program asks for credentials, and shown on the Keys page.
  { table: 'keys', id: 'id', marks: ['last_used_at', 'program_used_at', 'program_used_by'] },
  { table: 'ended_keys', id: 'kid', marks: [] },
  { table: 'api_keys', id: 'id', marks: ['program_used_at', 'program_used_by'] },
  { table: 'sessions', id: 'id', marks: ['program_used_at', 'program_used_by'] },
  { table: 'pasted_tokens', id: 'id', marks: [] },
  { table: 'audiences', id: 'context_id', marks: [] },
  { table: 'unrevoked', id: 'id', marks: ['tried_at', 'outcome'] },
  { table: 'rotations', id: 'context_id', marks: [] },
  { table: 'registry_setups', id: 'id', marks: [] },
  { table: 'approval_rules', id: 'id', marks: [] },
  { table: 'registry_accounts', id: 'host', marks: [] },
  { table: 'roles', id: 'id', marks: [] },
  { table: 'security_settings', id: 'name', marks: [] },
];

const lineBreak = Buffer.from('\n');

/** A table as the database has it. */
export interface KnownTable extends WatchedTable {
  /**
   * A row's columns in one text, which no other row has: strings are quoted, and so are bytes. Its bytes are taken: in
   * a string, all that is not UTF-8 would be the same.
   */
  text: string;
}

interface ColumnRow {
  name: string;
  type: string;
}

/** The tables with the columns that count, as this database has them; it may be of an earlier version. */
export function describeTables(sql: Sql): KnownTable[] {
  return authenticatedTables.flatMap(({ table, id, marks }) => {
    const columns = sql
      .all<ColumnRow>(`SELECT name, type FROM pragma_table_xinfo('${table}') ORDER BY cid`)
      .filter(({ name }) => !marks.includes(name));
    if (columns.length === 0) return [];
    const values = columns.map(({ name, type }) => (type === 'BLOB' ? `quote(${name})` : name));
    return [
      {
        table,
        id,
        columns: columns.map(({ name }) => name),
        text: `CAST(json_array(${values.join(', ')}) AS BLOB)`,
      },
    ];
  });
}

/**
 * Where parts begin. Rows are digested in parts, so that a change costs as much among thousands of rows as among ten: a
 * part is the rows of a table whose ids begin with the same two hexadecimal digits, as ours do at random. Each other id
 * is in the part before which it would stand in a list, so that every row is in one.
 */
const hexDigits = Array.from({ length: 16 }, (_, digit) => digit.toString(16));
const starts = ['', ...hexDigits.flatMap((one) => hexDigits.map((two) => `${one}${two}`))];

/** Which part a row is in, by the part's beginning. */
export function partOf(id: string): string {
  return starts.findLast((start) => start <= id) ?? '';
}

/** SHA-256 over the rows of a part; null when it has none. */
export function digestPart(sql: Sql, { table, id, text }: KnownTable, start: string): Buffer | null {
  const next = starts[starts.indexOf(start) + 1];
  const before = next === undefined ? '' : `AND ${id} < ?`;
  const rows = sql.all<{ text: Buffer }>(
    `SELECT ${text} AS text FROM ${table} WHERE ${id} >= ? ${before} ORDER BY ${id}`,
    ...(next === undefined ? [start] : [start, next]),
  );
  return rows.length === 0 ? null : digestOf(rows.map((row) => row.text));
}

/** The digests of all parts of a table that have rows, by where they begin. */
export function digestTable(sql: Sql, { table, id, text }: KnownTable): Map<string, Buffer> {
  const digests = new Map<string, Buffer>();
  let at = 0;
  let members: Buffer[] = [];
  const end = (): void => {
    if (members.length > 0) digests.set(starts[at] ?? '', digestOf(members));
    members = [];
  };
  const rows = sql.all<{ id: string; text: Buffer }>(
    `SELECT ${id} AS id, ${text} AS text FROM ${table} ORDER BY ${id}`,
  );
  for (const row of rows) {
    for (let next = starts[at + 1]; next !== undefined && next <= row.id; next = starts[at + 1]) {
      end();
      at += 1;
    }
    members.push(row.text);
  }
  end();
  return digests;
}

function digestOf(rows: readonly Buffer[]): Buffer {
  // A JSON text has no line break in it.
  const lines = rows.flatMap((row, at) => (at === 0 ? [row] : [lineBreak, row]));
  return hash('sha256', Buffer.concat(lines), 'buffer');
}
