import { useQueryClient } from '@tanstack/react-query';
import { createElement, useRef, useState } from 'react';
import type { AccessPlace, BatchOutcome, PreviewSummary } from '../../../../contracts/ipc/access.ts';
import { asCallError, keyhold, valueOf, type CallError } from '../../../lib/api.ts';
import { counted } from '../../../lib/format.ts';
import { toastDone } from '../../../ui/toast.ts';
import type { AccessWork } from '../model/access-work.ts';
import { nothingPending, type Sent } from '../model/prepared-work.ts';
import type { Sides } from '../model/cell-store.ts';
import { batchOf, without, type Pending } from '../model/pending.ts';
import { batchesQuery } from '../model/queries.ts';
import { UndoButton } from './undo-button.tsx';

/** `checking`: asks what the changes would do, and can be cancelled. `sending`: can not. */
export type ApplyPhase = 'idle' | 'checking' | 'sending';

export interface Applying {
  phase: ApplyPhase;
  error: CallError | null;
  /** Looks at the changes first; what there is to say about them is for `onTrouble`. */
  check: () => void;
  /** Sends what was looked at. */
  send: () => void;
  /** Sends the same batch again whose answer got lost. */
  sendAgain: () => void;
  cancel: () => void;
  reset: () => void;
}

/** What follows from how it ends. */
interface Ends {
  onDone: () => void;
  onTrouble: () => void;
}

/** Whether a preview has something to be said before it is made. */
export function hasTrouble({ refused, ownAdminLost }: PreviewSummary): boolean {
  return refused.length > 0 || ownAdminLost.length > 0;
}

/** What a preview is of. */
export function askedOf(place: AccessPlace, pending: Pending) {
  return { ...place, changes: batchOf(pending).changes };
}

/**
 * Makes the pending changes, all or none.
 *
 * @param onDone - they are made
 * @param onTrouble - something needs the user: the changes were not made, or nobody knows
 */
export function useApply(work: AccessWork, sides: Sides, { onDone, onTrouble }: Ends): Applying {
  const client = useQueryClient();
  const [phase, setPhase] = useState<ApplyPhase>('idle');
  const [error, setError] = useState<CallError | null>(null);
  /** Counts what was begun: what was cancelled is not the latest any more. */
  const tries = useRef(0);
  const { place, prepared, pending, standing } = work;

  const run = async (deed: (isLatest: () => boolean) => Promise<void>): Promise<void> => {
    const mine = ++tries.current;
    const isLatest = (): boolean => mine === tries.current;
    setError(null);
    standing.set({ kind: 'none' });
    try {
      await deed(isLatest);
    } catch (thrown) {
      if (!isLatest()) return;
      setError(asCallError(thrown));
      onTrouble();
    } finally {
      if (isLatest()) setPhase('idle');
    }
  };
  const makeBatch = async (sent: Sent): Promise<void> => {
    setPhase('sending');
    const made = pending.get().changes;
    const outcome = await send(work, sent);
    if (outcome.kind === 'done') {
      await readAgain(work, sides, made);
      pending.set(nothingPending);
      onDone();
      void client.invalidateQueries(batchesQuery(place));
      void client.invalidateQueries({ queryKey: ['access-explain', place.contextId] });
      const undo = createElement(UndoButton, { work, batchId: outcome.batchId, client });
      toastDone(`${counted(sent.changes.length, 'change')} made`, undo);
      return;
    }
    if (outcome.kind === 'unknown') standing.set({ kind: 'unknown', sent });
    else if (outcome.kind === 'changed_meanwhile') standing.set({ kind: 'changed', cells: outcome.cells });
    onTrouble();
  };
  const newBatch = (): Sent => {
    const batch = batchOf(pending.get().changes);
    const before = prepared.sent;
    const isSame =
      before !== null && JSON.stringify({ ...batch, key: before.key }) === JSON.stringify(before);
    return { ...batch, key: isSame ? before.key : crypto.randomUUID() };
  };
  const check = async (isLatest: () => boolean): Promise<void> => {
    setPhase('checking');
    const preview = await valueOf(keyhold().access.preview(askedOf(place, pending.get().changes)));
    if (!isLatest()) return;
    if (hasTrouble(preview)) onTrouble();
    else await makeBatch(newBatch());
  };
  return {
    phase,
    error,
    check: () => void run(check),
    send: () => void run(() => makeBatch(newBatch())),
    sendAgain: () => {
      const standingNow = standing.get();
      if (standingNow.kind === 'unknown') void run(() => makeBatch(standingNow.sent));
    },
    cancel: () => {
      tries.current++;
      setPhase('idle');
      setError(null);
    },
    reset: () => setError(null),
  };
}

/** Sends a batch. Where the vault locks before there is an answer, nobody knows what became of it. */
async function send({ place, prepared }: AccessWork, sent: Sent): Promise<BatchOutcome> {
  Object.assign(prepared, { sent, isUnknown: true });
  try {
    const outcome = await valueOf(keyhold().access.apply({ ...place, ...sent }));
    prepared.isUnknown = outcome.kind === 'unknown';
    return outcome;
  } catch (error) {
    prepared.isUnknown = asCallError(error).code === 'vault_locked';
    throw error;
  }
}

/** Reads the cells of changes anew, and has all others read when they are next in sight. */
export async function readAgain({ cells }: AccessWork, sides: Sides, pending: Pending): Promise<number> {
  cells.age();
  const { rows, columns } = placesOf(sides, pending);
  return cells.ensure(rows, columns);
}

function placesOf(sides: Sides, pending: Pending): { rows: number[]; columns: number[] } {
  const principals = new Set([...pending.values()].map(({ principal }) => principal));
  const repositories = new Set([...pending.values()].map(({ repository }) => repository));
  return {
    rows: sides.principals.flatMap(({ reference }, row) => (principals.has(reference) ? row : [])),
    columns: sides.repositories.flatMap(({ name }, column) => (repositories.has(name) ? column : [])),
  };
}

/**
 * Has the pending changes stand on what there is now, so that they replace what others changed.
 *
 * @returns false where it could not be read
 */
export async function standOnNow(work: AccessWork, sides: Sides): Promise<boolean> {
  const { cells, pending, standing } = work;
  const state = pending.get();
  const left = await readAgain(work, sides, state.changes);
  if (left > 0) return false;
  const rowOf = new Map(sides.principals.map(({ reference }, row) => [reference, row]));
  const columnOf = new Map(sides.repositories.map(({ name }, column) => [name, column]));
  const changes = [...state.changes].map(([key, change]) => {
    const [row = -1, column = -1] = [rowOf.get(change.principal), columnOf.get(change.repository)];
    const cell = cells.cell(row, column);
    const seen = cells.seen(row, column);
    if (cell === null || seen === null) return [key, change] as const;
    const was = { bits: cell.direct, end: cell.directEnd };
    return [key, { ...change, was, seen: { version: seen.version, turn: seen.turn } }] as const;
  });
  pending.set({ changes: new Map(changes), before: [] });
  standing.set({ kind: 'none' });
  return true;
}

/** Leaves the cells as others made them. */
export async function leaveTheirs(work: AccessWork, sides: Sides, keys: readonly string[]): Promise<void> {
  work.pending.set(without(work.pending.get(), keys));
  await standOnNow(work, sides);
}
