import { operationWords } from '../../contracts/permissions/catalogue.ts';
import { decideOperation, isOfKey, operationIds } from '../../contracts/permissions/operations.ts';
import type { OperationId } from '../../contracts/permissions/operations.ts';
import type { InventoryItem } from '../../contracts/server-api/tkeeper/inventory.ts';
import type { KeeperState, SealProgress } from '../../contracts/server-api/tkeeper/system.ts';
import type { KeeperCaller } from '../auth/keeper/caller.ts';
import type { ServerContext } from '../context.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { auditSinks } from '../keeper/control-plane.ts';
import { listInventory } from '../keeper/inventory.ts';
import { operate } from '../keeper/operation.ts';
import type { Asked } from '../keeper/operation.ts';
import { progressOf, stateOf } from '../keeper/system.ts';
import { keeperPagePath } from './keeper-pages.ts';
import { pagesOf, rowsOfPage } from './list-page.ts';
import type { Moment, Tone } from './view-helpers.ts';
import { momentOf } from './words.ts';

/** An operation that somebody may do. */
interface Granted {
  /** The permission, without a key. */
  operation: OperationId;
  words: string;
  /** Of an operation on keys: those of the page that it is granted for; null for one that is about no key. */
  keys: { granted: number; of: number } | null;
}

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
  paging: { first?: string; next?: string };
  /** What they may do. */
  granted: Granted[];
  /** Whether they may see which keys end soon. */
  seesEnds: boolean;
  sinks: { id: string; available: boolean }[] | null;
}

/**
 * What somebody sees of the keeper.
 *
 * @param after - Id of the last key of the page before; empty for the first page.
 * @param asked - Makes what the keeper is asked, with where it comes from.
 */
export async function keeperData(
  context: ServerContext,
  warnings: readonly string[],
  { caller, after }: { caller: KeeperCaller; after: string },
  asked: (operation: OperationId) => Asked,
): Promise<KeeperData> {
  const may = (operation: OperationId, keyId: string | null = null) =>
    decideOperation(caller.held, operation, keyId).allowed;
  const state = await stateOf(context);
  const isOpen = state === 'UNSEALED';
  const query = { limit: rowsOfPage, historical: 'false' as const, ...(after !== '' && { lastSeen: after }) };
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
  const items = page?.inventory.items ?? [];
  const sinks = await shown(may('control.sinks'), () => auditSinks(context, asked('control.sinks')));
  return {
    ...{ subject: caller.subject, rules: caller.permissions, state },
    warnings: [...warnings, ...refusals],
    ends: caller.ends && momentOf(caller.ends.toISOString(), context.now()),
    progress: state === 'SEALED' ? await shown(true, () => progressOf(context)) : null,
    may: {
      unseal: state === 'SEALED' && may('system.unseal'),
      seal: isOpen && may('system.seal'),
      create: isOpen && may('dkg.create'),
    },
    keys: page?.inventory.items.map((item) => rowOf(item, context.now(), may)) ?? null,
    paging: pagesOf(keeperPagePath, { q: '', after }, page?.nextCursor ?? undefined),
    granted: grantedOf(caller, items),
    seesEnds: isOpen && may('expired.view'),
    sinks: sinks?.sinks ?? null,
  };
}

/** What somebody may do, of operations on keys with these. */
function grantedOf({ held }: KeeperCaller, items: readonly InventoryItem[]): Granted[] {
  return operationIds.flatMap((operation): Granted[] => {
    const words = operationWords(operation);
    if (!isOfKey(operation))
      return decideOperation(held, operation, null).allowed ? [{ operation, words, keys: null }] : [];
    const granted = items.filter(({ logicalId }) => decideOperation(held, operation, logicalId).allowed);
    return granted.length === 0
      ? []
      : [{ operation, words, keys: { granted: granted.length, of: items.length } }];
  });
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
