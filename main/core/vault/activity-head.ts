import { timingSafeEqual } from 'node:crypto';
import { KeyholdError } from '../../../contracts/errors.ts';
import type { Sql } from '../ports.ts';
import { lengthPrefixed } from './bytes.ts';

/** What the first entry of the activity log follows. */
export const genesisHash: Buffer = Buffer.alloc(32);

/** The newest entry that was written with the vault unlocked, vouched for with a key of the vault. */
export interface Head {
  /** 0 for a log that has no entry yet. */
  seq: number;
  hash: Buffer;
}

const beginning: Head = { seq: 0, hash: genesisHash };

export interface HeadRow extends Head {
  mac: Buffer;
}

/** Computes an authentication code with the vault's key for `purpose`. */
export type Authenticate = (purpose: string, data: Buffer) => Buffer;

function macOf(head: Head, authenticate: Authenticate): Buffer {
  return authenticate('activity head', lengthPrefixed([head.seq, head.hash]));
}

/** The head as stored, or undefined when the row was taken out. */
export function readHead(sql: Sql): HeadRow | undefined {
  return sql.get<HeadRow>('SELECT seq, hash, mac FROM activity_head WHERE id = 1');
}

/** A log cannot get there; above it a number could not be told from the next. */
const mostEntries = 2 ** 52;

/**
 * Refuses a log whose numbers leave none for the next entries: they could not be written, and what is done would not be
 * told.
 * @throws KeyholdError `vault_damaged`
 */
export function requireRoom(sql: Sql): void {
  const full = sql.get(
    'SELECT 1 WHERE (SELECT max(seq) FROM activity) > ? OR (SELECT max(seq) FROM activity_head) > ?',
    ...[mostEntries, mostEntries],
  );
  if (full !== undefined) throw new KeyholdError('vault_damaged', { changed: true });
}

/** @returns the row as it is stored from then on */
export function writeHead(sql: Sql, head: Head, authenticate: Authenticate): HeadRow {
  const mac = macOf(head, authenticate);
  sql.run(
    `INSERT INTO activity_head (id, seq, hash, mac) VALUES (1, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET seq = excluded.seq, hash = excluded.hash, mac = excluded.mac`,
    head.seq,
    head.hash,
    mac,
  );
  return { ...head, mac };
}

/** The head of a new vault. From then on a vault without one was tampered with. */
export function writeFirstHead(sql: Sql, authenticate: Authenticate): void {
  writeHead(sql, beginning, authenticate);
}

export function isGenuine(head: HeadRow, authenticate: Authenticate): boolean {
  const expected = macOf(head, authenticate);
  return head.mac.length === expected.length && timingSafeEqual(head.mac, expected);
}

export function isEqual(head: HeadRow, other: HeadRow | null): boolean {
  return other !== null && isSameEntry(head, other) && head.mac.equals(other.mac);
}

export function isSameEntry(head: Head, other: Head | undefined): boolean {
  return head.seq === other?.seq && head.hash.equals(other.hash);
}

/** Whether the log still has the entry that the head stands for. */
export function isInLog(sql: Sql, head: Head): boolean {
  if (head.seq === 0) return head.hash.equals(genesisHash);
  const row = sql.get<Pick<Head, 'hash'>>('SELECT hash FROM activity WHERE seq = ?', head.seq);
  return row?.hash.equals(head.hash) ?? false;
}

/** An entry up to which the log is known to go: kept apart from the log, with the root of the vault's rows. */
export type Pinned = Head;

/** The head as it is now; the pin from before when the log does not go on from that, which must stay to be seen. */
export function newestPin(sql: Sql, before: Pinned | undefined): Pinned {
  const known = before ?? beginning;
  const head = readHead(sql);
  const goesOn = head !== undefined && head.seq >= known.seq && isInLog(sql, known) && isInLog(sql, head);
  return goesOn ? head : known;
}

/** The entry up to which the log went when the vault's rows were last changed or the vault was locked. */
export function readPin(sql: Sql): Pinned | undefined {
  return sql.get<Pinned>('SELECT log_seq AS seq, log_hash AS hash FROM rows_root WHERE id = 1');
}

/**
 * Vouches for the head with another key. Only when it is genuine by the one before: what was done to a log before
 * must not be covered up.
 */
export function vouchAnew(sql: Sql, before: Authenticate, after: Authenticate): void {
  const head = readHead(sql);
  if (head !== undefined && isGenuine(head, before) && isInLog(sql, head)) writeHead(sql, head, after);
}
