import { decideOperation } from '../../contracts/permissions/operations.ts';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import type { InventoryItem } from '../../contracts/server-api/tkeeper/inventory.ts';
import type { KeeperState, SealProgress } from '../../contracts/server-api/tkeeper/system.ts';
import type { KeeperCaller } from '../auth/keeper/caller.ts';
import type { KeeperCallers } from '../auth/keeper/callers.ts';
import type { ServerContext } from '../context.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { auditSinks } from '../keeper/control-plane.ts';
import { listInventory } from '../keeper/inventory.ts';
import { operate } from '../keeper/operation.ts';
import type { Asked } from '../keeper/operation.ts';
import { progressOf, stateOf } from '../keeper/system.ts';
import type { Moment, Tone } from './view-helpers.ts';
import { momentOf } from './words.ts';

/** How many keys are shown. */
const shownKeys = 100;

interface KeyRow {
  id: string;
  algorithm: string;
  generation: number;
  status: { tone: Tone; words: string };
  /** Until when it signs; null for no end. */
  until: Moment | null;
  owner: string;
  /** Ids of those who may name the key in commands, with spaces between. */
  authorities: string;
  /** What can be done with it now, by who looks. */
  may: { rotate: boolean; refresh: boolean; destroy: number[] };
}

/** What the page of the keeper shows; null for what its reader may not see. */
export interface KeeperData {
  subject: string;
  rules: readonly string[];
  ends: Moment | null;
  warnings: readonly string[];
  state: KeeperState;
  progress: SealProgress | null;
  may: { unseal: boolean; seal: boolean; create: boolean };
  keys: KeyRow[] | null;
  more: boolean;
  sinks: { id: string; available: boolean }[] | null;
}

/**
 * What somebody sees of the keeper.
 *
 * @param asked - Makes what the keeper is asked, with where it comes from.
 */
export async function keeperData(
  context: ServerContext,
  callers: KeeperCallers,
  caller: KeeperCaller,
  asked: (operation: OperationId) => Asked,
): Promise<KeeperData> {
  const may = (operation: OperationId, keyId: string | null = null) =>
    decideOperation(caller.held, operation, keyId).allowed;
  const state = await stateOf(context);
  const isOpen = state === 'UNSEALED';
  const query = { limit: shownKeys, historical: 'false' as const };
  const refusals = new Set<string>();
  /** The page is there whatever the keeper refuses: it is where one seals it. */
  const shown = async <T>(isAllowed: boolean, ask: () => Promise<T>): Promise<T | null> => {
    if (!isAllowed) return null;
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof KeeperError)) throw error;
      refusals.add(error.details ?? error.code);
      return null;
    }
  };
  const page = await shown(isOpen && may('compliance.inventory'), () =>
    operate(context, asked('compliance.inventory'), (scope) => listInventory(scope, query)),
  );
  const sinks = await shown(may('control.sinks'), () => auditSinks(context, asked('control.sinks')));
  return {
    ...{ subject: caller.subject, rules: caller.permissions, state },
    warnings: [...callers.warnings, ...refusals],
    ends: caller.ends && momentOf(caller.ends.toISOString(), context.now()),
    progress: await progressOf(context),
    may: {
      unseal: state === 'SEALED' && may('system.unseal'),
      seal: isOpen && may('system.seal'),
      create: isOpen && may('dkg.create'),
    },
    keys: page?.inventory.items.map((item) => rowOf(item, context.now(), may)) ?? null,
    more: page?.hasMore ?? false,
    sinks: sinks?.sinks ?? null,
  };
}

const statuses: Readonly<Record<string, KeyRow['status']>> = {
  ACTIVE: { tone: 'good', words: 'active' },
  DISABLED: { tone: 'neutral', words: 'disabled' },
  APPLY_EXPIRED: { tone: 'warning', words: 'signs no more' },
  EXPIRED: { tone: 'error', words: 'expired' },
  DESTROYED: { tone: 'neutral', words: 'destroyed' },
};

function rowOf(
  item: InventoryItem,
  now: Date,
  may: (operation: OperationId, keyId?: string) => boolean,
): KeyRow {
  const { logicalId: id, currentGeneration: generation, status, tampered, policy } = item;
  const end = policy?.apply?.notAfter ?? null;
  const isMade = !tampered && item.hasActiveKey;
  const milliseconds = end === null ? null : end * (policy?.apply?.unit === 'SECONDS' ? 1000 : 1);
  return {
    ...{ id, generation, algorithm: item.algorithm ?? '', owner: item.assetOwner ?? '' },
    authorities: item.authorities.map((each) => each.id).join(' '),
    status: statuses[tampered ? '' : status] ?? { tone: 'error', words: 'tampered with' },
    until: milliseconds === null ? null : momentOf(new Date(milliseconds).toISOString(), now),
    may: {
      rotate: isMade && may('dkg.rotate'),
      refresh: isMade && may('dkg.refresh'),
      // The current generation is never destroyed.
      destroy:
        !tampered && may('key.destroy', id)
          ? Array.from({ length: Math.min(generation - 1, 20) }, (_, at) => at + 1)
          : [],
    },
  };
}
