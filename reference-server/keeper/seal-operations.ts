import type { z } from 'zod';
import type {
  Initialized,
  initRequestSchema,
  SealProgress,
  unsealRequestSchema,
} from '../../contracts/server-api/tkeeper/system.ts';
import type { KeeperKeys, ServerContext } from '../context.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { operateSealed } from './operation.ts';
import type { Asked } from './operation.ts';
import { forgetShares, sealMemory } from './memory.ts';
import { wipeKeys } from './seal.ts';
import { initKeeper, requireUnsealed, takeShares } from './system.ts';

/** Makes the keeper. @returns its shares, which nobody is told again @throws KeeperError */
export function initialize(
  context: ServerContext,
  asked: Asked,
  request: z.output<typeof initRequestSchema>,
): Promise<Initialized> {
  return operateSealed(context, asked, async (tx, audit) => {
    const { initialized, keys } = await initKeeper(tx, request, context.now());
    await audit(keys).finally(() => wipeKeys(keys));
    return initialized;
  });
}

/**
 * Takes shares; with the last that is needed, the keeper is unsealed once that is written down. Where it cannot be, all
 * that were given are forgotten.
 *
 * @throws KeeperError
 */
export async function unsealBy(
  context: ServerContext,
  asked: Asked,
  request: z.output<typeof unsealRequestSchema>,
): Promise<SealProgress> {
  const opened: { keys: KeeperKeys | null } = { keys: null };
  try {
    const progress = await operateSealed(context, asked, async (tx, audit) => {
      const taken = await takeShares(tx, context, request);
      opened.keys = taken.keys;
      await audit(taken.keys);
      return taken.progress;
    });
    if (opened.keys !== null) takeKeys(context, opened.keys);
    return progress;
  } catch (error) {
    if (opened.keys !== null) wipeKeys(opened.keys);
    if (!(error instanceof KeeperError)) forgetShares(context.keeper);
    throw error;
  }
}

function takeKeys({ keeper }: ServerContext, keys: KeeperKeys): void {
  sealMemory(keeper);
  keeper.keys = keys;
}

/**
 * Seals the keeper. Operations run one at a time: none is under way now, and the next finds it sealed, also where this one
 * could not be written down.
 *
 * @throws KeeperError
 */
export function sealKeeper(context: ServerContext, asked: Asked): Promise<void> {
  return operateSealed(context, asked, async (_tx, audit) => {
    if (context.keeper.keys === null) await requireUnsealed({ ...context, db: _tx });
    await audit(context.keeper.keys);
    sealMemory(context.keeper);
  });
}
