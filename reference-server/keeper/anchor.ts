import type { AnchorSeen, KeeperKeys } from '../context.ts';
import type { KeeperAnchorTable, KeeperBucketTable, KeeperKeyTable } from '../db/keeper-schema.ts';
import type { Reader, Tx } from '../db/write.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { authenticated, isAuthentic, requireAuthentic, stampOf, tampered } from './records.ts';
import { macOf } from './seal.ts';

/*
 * A row with a right MAC is one that the keeper wrote once. That it is the one that counts is said by the row above it: a
 * key's row has the stamps of its generations, a bucket those of its keys, and the anchor those of all buckets. So nothing
 * is put back, left out or added by itself, and a use of one key reads three rows, however many there are.
 */

/** Of 10,000 keys each has some eighty. */
const bucketCount = 128;

/** Makes what the keeper goes by, with no keys yet. */
export async function insertAnchor(tx: Tx, keys: KeeperKeys, integrityStamp: string): Promise<void> {
  const row = {
    ...{ id: 1 as const, version: 1, integrity_stamp: integrityStamp },
    bucket_stamps: JSON.stringify(Array.from({ length: bucketCount }, () => '')),
  };
  await tx
    .insertInto('keeper_anchor')
    .values(authenticated(keys, 'keeper_anchor', row))
    .execute();
}

/** Whether there is one: a keeper was here. */
export async function isAnchored(db: Reader): Promise<boolean> {
  return (await db.selectFrom('keeper_anchor').select('id').executeTakeFirst()) !== undefined;
}

/**
 * What the keeper goes by.
 *
 * @throws KeeperError TAMPERED_KEEPER where it is not as the keeper wrote it, or is of before what these keys have seen
 */
export async function readAnchor(db: Reader, keys: KeeperKeys): Promise<KeeperAnchorTable> {
  const anchor = await db.selectFrom('keeper_anchor').selectAll().executeTakeFirst();
  if (anchor === undefined) throw notAnchored();
  requireAuthentic(keys, 'keeper_anchor', anchor);
  const { version, mac } = keys.anchorSeen ?? anchor;
  if (anchor.version < version || (anchor.version === version && anchor.mac !== mac)) throw tampered();
  return anchor;
}

function notAnchored(): KeeperError {
  return new KeeperError(
    'TAMPERED_KEEPER',
    'The keeper has nothing to go by: an earlier version made it, or something other than the keeper took that away. ' +
      'Bring the database back from a copy of this version, or begin with another --data or --database.',
  );
}

/** From now on nothing of before what it saw at its end is believed. */
export function rememberAnchor(keys: KeeperKeys, { version, mac }: AnchorSeen): void {
  if (version > (keys.anchorSeen?.version ?? 0)) keys.anchorSeen = { version, mac };
}

/** Looks at all above the keys, and goes by it from then on. @throws KeeperError TAMPERED_KEEPER */
export async function requireSoundAnchor(db: Reader, keys: KeeperKeys): Promise<void> {
  rememberAnchor(keys, await readAnchor(db, keys));
  const every = Array.from({ length: bucketCount }, (_, number) => number);
  if ((await readBuckets(db, keys, every)).includes(null)) throw tampered();
}

/** Notes which key signs the audit log from now on. */
export async function anchorIntegrityKey(tx: Tx, keys: KeeperKeys, row: { mac: string }): Promise<void> {
  await moveAnchor(tx, keys, await readAnchor(tx, keys), { integrity_stamp: stampOf(row) });
}

/** Notes a key as it is now. @throws KeeperError TAMPERED_KEEPER */
export async function anchorKey(
  tx: Tx,
  keys: KeeperKeys,
  key: Pick<KeeperKeyTable, 'id' | 'mac'>,
): Promise<void> {
  const number = bucketOf(keys, key.id);
  const [stamps = null] = await readBuckets(tx, keys, [number]);
  if (stamps === null) throw tampered();
  const changed = { number, key_stamps: JSON.stringify({ ...stamps, [key.id]: stampOf(key) }) };
  const bucket = authenticated(keys, 'keeper_buckets', changed);
  await tx
    .insertInto('keeper_buckets')
    .values(bucket)
    .onConflict((conflict) => conflict.column('number').doUpdateSet(bucket))
    .execute();
  const anchor = await readAnchor(tx, keys);
  const buckets = (JSON.parse(anchor.bucket_stamps) as string[]).with(number, stampOf(bucket));
  await moveAnchor(tx, keys, anchor, { bucket_stamps: JSON.stringify(buckets) });
}

async function moveAnchor(
  tx: Tx,
  keys: KeeperKeys,
  anchor: KeeperAnchorTable,
  change: Partial<KeeperAnchorTable>,
): Promise<void> {
  const moved = authenticated(keys, 'keeper_anchor', { ...anchor, ...change, version: anchor.version + 1 });
  await tx.updateTable('keeper_anchor').set(moved).execute();
}

/**
 * The stamps of some keys. None for a key that there is not; null for one of which nobody knows, because something else
 * has changed its bucket.
 *
 * @throws KeeperError TAMPERED_KEEPER
 */
export async function keyStamps(
  db: Reader,
  keys: KeeperKeys,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const numberOf = new Map(ids.map((id) => [id, bucketOf(keys, id)]));
  const numbers = [...new Set(numberOf.values())];
  const buckets = await readBuckets(db, keys, numbers);
  const stampsOf = new Map(numbers.map((number, at) => [number, buckets[at] ?? null]));
  return new Map(
    [...numberOf].flatMap(([id, number]) => {
      const stamps = stampsOf.get(number) ?? null;
      if (stamps === null) return [[id, null] as const];
      return Object.hasOwn(stamps, id) ? [[id, stamps[id] ?? null] as const] : [];
    }),
  );
}

/** The ids of all keys, but of those in buckets that something else has changed. */
export async function anchoredIds(db: Reader, keys: KeeperKeys): Promise<string[]> {
  const every = Array.from({ length: bucketCount }, (_, number) => number);
  const buckets = await readBuckets(db, keys, every);
  return buckets.flatMap((stamps) => Object.keys(stamps ?? {}));
}

type Stamps = Readonly<Record<string, string>>;

/** The stamps of the keys in some buckets, in their order; null for a bucket that is not the one that counts. */
async function readBuckets(
  db: Reader,
  keys: KeeperKeys,
  numbers: readonly number[],
): Promise<(Stamps | null)[]> {
  const wanted = JSON.parse((await readAnchor(db, keys)).bucket_stamps) as string[];
  const rows =
    numbers.length === 0
      ? []
      : await db.selectFrom('keeper_buckets').selectAll().where('number', 'in', numbers).execute();
  const rowOf = new Map<number, KeeperBucketTable>(rows.map((row) => [row.number, row]));
  return numbers.map((number) => {
    const row = rowOf.get(number);
    if ((row === undefined ? '' : stampOf(row)) !== wanted[number]) return null;
    if (row === undefined) return {};
    return isAuthentic(keys, 'keeper_buckets', row) ? (JSON.parse(row.key_stamps) as Stamps) : null;
  });
}

/** By a secret, so that nobody names keys for one bucket. */
function bucketOf({ records }: KeeperKeys, id: string): number {
  return Buffer.from(macOf(records, ['bucket of', id]), 'base64url').readUInt32BE() % bucketCount;
}
