import type { z } from 'zod';
import type { expiresPageSchema, expiresQuerySchema } from '../../contracts/server-api/tkeeper/inventory.ts';
import { cutPage } from '../db/cut-page.ts';
import { KeeperError } from '../http/keeper-error.ts';
import type { Scope } from './operation.ts';
import { soundKeys } from './stored-keys.ts';

type Query = z.output<typeof expiresQuerySchema>;
export type ExpireType = 'apply' | 'process';

/** What ends, and between which instants, in milliseconds since 1970: from the first on, up to the last. */
export interface Ending {
  type: ExpireType;
  from: number;
  to: number;
}

/**
 * Reads which ends are asked for.
 *
 * @param type - Where the address says it.
 * @throws KeeperError MISSING_EXPIRE_TYPE, INVALID_EXPIRE_TYPE, MISSING_WINDOW, INVALID_EXPIRATION_TIME
 */
export function readEnding(query: Omit<Query, 'limit' | 'cursor'>, now: Date, type?: ExpireType): Ending {
  const found = type ?? readExpireType(query.type);
  const { windowSec, from, to } = query;
  if (windowSec !== undefined) {
    if (from !== undefined || to !== undefined) {
      throw new KeeperError('INVALID_EXPIRATION_TIME', 'Give windowSec, or from and to: not both.');
    }
    return { type: found, from: now.getTime(), to: now.getTime() + windowSec * 1000 };
  }
  if (to === undefined) throw new KeeperError('MISSING_WINDOW', 'Give windowSec, or to.');
  const start = from ?? now.getTime();
  if (start > to) throw new KeeperError('INVALID_EXPIRATION_TIME', 'from is later than to.');
  return { type: found, from: start, to };
}

/** @throws KeeperError MISSING_EXPIRE_TYPE, INVALID_EXPIRE_TYPE */
export function readExpireType(text: string | undefined): ExpireType {
  if (text === undefined) throw new KeeperError('MISSING_EXPIRE_TYPE', 'Say which type: apply or process.');
  const type = text.toLowerCase();
  if (type === 'apply' || type === 'process') return type;
  throw new KeeperError('INVALID_EXPIRE_TYPE', 'The type is apply or process.');
}

/**
 * One page of the keys whose policy ends in a time, the soonest first. Keys that were tampered with are left out: nobody
 * knows when they end, and the inventory names them.
 *
 * @throws KeeperError INVALID_CURSOR
 */
export async function listExpires(
  { tx, keys }: Scope,
  { type, from, to }: Ending,
  { limit, cursor }: Pick<Query, 'limit' | 'cursor'>,
): Promise<z.input<typeof expiresPageSchema>> {
  const end = type === 'apply' ? 'apply_until' : 'process_until';
  let ending = tx
    .selectFrom('keeper_keys')
    .selectAll()
    .where(end, '>=', from)
    .where(end, '<=', to)
    .orderBy(end)
    .orderBy('id')
    .limit(limit + 1);
  if (cursor !== undefined) {
    const { at, id } = readCursor(cursor);
    ending = ending.where((where) =>
      where.or([where(end, '>', at), where.and([where(end, '=', at), where('id', '>', id)])]),
    );
  }
  const { page, end: last } = cutPage(await ending.execute(), limit);
  const sound = await soundKeys(tx, keys, page);
  return {
    items: page
      .filter(({ id }) => sound.has(id))
      .map((key) => ({
        ...{ type: type.toUpperCase(), logicalId: key.id, generation: key.generation },
        expiresAt: key[end] ?? 0,
      })),
    next: last === undefined ? null : `${String(last[end])}.${last.id}`,
  };
}

function readCursor(cursor: string): { at: number; id: string } {
  const read = /^(\d{1,15})\.([a-z0-9:-]{1,255})$/.exec(cursor);
  if (read?.[2] !== undefined) return { at: Number(read[1]), id: read[2] };
  throw new KeeperError('INVALID_CURSOR', 'cursor is no place in this list: take it from the page before.');
}
