import type { OperationId } from '../../contracts/permissions/operations.ts';
import type {
  GenerateRequest,
  KeyAlgorithm,
  KeyMode,
  StoreRequest,
} from '../../contracts/server-api/tkeeper/keys.ts';
import type { KeeperKeys } from '../context.ts';
import type { KeeperGenerationTable, KeeperKeyTable } from '../db/keeper-schema.ts';
import type { Tx } from '../db/write.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { isMaterial, newMaterial, readAlgorithm } from './algorithms.ts';
import { anchorKey, keyStamps } from './anchor.ts';
import { readBase64 } from './base64.ts';
import type { Scope } from './operation.ts';
import { readAuthorities, readOwner, termsOf } from './policy.ts';
import { authenticated, stampOf, tampered } from './records.ts';
import { wipe } from './seal.ts';
import { sealMaterial, storedGeneration, storedKey, withMaterial } from './stored-keys.ts';

/** Keys that a keeper has at most, and generations of one. */
export const keysMax = 10_000;
export const generationsMax = 1000;

/** What has to be allowed for each way to make a generation. */
export const operationOf = {
  CREATE: 'dkg.create',
  ROTATE: 'dkg.rotate',
  REFRESH: 'dkg.refresh',
} as const satisfies Record<KeyMode, OperationId>;

type MadeBy = KeeperGenerationTable['made_by'];

/** Makes a key, or its next generation. @throws KeeperError */
export async function generateKey(scope: Scope, request: GenerateRequest): Promise<void> {
  refuseApprovals(request);
  const algorithm = readAlgorithm(request.algorithm);
  const { mode, keyId } = request;
  if (mode === 'CREATE') {
    const material = newMaterial(algorithm);
    return createKey(scope, request, { algorithm, material, madeBy: 'create' }).finally(() => wipe(material));
  }
  const current = await storedGeneration(scope.tx, scope.keys, keyId);
  if (current.algorithm !== algorithm) {
    throw new KeeperError(
      'KEY_ALGORITHM_MISMATCH',
      `The key is one of ${current.algorithm}: its next generation is, too.`,
    );
  }
  const material =
    mode === 'ROTATE'
      ? newMaterial(algorithm)
      : withMaterial(scope.keys, current, (bytes) => Buffer.from(bytes));
  const madeBy = mode === 'ROTATE' ? 'rotate' : 'refresh';
  return nextGeneration(scope, request, current.key, { algorithm, material, madeBy }).finally(() =>
    wipe(material),
  );
}

/** Takes a private key from elsewhere. @throws KeeperError */
export async function importKey(scope: Scope, request: StoreRequest): Promise<void> {
  const algorithm = readAlgorithm(request.algorithm);
  const material = readBase64('value64', request.value64);
  try {
    if (!isMaterial(algorithm, material)) {
      throw new KeeperError(
        'INVALID_PAYLOAD',
        `value64 is no private key of ${algorithm}: it has 32 bytes, and is neither 0 nor beyond the curve.`,
      );
    }
    await createKey(scope, request, { algorithm, material, madeBy: 'import' });
  } finally {
    wipe(material);
  }
}

/** Destroys an earlier generation for good. @throws KeeperError */
export async function destroyGeneration(
  { tx, keys, now, note }: Scope,
  { keyId, generation }: { keyId: string; generation: number },
): Promise<void> {
  const key = await storedKey(tx, keys, keyId);
  note({ algorithm: key.algorithm, generation });
  if (generation === key.generation) {
    throw new KeeperError('DESTROY_FORBIDDEN', 'This is the current generation. Rotate the key first.');
  }
  const stored = await storedGeneration(tx, keys, keyId, generation);
  const gone = { ...stored.generation, material: null, destroyed_at: now.toISOString() };
  const destroyed = authenticated(keys, 'keeper_generations', gone);
  await tx
    .updateTable('keeper_generations')
    .set(destroyed)
    .where('key_id', '=', keyId)
    .where('generation', '=', generation)
    .execute();
  await changeKey(tx, keys, stamped(key, destroyed));
}

/** Refuses what the keeper would not heed. @throws KeeperError */
export function refuseApprovals({ approvals }: { approvals?: object | null | undefined }): void {
  if ((approvals ?? null) === null) return;
  throw new KeeperError('INVALID_REQUEST_BODY', 'No key of this keeper asks for approvals: leave them out.');
}

interface Made {
  algorithm: KeyAlgorithm;
  material: Buffer;
  madeBy: MadeBy;
}

type Described = Pick<GenerateRequest, 'keyId' | 'authorities' | 'policy' | 'assetOwner'>;

async function createKey({ tx, keys, now, note }: Scope, request: Described, made: Made): Promise<void> {
  const { keyId: id } = request;
  note({ algorithm: made.algorithm, generation: 1 });
  await requireNewKey(tx, keys, id);
  const at = now.toISOString();
  const none = { policy: null, apply_until: null, process_until: null };
  const key = {
    ...{ id, algorithm: made.algorithm, generation: 1, generation_stamps: '[]' },
    ...{ created_at: at, updated_at: at },
    ...{ authorities: readAuthorities(request.authorities), owner: readOwner(request.assetOwner) },
    ...(request.policy ? termsOf(request.policy) : none),
  };
  const first = madeGeneration(keys, { id, generation: 1, at, ...made });
  const created = authenticated(keys, 'keeper_keys', stamped(key, first));
  await tx.insertInto('keeper_keys').values(created).execute();
  await tx.insertInto('keeper_generations').values(first).execute();
  await anchorKey(tx, keys, created);
}

async function requireNewKey(tx: Tx, keys: KeeperKeys, id: string): Promise<void> {
  const known = await tx.selectFrom('keeper_keys').select('id').where('id', '=', id).executeTakeFirst();
  if (known !== undefined)
    throw new KeeperError(
      'KEY_ALREADY_EXISTS',
      'There is a key of this id. Choose another id, or rotate that key.',
    );
  // A key never goes: what is left of one was not left by the keeper.
  const left = tx.selectFrom('keeper_generations').select('generation').where('key_id', '=', id).limit(1);
  if ((await left.executeTakeFirst()) !== undefined) throw tampered();
  if ((await keyStamps(tx, keys, [id])).has(id)) throw tampered();
  const { count } = await tx
    .selectFrom('keeper_keys')
    .select((select) => select.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow();
  if (count < keysMax) return;
  throw new KeeperError(
    'POLICY_VIOLATION',
    `A keeper has ${String(keysMax)} keys at most: rotate one that there is.`,
  );
}

/** Who asks names the authorities anew; an owner or a policy that is left out stays. */
async function nextGeneration(
  { tx, keys, now, note }: Scope,
  request: Described,
  key: KeeperKeyTable,
  made: Made,
): Promise<void> {
  const generation = key.generation + 1;
  note({ algorithm: made.algorithm, generation });
  if (generation > generationsMax) {
    throw new KeeperError(
      'POLICY_VIOLATION',
      `A key has ${String(generationsMax)} generations at most: make another key.`,
    );
  }
  const at = now.toISOString();
  const owner = readOwner(request.assetOwner);
  const changed = {
    ...key,
    ...{ generation, updated_at: at, authorities: readAuthorities(request.authorities) },
    ...(owner !== null && { owner }),
    ...(request.policy && termsOf(request.policy)),
  };
  const next = madeGeneration(keys, { id: key.id, generation, at, ...made });
  await tx.insertInto('keeper_generations').values(next).execute();
  await changeKey(tx, keys, stamped(changed, next));
}

async function changeKey(tx: Tx, keys: KeeperKeys, key: Unauthenticated<KeeperKeyTable>): Promise<void> {
  const changed = authenticated(keys, 'keeper_keys', key);
  await tx.updateTable('keeper_keys').set(changed).where('id', '=', key.id).execute();
  await anchorKey(tx, keys, changed);
}

type Unauthenticated<Row> = Omit<Row, 'mac'>;

/** A key that goes by a generation as it is now. */
function stamped(
  key: Unauthenticated<KeeperKeyTable>,
  generation: KeeperGenerationTable,
): Unauthenticated<KeeperKeyTable> {
  const stamps = JSON.parse(key.generation_stamps) as string[];
  stamps[generation.generation - 1] = stampOf(generation);
  return { ...key, generation_stamps: JSON.stringify(stamps) };
}

function madeGeneration(
  keys: KeeperKeys,
  { id, generation, at, algorithm, material, madeBy }: Made & { id: string; generation: number; at: string },
): KeeperGenerationTable {
  const row = {
    ...{ key_id: id, generation, algorithm, made_by: madeBy, created_at: at, destroyed_at: null },
    ...sealMaterial(keys, { id, generation, algorithm }, material),
  };
  return authenticated(keys, 'keeper_generations', row);
}
