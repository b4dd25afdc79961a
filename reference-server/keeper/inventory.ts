import type { z } from 'zod';
import type {
  inventoryPageSchema,
  inventoryQuerySchema,
  InventoryItem,
} from '../../contracts/server-api/tkeeper/inventory.ts';
import { cutPage } from '../db/cut-page.ts';
import type { KeeperGenerationTable, KeeperKeyTable } from '../db/keeper-schema.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { anchoredIds } from './anchor.ts';
import { soundKeeperRow } from './keeper-row.ts';
import type { Scope } from './operation.ts';
import { authoritiesOf, policyOf, readOwner, statusOf } from './policy.ts';
import { isSoundGeneration, soundKeys } from './stored-keys.ts';

type Query = z.output<typeof inventoryQuerySchema>;
type Page = z.input<typeof inventoryPageSchema>;

/** One page of the keys, or of all their generations, in the order of their ids. @throws KeeperError */
export async function listInventory(scope: Scope, query: Query): Promise<Page> {
  const { tx, now } = scope;
  const row = await soundKeeperRow(tx, scope.keys);
  const after = readCursor(query);
  const found = await rowsOf(scope, query, after);
  const { page, end } = cutPage(
    [...found, ...(await goneKeys(scope, query, after, found))].toSorted(byPlace),
    query.limit,
  );
  const sound = await soundKeys(
    tx,
    scope.keys,
    page.flatMap(({ key }) => key ?? []),
  );
  return {
    inventory: {
      generatedAt: now.getTime(),
      ...{ peerId: row.peer_id, threshold: row.threshold, totalPeers: row.total },
      items: page.map((entry) => itemOf(scope, entry, sound)),
    },
    nextCursor: end === undefined ? null : cursorOf(query, end),
    hasMore: end !== undefined,
  };
}

/** A key with one of its generations. What is not there was taken by something else than the keeper. */
interface Entry {
  id: string;
  number: number;
  key: KeeperKeyTable | undefined;
  generation: KeeperGenerationTable | undefined;
}

/** As the database sorts them. */
function byPlace(a: Entry, b: Entry): number {
  return a.id === b.id ? a.number - b.number : a.id < b.id ? -1 : 1;
}

/**
 * Keys that the keeper has and whose rows are gone, in the part of the list that a page shows. Whose they were is gone
 * with them: those of one owner are not told.
 */
async function goneKeys(
  { tx, keys }: Scope,
  { logicalId, assetOwner, limit }: Query,
  after: Cursor | null,
  found: readonly Entry[],
): Promise<Entry[]> {
  if (assetOwner !== undefined) return [];
  const there = new Set(found.map(({ id }) => id));
  const last = found.length > limit ? found.at(-1)?.id : undefined;
  const isGone = (id: string) =>
    !there.has(id) &&
    (logicalId ?? id) === id &&
    (after === null || id > after.id) &&
    (last === undefined || id < last);
  const ids = await anchoredIds(tx, keys);
  return ids.filter(isGone).map((id) => ({ id, number: 0, key: undefined, generation: undefined }));
}

/** Keys with their current generation, or with each: one more than fits on a page. */
async function rowsOf({ tx }: Scope, query: Query, after: Cursor | null): Promise<Entry[]> {
  const { historical, logicalId, limit } = query;
  const owner = readOwner(query.assetOwner);
  let ids = tx
    .selectFrom('keeper_keys')
    .leftJoin('keeper_generations', (join) =>
      historical === 'true'
        ? join.onRef('keeper_generations.key_id', '=', 'keeper_keys.id')
        : join
            .onRef('keeper_generations.key_id', '=', 'keeper_keys.id')
            .onRef('keeper_generations.generation', '=', 'keeper_keys.generation'),
    )
    .select(['keeper_keys.id', 'keeper_generations.generation'])
    .orderBy('keeper_keys.id')
    .orderBy('keeper_generations.generation')
    .limit(limit + 1);
  if (logicalId !== undefined) ids = ids.where('keeper_keys.id', '=', logicalId);
  if (owner !== null) ids = ids.where('keeper_keys.owner', '=', owner);
  if (after !== null) {
    const { id, generation } = after;
    ids = ids.where((where) =>
      where.or([
        where('keeper_keys.id', '>', id),
        ...(historical === 'true'
          ? [
              where.and([
                where('keeper_keys.id', '=', id),
                where('keeper_generations.generation', '>', generation),
              ]),
            ]
          : []),
      ]),
    );
  }
  const pairs = await ids.execute();
  if (pairs.length === 0) return [];
  const keyIds = [...new Set(pairs.map(({ id }) => id))];
  const keys = await tx.selectFrom('keeper_keys').selectAll().where('id', 'in', keyIds).execute();
  const keyOf = new Map(keys.map((key) => [key.id, key]));
  const numbers = [...new Set(pairs.flatMap(({ generation }) => generation ?? []))];
  const generations =
    numbers.length === 0
      ? []
      : await tx
          .selectFrom('keeper_generations')
          .selectAll()
          .where('key_id', 'in', keyIds)
          .where('generation', 'in', numbers)
          .execute();
  const generationOf = new Map(generations.map((each) => [nameOf(each.key_id, each.generation), each]));
  return pairs.map(({ id, generation }) => ({
    ...{ id, number: generation ?? 0, key: keyOf.get(id) },
    generation: generationOf.get(nameOf(id, generation ?? 0)),
  }));
}

/** A key id has no dot. */
function nameOf(id: string, generation: number): string {
  return `${id}.${String(generation)}`;
}

function itemOf(
  { keys, now }: Scope,
  { id, number, key, generation }: Entry,
  sound: ReadonlySet<string>,
): InventoryItem {
  const created = Date.parse(generation?.created_at ?? key?.created_at ?? '');
  const times = { createdAt: created, updatedAt: Date.parse(key?.updated_at ?? '') };
  const isSound =
    key !== undefined &&
    sound.has(id) &&
    generation !== undefined &&
    isSoundGeneration(keys, key, generation);
  if (!isSound) {
    // Nothing that it says is believed.
    return {
      ...{ logicalId: id, status: 'UNKNOWN', currentGeneration: Number.isInteger(number) ? number : 0 },
      ...{ authorities: [], algorithm: null, policy: null, assetOwner: null },
      ...{ createdAt: times.createdAt || 0, updatedAt: times.updatedAt || 0 },
      ...{ hasActiveKey: false, lastPendingGeneration: null, tampered: true },
    };
  }
  return {
    ...{
      logicalId: id,
      status: statusOf(key, generation, now),
      currentGeneration: generation.generation,
    },
    ...{ authorities: authoritiesOf(key), algorithm: generation.algorithm, policy: policyOf(key) },
    ...times,
    hasActiveKey: generation.generation === key.generation,
    ...{ lastPendingGeneration: null, assetOwner: key.owner, tampered: false },
  };
}

interface Cursor {
  id: string;
  generation: number;
}

function cursorOf({ historical }: Query, { id, number }: Entry): string {
  return historical === 'true' ? nameOf(id, number) : id;
}

/** @throws KeeperError INVALID_CURSOR */
function readCursor({ lastSeen, historical }: Query): Cursor | null {
  if (lastSeen === undefined) return null;
  const read = /^([a-z0-9:-]{1,255})(?:\.(\d{1,9}))?$/.exec(lastSeen);
  if (read?.[1] === undefined || (read[2] === undefined) === (historical === 'true')) {
    throw new KeeperError(
      'INVALID_CURSOR',
      'lastSeen is no place in this list: take it from the page before.',
    );
  }
  return { id: read[1], generation: Number(read[2] ?? 0) };
}
