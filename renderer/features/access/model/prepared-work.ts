import type { ContextSummary } from '../../../../contracts/domain/context.ts';
import type { AccessChangeRequest, AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold } from '../../../lib/api.ts';
import { Held } from '../../../lib/held-value.ts';
import { noteUnsaved } from '../../../lib/unsaved-work.ts';
import type { PendingState } from './pending.ts';

/** Here and not beside its type: the frame of the window has this file, and none of what checks requests. */
export const nothingPending: PendingState = { changes: new Map(), before: [] };

/** A batch as it was sent, to be sent again as it is. */
export interface Sent {
  changes: AccessChangeRequest[];
  version: string;
  key: string;
}

/**
 * What a user has prepared in an organization and not made: references, names of repositories, actions, ends. Unlike all
 * that was read it outlives the lock, so that a vault that locks by itself throws no work away. It goes with the window, but not unasked, and with
 * who has prepared it.
 */
export interface Prepared {
  pending: Held<PendingState>;
  /** The batch that was sent last: the same one again has the same key. */
  sent: Sent | null;
  /** Whether nobody knows what became of it. */
  isUnknown: boolean;
}

interface ContextPrepared {
  /** Who has prepared it; null as long as nobody says. */
  userId: string | null;
  organizations: Map<string, Prepared>;
}

/** By the window's door to main, which is one as long as the window stands; then by context and organization. */
const windows = new WeakMap<object, Map<string, ContextPrepared>>();

function contextIn(contextId: string): ContextPrepared {
  const contexts = windows.get(keyhold()) ?? new Map<string, ContextPrepared>();
  windows.set(keyhold(), contexts);
  const known = contexts.get(contextId) ?? { userId: null, organizations: new Map<string, Prepared>() };
  contexts.set(contextId, known);
  return known;
}

function preparedIn(contextId: string): Map<string, Prepared> {
  return contextIn(contextId).organizations;
}

/** Forgets what was prepared in a context that is signed out, or another user's than before: it is not theirs to make. */
export function keepPreparedOf({ id, userId, state }: Pick<ContextSummary, 'id' | 'userId' | 'state'>): void {
  const known = contextIn(id);
  if (state !== 'active' || (known.userId ?? userId) !== userId) windows.get(keyhold())?.delete(id);
  contextIn(id).userId = userId;
  notePending();
}

export function preparedAt({ contextId, organization }: AccessPlace): Prepared {
  const organizations = preparedIn(contextId);
  const known = organizations.get(organization);
  if (known !== undefined) return known;
  const prepared = { pending: new Held(nothingPending), sent: null, isUnknown: false };
  organizations.set(organization, prepared);
  prepared.pending.subscribe(notePending);
  return prepared;
}

/** Tells main whether any change is pending, in whatever context. */
function notePending(): void {
  const contextIds = [...(windows.get(keyhold())?.keys() ?? [])];
  noteUnsaved(
    'access',
    contextIds.some((contextId) => pendingOrganizations(contextId).length > 0),
  );
}

/** The organizations of a context in which changes are pending, and how many. */
export function pendingOrganizations(contextId: string): { organization: string; count: number }[] {
  return [...preparedIn(contextId)].flatMap(([organization, { pending }]) => {
    const count = pending.get().changes.size;
    return count === 0 ? [] : [{ organization, count }];
  });
}

/** How many changes are pending in an organization. */
export function pendingCount(place: AccessPlace): number {
  return preparedAt(place).pending.get().changes.size;
}
