import type { AccessChangeRequest, AccessPlace } from '../../../../contracts/ipc/access.ts';
import { keyhold } from '../../../lib/api.ts';
import { Held } from './held-value.ts';
import { nothingPending, type PendingState } from './pending.ts';

/** A batch as it was sent, to be sent again as it is. */
export interface Sent {
  changes: AccessChangeRequest[];
  version: string;
  key: string;
}

/**
 * What a user has prepared in an organization and not made: references, names of repositories, actions, ends. Unlike all
 * that was read it outlives the lock, so that a vault that locks by itself throws no work away. It goes with the window.
 */
export interface Prepared {
  pending: Held<PendingState>;
  /** The batch that was sent last: the same one again has the same key. */
  sent: Sent | null;
  /** Whether nobody knows what became of it. */
  isUnknown: boolean;
}

/** By the window's door to main, which is one as long as the window stands; then by context and organization. */
const windows = new WeakMap<object, Map<string, Map<string, Prepared>>>();

function preparedIn(contextId: string): Map<string, Prepared> {
  const contexts = windows.get(keyhold()) ?? new Map<string, Map<string, Prepared>>();
  windows.set(keyhold(), contexts);
  const organizations = contexts.get(contextId) ?? new Map<string, Prepared>();
  contexts.set(contextId, organizations);
  return organizations;
}

export function preparedAt({ contextId, organization }: AccessPlace): Prepared {
  const organizations = preparedIn(contextId);
  const known = organizations.get(organization) ?? {
    ...{ pending: new Held(nothingPending), sent: null, isUnknown: false },
  };
  organizations.set(organization, known);
  return known;
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
