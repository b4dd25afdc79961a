import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import type { AccessPlace, ChangedCell } from '../../../../contracts/ipc/access.ts';
import { keyhold, valueOf } from '../../../lib/api.ts';
import { CellStore } from './cell-store.ts';
import { Held } from '../../../lib/held-value.ts';
import type { PendingState } from './pending.ts';
import { nothingPending, preparedAt, type Prepared, type Sent } from './prepared-work.ts';
import { sidesQuery } from './queries.ts';

/** What became of the last try to make the pending changes, where it is not done. */
export type Standing =
  | { kind: 'none' }
  /** Nobody knows whether it was made. */
  | { kind: 'unknown'; sent: Sent }
  /** Nothing was made: somebody else changed these cells. */
  | { kind: 'changed'; cells: readonly ChangedCell[] };

/**
 * What a user has read and prepared in an organization. It outlives the page. What was read goes when the vault locks,
 * what was prepared stays.
 */
export interface AccessWork {
  place: AccessPlace;
  cells: CellStore;
  prepared: Prepared;
  pending: Held<PendingState>;
  standing: Held<Standing>;
}

/** With the cache of an unlocked time it goes away. */
const works = new WeakMap<QueryClient, Map<string, AccessWork>>();

function workIn(client: QueryClient, place: AccessPlace): AccessWork {
  const known = works.get(client) ?? new Map<string, AccessWork>();
  works.set(client, known);
  const key = `${place.contextId} ${place.organization}`;
  const kept = known.get(key);
  // What was prepared may have been forgotten.
  const work = kept?.prepared === preparedAt(place) ? kept : newWork(client, place);
  known.set(key, work);
  return work;
}

function newWork(client: QueryClient, place: AccessPlace): AccessWork {
  const read: ConstructorParameters<typeof CellStore>[0] = ({ principals, repositories, used }) => {
    const { after } = principals;
    const before = after && { reference: after.reference, kind: after.kind, name: after.name };
    return valueOf(
      keyhold().access.cells({ ...place, principals: { ...principals, after: before }, repositories, used }),
    );
  };
  const cells = new CellStore(read, () => client.query(sidesQuery(place)));
  const prepared = preparedAt(place);
  const { pending, sent, isUnknown } = prepared;
  const standing: Standing = isUnknown && sent !== null ? { kind: 'unknown', sent } : { kind: 'none' };
  return { place, cells, prepared, pending, standing: new Held<Standing>(standing) };
}

export function useAccessWork(place: AccessPlace): AccessWork {
  return workIn(useQueryClient(), place);
}

/** Forgets what is pending. */
export function discard({ prepared, pending, standing }: AccessWork): void {
  pending.set(nothingPending);
  standing.set({ kind: 'none' });
  prepared.isUnknown = false;
}

/** The organization that was looked at last, by context. */
const lastLooked = new WeakMap<QueryClient, Map<string, string>>();

export function lastOrganization(client: QueryClient, contextId: string): string | undefined {
  return lastLooked.get(client)?.get(contextId);
}

/** Has the page begin with an organization when it is opened again. */
export function rememberOrganization(client: QueryClient, { contextId, organization }: AccessPlace): void {
  const known = lastLooked.get(client) ?? new Map<string, string>();
  lastLooked.set(client, known.set(contextId, organization));
}
