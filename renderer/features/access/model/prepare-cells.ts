import { batchChangesMax } from '../../../../contracts/server-api/access/batches.ts';
import { counted } from '../../../lib/format.ts';
import { toastNote } from '../../../ui/toast.ts';
import type { AccessWork } from './access-work.ts';
import type { Sides } from './cell-store.ts';
import type { Shown } from './filter.ts';
import { levels } from './levels.ts';
import { cellKey, isTooMany, withChanges, type PendingChange, type Terms } from './pending.ts';
import type { Area } from '../../../ui/grid/selection.ts';

/** Cells of one selection at most: more would be read for nothing. */
const cellsMax = 20 * batchChangesMax;

/** What a grant shall be, by what it is or is already to be; null for one that stays as it is. */
export type ShallBe = (now: Terms) => Terms | null;

/** A level, with the end that there is. */
export function atLevel(level: number): ShallBe {
  return ({ bits, end }) => ({ bits: levels[level]?.bits ?? 0, end: bits === 0 ? null : end });
}

/** An end for what is granted. */
export function endingAt(end: string | null): ShallBe {
  return (now) => (now.bits === 0 ? null : { ...now, end });
}

/** A cell, by its places in `sides`. */
export type CellPlace = readonly [row: number, column: number];

export function cellsIn({ rows, columns }: Shown, { top, bottom, left, right }: Area): CellPlace[] {
  const within = columns.slice(left, right + 1);
  return rows.slice(top, bottom + 1).flatMap((row) => within.map((column) => [row, column] as const));
}

/**
 * Prepares a change of cells, which are read first where they are not there. Tells in a toast why it cannot.
 *
 * @param shallBe - For each cell what its grant shall be.
 */
export function prepare(
  work: AccessWork,
  sides: Sides,
  places: readonly CellPlace[],
  shallBe: (now: Terms, place: CellPlace) => Terms | null,
): void {
  if (places.length > cellsMax) {
    toastNote(`Too many cells: ${counted(batchChangesMax, 'change')} at most are made at once.`);
  } else if (places.every(([row, column]) => work.cells.cell(row, column) !== null)) {
    take(work, sides, places, shallBe);
  } else {
    const rows = [...new Set(places.map(([row]) => row))];
    const columns = [...new Set(places.map(([, column]) => column))];
    void work.cells.ensure(rows, columns).then((left) => {
      if (left > 0) toastNote('Some of these cells could not be read: they stay as they are.');
      take(work, sides, places, shallBe);
    });
  }
}

function take(
  { cells, pending, standing }: AccessWork,
  sides: Sides,
  places: readonly CellPlace[],
  shallBe: (now: Terms, place: CellPlace) => Terms | null,
): void {
  if (standing.get().kind === 'unknown') {
    toastNote('First find out what became of the last changes: choose “Try again” below.');
    return;
  }
  const state = pending.get();
  const changes = places.flatMap((place): PendingChange[] => {
    const [row, column] = place;
    const cell = cells.cell(row, column);
    const seen = cells.seen(row, column);
    const principal = sides.principals[row]?.reference;
    const repository = sides.repositories[column]?.name;
    if (cell === null || seen === null || principal === undefined || repository === undefined) return [];
    const was = { bits: cell.direct, end: cell.directEnd };
    const now = state.changes.get(cellKey(principal, repository))?.shall ?? was;
    const shall = shallBe(now, place);
    const { version, turn } = seen;
    return shall === null ? [] : [{ principal, repository, was, shall, seen: { version, turn } }];
  });
  const next = withChanges(state, changes);
  if (isTooMany(next))
    toastNote(
      `${counted(next.changes.size, 'change')} are too many: ${batchChangesMax.toLocaleString('en')} at most are made at once. Apply what is pending first.`,
    );
  else pending.set(next);
}
