import type { z } from 'zod';
import type {
  inventoryPageSchema,
  inventoryQuerySchema,
  InventoryItem,
} from '../../contracts/server-api/tkeeper/inventory.ts';
import { cutPage } from '../db/cut-page.ts';
import type { KeeperGenerationTable, KeeperKeyTable } from '../db/keeper-schema.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { keeperRow } from './keeper-row.ts';
import type { Scope } from './operation.ts';
import { authoritiesOf, policyOf, readOwner, statusOf } from './policy.ts';
import { isAuthentic, tampered } from './records.ts';
import { keysSetBack } from './stored-keys.ts';

type Query = z.output<typeof inventoryQuerySchema>;
type Page = z.input<typeof inventoryPageSchema>;

/** One page of the keys, or of all their generations, in the order of their ids. @throws KeeperError */
export async function listInventory(scope: Scope, query: Query): Promise<Page> {
  const { tx, now } = scope;
  const row = await keeperRow(tx);
  if (row === undefined) throw tampered();
  const found = await rowsOf(scope, query, readCursor(query));
  const { page, end } = cutPage(found, query.limit);
  const setBack = await keysSetBack(tx, [...new Set(page.map(([{ id }]) => id))]);
  return {
    inventory: {
      generatedAt: now.getTime(),
      ...{ peerId: row.peer_id, threshold: row.threshold, totalPeers: row.total },
      items: page.map(([key, generation]) => itemOf(scope, key, generation, setBack.has(key.id))),
    },
    nextCursor: end === undefined ? null : cursorOf(query, end),
    hasMore: end !== undefined,
  };
}

type Pair = readonly [KeeperKeyTable, KeeperGenerationTable | undefined];

/** Keys with their current generation, or with each: one more than fits on a page. */
async function rowsOf({ tx }: Scope, query: Query, after: Cursor | null): Promise<Pair[]> {
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
  return pairs.flatMap(({ id, generation }): Pair[] => {
    const key = keyOf.get(id);
    return key === undefined ? [] : [[key, generationOf.get(nameOf(id, generation ?? 0))]];
  });
}

/** A key id has no dot. */
function nameOf(id: string, generation: number): string {
  return `${id}.${String(generation)}`;
}

function itemOf(
  { keys, now }: Scope,
  key: KeeperKeyTable,
  generation: KeeperGenerationTable | undefined,
  isSetBack: boolean,
): InventoryItem {
  const created = Date.parse(generation?.created_at ?? key.created_at);
  const times = { createdAt: created, updatedAt: Date.parse(key.updated_at) };
  const isSound =
    !isSetBack &&
    isAuthentic(keys, 'keeper_keys', key) &&
    generation !== undefined &&
    isAuthentic(keys, 'keeper_generations', generation);
  if (!isSound) {
    // Nothing that it says is believed.
    return {
      ...{
        logicalId: key.id,
        status: 'UNKNOWN',
        currentGeneration: generation?.generation ?? key.generation,
      },
      ...{ authorities: [], algorithm: null, policy: null, assetOwner: null },
      ...{ createdAt: times.createdAt || 0, updatedAt: times.updatedAt || 0 },
      ...{ hasActiveKey: false, lastPendingGeneration: null, tampered: true },
    };
  }
  return {
    ...{
      logicalId: key.id,
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

function cursorOf({ historical }: Query, [key, generation]: Pair): string {
  return historical === 'true' ? nameOf(key.id, generation?.generation ?? 0) : key.id;
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
