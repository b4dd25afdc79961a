import type { KeyAlgorithm } from '../../contracts/server-api/tkeeper/keys.ts';
import type { KeeperKeys } from '../context.ts';
import type { KeeperGenerationTable, KeeperKeyTable } from '../db/keeper-schema.ts';
import type { Reader } from '../db/write.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { publicKeyOf, readAlgorithm } from './algorithms.ts';
import { keyStamps } from './anchor.ts';
import { isAuthentic, stampOf, tampered } from './records.ts';
import { seal, unseal, wipe } from './seal.ts';
import type { Belonging } from './seal.ts';

/** A key with one of its generations, both as the keeper wrote them. */
export interface StoredKey {
  key: KeeperKeyTable;
  generation: KeeperGenerationTable;
  algorithm: KeyAlgorithm;
  publicKey: Buffer;
}

/** @throws KeeperError KEY_NOT_FOUND, TAMPERED_KEEPER */
export async function storedKey(db: Reader, keys: KeeperKeys, id: string): Promise<KeeperKeyTable> {
  const key = await db.selectFrom('keeper_keys').selectAll().where('id', '=', id).executeTakeFirst();
  if (key === undefined) {
    if ((await keyStamps(db, keys, [id])).has(id)) throw tampered();
    throw new KeeperError(
      'KEY_NOT_FOUND',
      'There is no key of this id. The inventory lists those that there are.',
    );
  }
  if (!(await soundKeys(db, keys, [key])).has(id)) throw tampered();
  return key;
}

/** Which keys are as the keeper wrote them last, by their ids. @throws KeeperError TAMPERED_KEEPER */
export async function soundKeys(
  db: Reader,
  keys: KeeperKeys,
  rows: readonly KeeperKeyTable[],
): Promise<ReadonlySet<string>> {
  const ids = [...new Set(rows.map(({ id }) => id))];
  const stamps = await keyStamps(db, keys, ids);
  const withMore = await keysWithMore(db, ids);
  const isSound = (key: KeeperKeyTable) =>
    stamps.get(key.id) === stampOf(key) && isAuthentic(keys, 'keeper_keys', key) && !withMore.has(key.id);
  return new Set(rows.filter(isSound).map(({ id }) => id));
}

/** Whether a generation is as the keeper wrote it last, where its key is. */
export function isSoundGeneration(
  keys: KeeperKeys,
  { generation_stamps: stamps }: KeeperKeyTable,
  row: KeeperGenerationTable,
): boolean {
  return (
    (JSON.parse(stamps) as string[])[row.generation - 1] === stampOf(row) &&
    isAuthentic(keys, 'keeper_generations', row)
  );
}

/** Which of some keys have a generation that their record does not know: the keeper did not write it. */
async function keysWithMore(db: Reader, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const found = await db
    .selectFrom('keeper_keys')
    .innerJoin('keeper_generations', (join) =>
      join
        .onRef('keeper_generations.key_id', '=', 'keeper_keys.id')
        .onRef('keeper_generations.generation', '>', 'keeper_keys.generation'),
    )
    .select('keeper_keys.id')
    .distinct()
    .where('keeper_keys.id', 'in', ids)
    .execute();
  return new Set(found.map(({ id }) => id));
}

/**
 * A generation of a key.
 *
 * @param number - Without it, the current one.
 * @throws KeeperError KEY_NOT_FOUND, INVALID_KEY_GENERATION where there is none, or none any more; TAMPERED_KEEPER
 */
export async function storedGeneration(
  db: Reader,
  keys: KeeperKeys,
  id: string,
  number?: number | null,
): Promise<StoredKey> {
  const key = await storedKey(db, keys, id);
  const wanted = number ?? key.generation;
  if (wanted < 1 || wanted > key.generation) {
    throw new KeeperError(
      'INVALID_KEY_GENERATION',
      `The key has ${String(key.generation)} generations. Name one of these, or none.`,
    );
  }
  const generation = await db
    .selectFrom('keeper_generations')
    .selectAll()
    .where('key_id', '=', id)
    .where('generation', '=', wanted)
    .executeTakeFirst();
  if (generation === undefined || !isSoundGeneration(keys, key, generation)) throw tampered();
  if (generation.material === null) {
    throw new KeeperError(
      'INVALID_KEY_GENERATION',
      `Generation ${String(wanted)} was destroyed. Name another one.`,
    );
  }
  const algorithm = readAlgorithm(generation.algorithm);
  return { key, generation, algorithm, publicKey: Buffer.from(generation.public_key, 'base64') };
}

/** What sealed material belongs to. */
function belongingOf(id: string, generation: number, algorithm: string): Belonging {
  return ['key', id, generation, algorithm];
}

/** Seals the material of a generation. */
export function sealMaterial(
  keys: KeeperKeys,
  { id, generation, algorithm }: { id: string; generation: number; algorithm: KeyAlgorithm },
  material: Buffer,
): { public_key: string; material: string } {
  return {
    public_key: publicKeyOf(algorithm, material).toString('base64'),
    material: seal(keys.material, material, belongingOf(id, generation, algorithm)),
  };
}

/**
 * Opens the material of a generation for as long as `use` runs.
 *
 * @throws KeeperError TAMPERED_KEEPER where it does not open, or is not of the public key
 */
export function withMaterial<T>(
  keys: KeeperKeys,
  { generation, algorithm, publicKey }: StoredKey,
  use: (material: Buffer) => T,
): T {
  const belonging = belongingOf(generation.key_id, generation.generation, algorithm);
  const material = unseal(keys.material, generation.material ?? '', belonging);
  if (material === null) throw tampered();
  try {
    if (!publicKeyOf(algorithm, material).equals(publicKey)) throw tampered();
    return use(material);
  } finally {
    wipe(material);
  }
}
