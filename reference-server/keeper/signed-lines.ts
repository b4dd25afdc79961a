import { randomUUID } from 'node:crypto';
import { printable } from '../../contracts/domain/printable.ts';
import type { KeeperEvent, SignedLine } from '../../contracts/server-api/tkeeper/audit.ts';
import type { KeeperKeys } from '../context.ts';
import type { Reader } from '../db/write.ts';
import { verifyBytes } from './algorithms.ts';
import { integrityKeys, signByIntegrityKey } from './integrity.ts';
import { soundKeeperRow } from './keeper-row.ts';

/** What a line tells of an operation, beside when and by which key it was signed. */
export type LineContent = Pick<KeeperEvent, 'event' | 'auth' | 'request' | 'crypto' | 'outcome'>;

/** A line of the audit log, signed by the integrity key, as JSON text: what `verifyLines` takes. */
export async function signedLine(
  db: Reader,
  keys: KeeperKeys,
  content: LineContent,
  now: Date,
): Promise<string> {
  const { peer_id: peerId } = await soundKeeperRow(db, keys);
  const event = (integrityKeyVersion: number) =>
    canonical({
      ...{ id: randomUUID(), peerId, integrityKeyVersion, timestamp: now.getTime() },
      ...content,
    });
  const { text, signature } = await signByIntegrityKey(db, keys, event);
  return `{"event":${text},"signature":${JSON.stringify(signature)}}`;
}

/** Whether lines are as the keeper signed them, in their order. */
export async function verifyLines(
  db: Reader,
  keys: KeeperKeys,
  lines: readonly SignedLine[],
): Promise<boolean[]> {
  const known = await integrityKeys(
    db,
    keys,
    lines.map(({ event }) => event.integrityKeyVersion),
  );
  return lines.map(({ event, signature }) => {
    const key = known.get(event.integrityKeyVersion);
    const bytes = Buffer.from(signature, 'base64');
    if (key === undefined || bytes.toString('base64') !== signature) return false;
    return verifyBytes('ED25519', key, null, Buffer.from(canonical(event)), bytes);
  });
}

/** What each of many lines turned out to be, by the ids of their events. Of several lines of one id all have to hold. */
export async function verifyBatch(
  db: Reader,
  keys: KeeperKeys,
  lines: readonly SignedLine[],
): Promise<Record<string, { valid: boolean }>> {
  const found = new Map<string, boolean>();
  const valid = await verifyLines(db, keys, lines);
  lines.forEach(({ event: { id } }, at) => found.set(id, (found.get(id) ?? true) && valid[at] === true));
  return Object.fromEntries([...found].map(([id, each]) => [id, { valid: each }]));
}

/**
 * The text of an event that is signed: JSON with the fields in the order of their names, without those that are null. So
 * it is the same whatever a log file or a client made of the line in between.
 */
export function canonical(event: KeeperEvent): string {
  return JSON.stringify(sorted(event));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const fields = Object.entries(value)
    .filter(([, field]) => field !== null && field !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(fields.map(([name, field]) => [name, sorted(field)]));
}

/** Longest text of a line, UTF-16 units. */
const longestText = 300;

/** A text that a caller sent, for a line. */
export function lineText(text: string): string {
  return printable(text, longestText);
}
