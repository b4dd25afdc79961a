import type { Consistency } from '../../contracts/server-api/tkeeper/keys.ts';
import type { KeeperGenerationTable, KeeperKeyTable } from '../db/keeper-schema.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { readAlgorithm } from './algorithms.ts';
import { keyStamps } from './anchor.ts';
import { soundKeeperRow } from './keeper-row.ts';
import type { Scope } from './operation.ts';
import { isSoundGeneration, soundKeys, withMaterial } from './stored-keys.ts';

/**
 * Looks at all that is kept of a key: whether each record is as the keeper wrote it, no generation is missing, and what is
 * not destroyed opens and is of its public key. There is no other node to mend it from: nothing is changed.
 */
export async function checkKey(scope: Scope, id: string): Promise<Consistency> {
  const { tx, note } = scope;
  const key = await tx.selectFrom('keeper_keys').selectAll().where('id', '=', id).executeTakeFirst();
  const generations = await tx
    .selectFrom('keeper_generations')
    .selectAll()
    .where('key_id', '=', id)
    .orderBy('generation')
    .execute();
  const peer = String((await soundKeeperRow(tx, scope.keys)).peer_id);
  if (key === undefined) {
    const isNone = generations.length === 0 && !(await keyStamps(tx, scope.keys, [id])).has(id);
    const verdict = isNone ? 'MISSING' : 'RECOVER_NEEDED';
    return { verdict, targetGeneration: null, versions: { [peer]: { activeGen: null, pendingGen: null } } };
  }
  const isSound = (await soundKeys(tx, scope.keys, [key])).has(id) && isWhole(scope, key, generations);
  // Else nothing that the record says is believed.
  const generation = isSound ? key.generation : null;
  if (generation !== null) note({ algorithm: key.algorithm, generation });
  return {
    verdict: isSound ? 'OK' : 'RECOVER_NEEDED',
    targetGeneration: generation,
    versions: { [peer]: { activeGen: generation, pendingGen: null } },
  };
}

function isWhole(scope: Scope, key: KeeperKeyTable, generations: readonly KeeperGenerationTable[]): boolean {
  return (
    generations.length === key.generation &&
    generations.every((each, at) => each.generation === at + 1 && isUsable(scope, key, each))
  );
}

function isUsable({ keys }: Scope, key: KeeperKeyTable, generation: KeeperGenerationTable): boolean {
  if (!isSoundGeneration(keys, key, generation)) return false;
  if (generation.material === null) return generation.destroyed_at !== null;
  try {
    const algorithm = readAlgorithm(generation.algorithm);
    const publicKey = Buffer.from(generation.public_key, 'base64');
    withMaterial(keys, { key, generation, algorithm, publicKey }, () => undefined);
    return true;
  } catch (error) {
    if (error instanceof KeeperError) return false;
    throw error;
  }
}
