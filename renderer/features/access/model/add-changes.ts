import type { PreparedChange } from '../../../../contracts/ipc/access.ts';
import { batchChangesMax } from '../../../../contracts/server-api/access/batches.ts';
import { counted } from '../../../lib/format.ts';
import type { AccessWork } from './access-work.ts';
import type { Sides } from './cell-store.ts';
import { blockSide } from './cells.ts';
import { bitsOf } from './levels.ts';
import { cellKey, sameTerms, withChanges, type PendingChange, type PendingState } from './pending.ts';

/** What became of changes that were to be added to the pending ones: each counts once. */
export interface Added {
  /** Pending now. */
  added: number;
  /** There, or pending, already. */
  unchanged: number;
  /** About nobody, or no repository, that the matrix has. */
  missing: number;
  /** What there is could not be read. */
  unread: number;
  /** No room: more are not made at once. */
  left: number;
}

/** Changes with their places in `sides`. */
type Placed = Readonly<{ change: PreparedChange; row: number; column: number }>;

/**
 * Adds changes that something else than the matrix has prepared to the pending ones of an organization. The cells that
 * they are about are read anew first. Of two changes of one cell the later one counts.
 *
 * @param sides - As they are now: cells are told in their order.
 * @returns what became of them; null, and nothing is added, while nobody knows what became of the changes that were sent last
 */
export async function addChanges(
  work: AccessWork,
  sides: Sides,
  changes: readonly PreparedChange[],
): Promise<Added | null> {
  const { cells, pending, standing } = work;
  cells.setSides(sides);
  // What was read earlier may not be what the changes were prepared for.
  cells.age();
  const byCell = new Map(changes.map((change) => [cellKey(change.principal, change.repository), change]));
  const placed = placesOf(sides, [...byCell.values()]);
  const told: Added = { added: 0, unchanged: 0, missing: byCell.size - placed.length, unread: 0, left: 0 };
  // As many at a time as can be made at once: where there is no room, nothing is read.
  for (let at = 0; at < placed.length; at += batchChangesMax) {
    const part = placed.slice(at, at + batchChangesMax);
    if (pending.get().changes.size >= batchChangesMax) {
      told.left += part.length;
      continue;
    }
    const read = await readChanges(work, part);
    if (standing.get().kind === 'unknown') return null;
    told.unread += part.length - read.length;
    const { next, ...counts } = fitting(pending.get(), read);
    told.added += counts.added;
    told.unchanged += counts.unchanged;
    told.left += counts.left;
    pending.set(next);
  }
  return told;
}

function placesOf({ principals, repositories }: Sides, changes: readonly PreparedChange[]): Placed[] {
  const rows = new Map(principals.map(({ reference }, row) => [reference, row]));
  const columns = new Map(repositories.map(({ name }, column) => [name, column]));
  return changes.flatMap((change) => {
    const [row, column] = [rows.get(change.principal), columns.get(change.repository)];
    return row === undefined || column === undefined ? [] : { change, row, column };
  });
}

/** Reads what there is in the cells of changes; those of which that fails are left out. Row by row: more would not be kept. */
async function readChanges({ cells }: AccessWork, placed: readonly Placed[]): Promise<PendingChange[]> {
  const found = new Map<Placed, PendingChange>();
  for (const band of Map.groupBy(placed, ({ row }) => Math.floor(row / blockSide)).values()) {
    await cells.ensure(
      band.map(({ row }) => row),
      band.map(({ column }) => column),
    );
    for (const each of band) {
      const { change, row, column } = each;
      const [cell, seen] = [cells.cell(row, column), cells.seen(row, column)];
      if (cell === null || seen === null || !cells.isFresh(row, column)) continue;
      const { principal, repository, actions, expiresAt } = change;
      const bits = bitsOf(actions);
      found.set(each, {
        ...{ principal, repository },
        was: { bits: cell.direct, end: cell.directEnd },
        shall: { bits, end: bits === 0 ? null : expiresAt },
        seen: { version: seen.version, turn: seen.turn },
      });
    }
  }
  return placed.flatMap((each) => found.get(each) ?? []);
}

/** Takes the changes that change something, as many as there is room for. */
function fitting(
  state: PendingState,
  changes: readonly PendingChange[],
): { next: PendingState; added: number; unchanged: number; left: number } {
  let room = batchChangesMax - state.changes.size;
  const other = changes.filter(({ principal, repository, was, shall }) => {
    const pending = state.changes.get(cellKey(principal, repository));
    return !sameTerms(pending?.shall ?? was, shall);
  });
  const taken = other.filter(({ principal, repository }) => {
    if (state.changes.has(cellKey(principal, repository))) return true;
    return room-- > 0;
  });
  return {
    next: withChanges(state, taken),
    added: taken.length,
    unchanged: changes.length - other.length,
    left: other.length - taken.length,
  };
}

/** What became of them, in words: what is pending now, and what of the rest is not. */
export function addedWords({ added, unchanged, missing, unread, left }: Added): {
  title: string;
  note: string;
} {
  const noun = added === 0 ? 'change' : 'other';
  const rest = (count: number, one: string, many: string): string[] =>
    count === 0 ? [] : [`${counted(count, noun)} ${count === 1 ? one : many}`];
  const elsewhere = 'about somebody, or a repository, that is not in the matrix.';
  const tooMany = `left over: ${batchChangesMax.toLocaleString('en')} at most are made at once. Apply what is pending, then add the rest.`;
  const notes = [
    rest(unchanged, 'is so already.', 'are so already.'),
    rest(missing, `is ${elsewhere}`, `are ${elsewhere}`),
    rest(unread, 'could not be read: try again.', 'could not be read: try again.'),
    rest(left, `is ${tooMany}`, `are ${tooMany}`),
  ].flat();
  return {
    title: added === 0 ? 'Nothing was added' : `${counted(added, 'change')} added`,
    note: notes.join(' '),
  };
}
