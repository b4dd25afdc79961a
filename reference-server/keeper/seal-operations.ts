import type { z } from 'zod';
import type {
  Initialized,
  initRequestSchema,
  SealProgress,
  unsealRequestSchema,
} from '../../contracts/server-api/tkeeper/system.ts';
import type { KeeperKeys, ServerContext } from '../context.ts';
import { operateSealed } from './operation.ts';
import type { Asked } from './operation.ts';
import { wipe } from './seal.ts';
import { initKeeper, requireUnsealed, sealMemory, takeShares } from './system.ts';

/** Makes the keeper. @returns its shares, which nobody is told again @throws KeeperError */
export function initialize(
  context: ServerContext,
  asked: Asked,
  request: z.output<typeof initRequestSchema>,
): Promise<Initialized> {
  return operateSealed(context, asked, async (tx, audit) => {
    const { initialized, keys } = await initKeeper(tx, request, context.now());
    await audit(keys);
    wipe(keys.material);
    wipe(keys.records);
    return initialized;
  });
}

/** Takes shares; with the last that is needed, the keeper is unsealed once that is written down. @throws KeeperError */
export async function unsealBy(
  context: ServerContext,
  asked: Asked,
  request: z.output<typeof unsealRequestSchema>,
): Promise<SealProgress> {
  const { progress, keys } = await operateSealed(context, asked, async (tx, audit) => {
    const taken = await takeShares(tx, context.keeper, request);
    await audit(taken.keys);
    return taken;
  });
  if (keys !== null) takeKeys(context, keys);
  return progress;
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
