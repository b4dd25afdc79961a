import { z } from 'zod';
import { printable } from '../../../../contracts/domain/printable.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import { fileGrantsMax } from '../../../../contracts/ipc/access-files.ts';
import { csvRecords, UnclosedQuote } from '../../lib/csv-read.ts';
import { actionSeparator, grantColumns, grantFileFormat, grantFileVersion } from './grant-file.ts';
import type { GrantFileForm } from './grant-file.ts';

/** Bytes of a file that is read at most: more than the most grants with the longest names have. */
export const grantFileBytes = 32 * 1024 * 1024;

/** What a file says, word for word. Whether it can be used is not known yet. */
export interface FileEntry {
  repository: string;
  principal: string;
  actions: readonly string[];
  /** Null for no end. */
  until: string | null;
}

/** What is no entry, in its own words. */
interface Unreadable {
  unreadable: string;
}

export interface ReadFile {
  form: GrantFileForm;
  /** Null where a file does not say: tables do not. */
  organization: string | null;
  /** `at` counts from 1. */
  entries: { at: number; entry: FileEntry | Unreadable }[];
}

/** What is shown of an entry that cannot be read. */
const shownLength = 300;
const separators = [',', ';', '\t'];

/**
 * Reads a file of grants in either form, which it tells by the content. A byte order mark, each kind of line end, columns
 * in another order or beside those, and the separators that spreadsheets write are fine.
 *
 * @throws KeyholdError `grant_file_unreadable`, `too_many_grants`
 */
export function readGrantFile(bytes: Buffer): ReadFile {
  const text = decoded(bytes);
  return /^\s*\{/.test(text) ? readJson(text) : readTable(text);
}

/** Byte order mark left out (WHATWG Encoding, "UTF-8 decode"). */
function decoded(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new KeyholdError('grant_file_unreadable');
  }
}

function readTable(text: string): ReadFile {
  const entries: ReadFile['entries'] = [];
  try {
    for (const separator of separators) {
      const records = csvRecords(text, separator);
      const head = records.next();
      const places = head.done === true ? null : placesIn(head.value ?? []);
      if (places === null) continue;
      let at = 0;
      for (const cells of records) {
        at += 1;
        if (cells?.every((cell) => cell.trim() === '') === true) continue;
        if (entries.length === fileGrantsMax) throw new KeyholdError('too_many_grants');
        entries.push({ at, entry: entryOf(cells, places) });
      }
      return { form: 'csv', organization: null, entries };
    }
  } catch (error) {
    if (!(error instanceof UnclosedQuote)) throw error;
  }
  throw new KeyholdError('grant_file_unreadable');
}

type Places = Record<(typeof grantColumns)[number], number>;

/** Where the columns are; null where a head has not each of them once. */
function placesIn(head: readonly string[]): Places | null {
  const names = head.map((name) => name.trim().toLowerCase());
  const isOnce = grantColumns.every((column) => names.filter((name) => name === column).length === 1);
  if (!isOnce) return null;
  const [repository, principal, actions, until] = grantColumns.map((column) => names.indexOf(column));
  return { repository, principal, actions, until } as Places;
}

function entryOf(cells: readonly string[] | null, places: Places): FileEntry | Unreadable {
  if (cells === null) return { unreadable: '"' };
  const cell = (column: keyof Places): string => (cells[places[column]] ?? '').trim();
  const words = cell('actions').split(actionSeparator);
  const actions = words.map((word) => word.trim()).filter((word) => word !== '');
  const entry = { repository: cell('repository'), principal: cell('principal'), actions };
  const isShort = grantColumns.some((column) => column !== 'until' && cell(column) === '');
  // No actions would take a grant away: what a file does not have is taken away where the user says so, never by a line of it.
  if (isShort || actions.length === 0) return { unreadable: printable(cells.join(' '), shownLength) };
  return { ...entry, until: cell('until') || null };
}

const entrySchema = z.object({
  repository: z.string(),
  principal: z.string(),
  actions: z.array(z.string()).min(1),
  until: z.string().nullable(),
});

const fileSchema = z.object({
  format: z.literal(grantFileFormat),
  version: z.literal(grantFileVersion),
  organization: z.string(),
  grants: z.array(z.unknown()),
});

function readJson(text: string): ReadFile {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new KeyholdError('grant_file_unreadable');
  }
  const file = fileSchema.safeParse(value).data;
  if (file === undefined) throw new KeyholdError('grant_file_unreadable');
  if (file.grants.length > fileGrantsMax) throw new KeyholdError('too_many_grants');
  const entries = file.grants.map((grant, index) => {
    const entry = entrySchema.safeParse(grant).data;
    return { at: index + 1, entry: entry ?? { unreadable: jsonWords(grant) } };
  });
  return { form: 'json', organization: file.organization, entries };
}

/** A value as it is shown; of one in which more stands in each other than can be written, nothing. */
function jsonWords(value: unknown): string {
  try {
    return printable(JSON.stringify(value), shownLength);
  } catch {
    return '';
  }
}
