import type { KeeperKeys } from '../context.ts';
import type { KeeperIntegrityKeyTable } from '../db/keeper-schema.ts';
import type { Reader, Tx } from '../db/write.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { newMaterial, publicKeyOf, signBytes } from './algorithms.ts';
import { anchorIntegrityKey, readAnchor } from './anchor.ts';
import { authenticated, requireAuthentic, stampOf, tampered } from './records.ts';
import { seal, unseal, wipe } from './seal.ts';

/** Versions at most. */
const versionsMax = 10_000;

/** Makes a key for the lines of the audit log. It is to be anchored. */
export async function insertIntegrityKey(
  tx: Tx,
  keys: KeeperKeys,
  version: number,
  now: Date,
): Promise<KeeperIntegrityKeyTable> {
  const material = newMaterial('ED25519');
  const row = {
    version,
    public_key: publicKeyOf('ED25519', material).toString('base64'),
    material: seal(keys.material, material, ['integrity', version]),
    created_at: now.toISOString(),
  };
  wipe(material);
  const made = authenticated(keys, 'keeper_integrity_keys', row);
  await tx.insertInto('keeper_integrity_keys').values(made).execute();
  return made;
}

/** Has another key sign from now on. The earlier one verifies what it signed, and signs nothing any more. */
export async function rotateIntegrityKey(tx: Tx, keys: KeeperKeys, now: Date): Promise<void> {
  const current = await currentKey(tx, keys);
  if (current.version >= versionsMax) {
    throw new KeeperError('POLICY_VIOLATION', `The key has ${String(versionsMax)} versions at most.`);
  }
  await tx
    .updateTable('keeper_integrity_keys')
    .set(authenticated(keys, 'keeper_integrity_keys', { ...current, material: null }))
    .where('version', '=', current.version)
    .execute();
  await anchorIntegrityKey(tx, keys, await insertIntegrityKey(tx, keys, current.version + 1, now));
}

/** Signs by the current key, whose version the text may have in it. @returns base64 */
export async function signByIntegrityKey(
  db: Reader,
  keys: KeeperKeys,
  text: (version: number) => string,
): Promise<{ text: string; signature: string }> {
  const { version, material: sealed } = await currentKey(db, keys);
  const material = unseal(keys.material, sealed ?? '', ['integrity', version]);
  if (material === null) throw tampered();
  try {
    const signed = text(version);
    const signature = signBytes('ED25519', material, null, Buffer.from(signed));
    return { text: signed, signature: signature.toString('base64') };
  } finally {
    wipe(material);
  }
}

/**
 * The public keys of some versions; those that the keeper never had are not among them.
 *
 * @throws KeeperError TAMPERED_KEEPER where one that it had is gone, or was changed
 */
export async function integrityKeys(
  db: Reader,
  keys: KeeperKeys,
  versions: readonly number[],
): Promise<Map<number, Buffer>> {
  const { version: newest } = await currentKey(db, keys);
  const had = [...new Set(versions)].filter((version) => version <= newest);
  if (had.length === 0) return new Map();
  const rows = await db.selectFrom('keeper_integrity_keys').selectAll().where('version', 'in', had).execute();
  if (rows.length < had.length) throw tampered();
  for (const row of rows) requireAuthentic(keys, 'keeper_integrity_keys', row);
  return new Map(rows.map(({ version, public_key: key }) => [version, Buffer.from(key, 'base64')]));
}

async function currentKey(db: Reader, keys: KeeperKeys): Promise<KeeperIntegrityKeyTable> {
  const row = await db
    .selectFrom('keeper_integrity_keys')
    .selectAll()
    .orderBy('version', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (row === undefined || stampOf(row) !== (await readAnchor(db, keys)).integrity_stamp) throw tampered();
  requireAuthentic(keys, 'keeper_integrity_keys', row);
  return row;
}
