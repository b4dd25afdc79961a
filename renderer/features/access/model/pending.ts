import { batchChangesMax } from '../../../../contracts/server-api/access/batches.ts';
import type { AccessChangeRequest } from '../../../../contracts/ipc/access.ts';
import { actionsOf } from './levels.ts';

/** What a grant to a principal alone names, and when it ends. */
export interface Terms {
  bits: number;
  /** RFC 3339; null for no end. */
  end: string | null;
}

/** Which version of the matrix the user saw, and which of those that were read it is: see `Block`. */
export interface Seen {
  version: string;
  turn: number;
}

/** What shall be changed about one cell. */
export interface PendingChange {
  principal: string;
  repository: string;
  was: Terms;
  shall: Terms;
  seen: Seen;
}

/** Changes that are not made yet, by cell, in the order in which they were first touched. */
export type Pending = ReadonlyMap<string, PendingChange>;

export interface PendingState {
  changes: Pending;
  /** What was pending before each of the last deeds, the latest last. */
  before: readonly Pending[];
}

/** Deeds that can be taken back. */
const undoMax = 100;

/** A cell's name. Neither part has a line break. */
export function cellKey(principal: string, repository: string): string {
  return `${principal}\n${repository}`;
}

export function sameTerms(one: Terms, other: Terms): boolean {
  return one.bits === other.bits && one.end === other.end;
}

/** One deed of the user: these cells shall be so. What shall be as it is already is no change. */
export function withChanges(state: PendingState, changes: readonly PendingChange[]): PendingState {
  const next = new Map(state.changes);
  for (const change of changes) {
    const key = cellKey(change.principal, change.repository);
    const before = next.get(key);
    // What was seen first counts: somebody else may have changed it since.
    const from = before ?? change;
    const shall = change.shall.bits === 0 ? { bits: 0, end: null } : change.shall;
    if (sameTerms(from.was, shall)) next.delete(key);
    else next.set(key, { ...from, shall });
  }
  return deed(state, next);
}

/** Takes cells out of what is pending. */
export function without(state: PendingState, keys: Iterable<string>): PendingState {
  const next = new Map(state.changes);
  for (const key of keys) next.delete(key);
  return deed(state, next);
}

function deed(state: PendingState, changes: Pending): PendingState {
  if (samePending(state.changes, changes)) return state;
  return { changes, before: [...state.before, state.changes].slice(-undoMax) };
}

function samePending(one: Pending, other: Pending): boolean {
  if (one.size !== other.size) return false;
  return [...one].every(([key, { shall }]) => {
    const there = other.get(key);
    return there !== undefined && sameTerms(there.shall, shall);
  });
}

/** Takes the last deed back. */
export function takenBack(state: PendingState): PendingState {
  const last = state.before.at(-1);
  return last === undefined ? state : { changes: last, before: state.before.slice(0, -1) };
}

/** Whether there are more changes than can be made at once. */
export function isTooMany({ changes }: PendingState): boolean {
  return changes.size > batchChangesMax;
}

/** The changes as they are sent, and the version that they stand on: the earliest that one of them has seen. */
export function batchOf(changes: Pending): { changes: AccessChangeRequest[]; version: string } {
  const all = [...changes.values()];
  const [first] = all.map(({ seen }) => seen).sort((one, other) => one.turn - other.turn);
  return {
    version: first?.version ?? '',
    changes: all.map(({ principal, repository, shall }) => ({
      principal,
      repository,
      actions: actionsOf(shall.bits),
      expiresAt: shall.bits === 0 ? null : shall.end,
    })),
  };
}
