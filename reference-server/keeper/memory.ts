import type { KeeperMemory } from '../context.ts';
import { Floods } from '../limits/floods.ts';
import { wipe, wipeKeys } from './seal.ts';

/** Refusals of one kind that somebody has in the audit log, each by itself. */
export const refusalRule = { failures: 5, windowSeconds: 60 } as const;

/** How long shares wait for the next one, in milliseconds. */
export const sharesPatience = 10 * 60_000;

/** What a keeper has in memory at the start of a server. */
export function newKeeperMemory(now: () => Date): KeeperMemory {
  return { keys: null, shares: new Map(), sharesEnd: null, refusals: new Floods(now, refusalRule) };
}

/** Takes parts that were given to unseal: all wait for the next one, and not for ever. */
export function keepShares(
  memory: KeeperMemory,
  given: readonly { index: number; part: Buffer }[],
  now: () => Date,
): void {
  for (const { index, part } of given) memory.shares.set(index, Buffer.from(part));
  memory.sharesEnd = new Date(now().getTime() + sharesPatience);
  // Also where nobody asks again. Whoever asks earlier goes by the clock.
  setTimeout(() => forgetOldShares(memory, now()), sharesPatience + 1000).unref();
}

/** Forgets shares that waited too long. */
export function forgetOldShares(memory: KeeperMemory, now: Date): void {
  if (memory.sharesEnd !== null && memory.sharesEnd <= now) forgetShares(memory);
}

/** Overwrites what was given to unseal. */
export function forgetShares(memory: KeeperMemory): void {
  for (const part of memory.shares.values()) wipe(part);
  memory.shares.clear();
  memory.sharesEnd = null;
}

/** Seals: overwrites everything that opens keys. For the end of the server too. */
export function sealMemory(memory: KeeperMemory): void {
  forgetShares(memory);
  if (memory.keys === null) return;
  wipeKeys(memory.keys);
  memory.keys = null;
}
