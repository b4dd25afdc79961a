import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import { accessBits } from '../../../../contracts/server-api/access/matrix.ts';
import { findable, findAll } from '../../../lib/search-words.ts';
import type { Sides } from './cell-store.ts';
import type { Cell, Use } from './cells.ts';
import { cellKey, type Pending, type Terms } from './pending.ts';

export const kinds = ['group', 'user', 'bot'] as const;
export type Kind = (typeof kinds)[number];

/** What a cell can have. `unused`: a grant through which nobody pulled or pushed. */
export type CellTrait = 'push' | 'ends' | 'unused' | 'pending';

/** What is shown of the matrix, and in which order. */
export interface Narrowing {
  /** Words in the names of rows, and of columns. */
  rowWords: string;
  columnWords: string;
  kind: Kind | 'all';
  /** Reference of a group whose members alone are shown. */
  memberOf: string | null;
  /** Rows and columns with such a cell. */
  has: 'all' | CellTrait;
  /** References of two principals: these alone, where they differ. */
  differing: readonly [string, string] | null;
  /** By access in a column or a row, which are named. */
  sort: { by: 'column' | 'row'; name: string } | null;
}

export const everything: Narrowing = {
  rowWords: '',
  columnWords: '',
  kind: 'all',
  memberOf: null,
  has: 'all',
  differing: null,
  sort: null,
};

/** A grant that ends within so many days ends soon. */
export const soonDays = 14;

type CellAt = (row: number, column: number) => Cell | null;

/** What is known of the cells. Where a change of one is pending, it counts as if that were made. */
export interface Known {
  cell: CellAt;
  /** Null for never, undefined where that is not known. */
  use: (row: number, column: number) => Use | null | undefined;
  pending: Pending;
}

/** Places in `sides` of the rows and columns that are shown, in their order. */
export interface Shown {
  rows: readonly number[];
  columns: readonly number[];
}

/** What can be told without any cell. */
export function shownByNames(sides: Sides, narrowing: Narrowing): Shown {
  const { rowWords, columnWords, kind, memberOf, differing } = narrowing;
  const rows = findAll(
    findable([...sides.principals.keys()], (row) => {
      const { name = '', email = null } = sides.principals[row] ?? {};
      return [name, email];
    }),
    rowWords,
  ).filter((row) => {
    const principal = sides.principals[row];
    if (principal === undefined) return false;
    if (differing !== null) return differing.includes(principal.reference);
    const { kind: own, groups, reference } = principal;
    return (
      (kind === 'all' || own === kind) &&
      (memberOf === null || reference === memberOf || groups.includes(memberOf))
    );
  });
  const columns = findAll(
    findable([...sides.repositories.keys()], (column) => [sides.repositories[column]?.name]),
    columnWords,
  );
  return { rows, columns };
}

/** Whether cells decide what is shown. */
export function needsCells({ has, differing, sort }: Narrowing): boolean {
  return has !== 'all' || differing !== null || sort !== null;
}

/** The cells that have to be read for that. */
export function cellsFor(sides: Sides, narrowing: Narrowing, shown: Shown): Shown {
  const { has, differing, sort } = narrowing;
  const isPendingAlone = has === 'pending' && differing === null && sort === null;
  if (isPendingAlone) return { rows: [], columns: [] };
  if (has === 'unused') return { rows: [...sides.principals.keys()], columns: shown.columns };
  if (has !== 'all' || differing !== null || sort === null) return shown;
  if (sort.by === 'column')
    return {
      rows: shown.rows,
      columns: sides.repositories.flatMap(({ name }, at) => (name === sort.name ? at : [])),
    };
  return {
    rows: sides.principals.flatMap(({ reference }, at) => (reference === sort.name ? at : [])),
    columns: shown.columns,
  };
}

/** Narrows by cells what is left by names. Cells that are not read count as having nothing. */
export function shownByCells(
  sides: Sides,
  narrowing: Narrowing,
  { rows, columns }: Shown,
  known: Known,
  now: number,
): Shown {
  const { has, differing } = narrowing;
  const cellAt: CellAt = (row, column) =>
    asPending(known.cell(row, column), changeAt(sides, known, row, column)?.shall);
  let shown: Shown = { rows, columns };
  if (differing !== null) {
    const [one = -1, other = -1] = rows;
    const differs = (column: number): boolean => {
      const [first, second] = [cellAt(one, column), cellAt(other, column)];
      return first !== null && second !== null && first.access !== second.access;
    };
    shown = { rows, columns: rows.length === 2 ? columns.filter(differs) : [] };
  }
  if (has !== 'all') {
    const fits = fitting(has, sides, known, cellAt, now);
    shown = {
      rows: shown.rows.filter((row) => shown.columns.some((column) => fits(row, column))),
      columns: shown.columns.filter((column) => shown.rows.some((row) => fits(row, column))),
    };
  }
  return sorted(sides, narrowing.sort, shown, cellAt);
}

type Fits = (row: number, column: number) => boolean;

function fitting(has: CellTrait, sides: Sides, known: Known, cellAt: CellAt, now: number): Fits {
  switch (has) {
    case 'push':
      return (row, column) => ((cellAt(row, column)?.access ?? 0) & accessBits.write) !== 0;
    case 'ends':
      return (row, column) => {
        const cell = cellAt(row, column);
        const end = cell?.directEnd ?? cell?.accessEnd ?? null;
        return end !== null && Date.parse(end) - now <= soonDays * 86_400_000;
      };
    case 'unused': {
      const usersOf = users(sides);
      return (row, column) =>
        (cellAt(row, column)?.direct ?? 0) !== 0 &&
        usersOf(row).every((user) => known.use(user, column) === null);
    }
    case 'pending':
      return (row, column) => changeAt(sides, known, row, column) !== undefined;
  }
}

/** Who uses what is granted to a row: the members of a group, and otherwise they themselves. */
function users({ principals }: Sides): (row: number) => readonly number[] {
  const members = new Map<string, number[]>();
  principals.forEach(({ groups }, row) => {
    for (const group of groups) {
      const rows = members.get(group);
      if (rows === undefined) members.set(group, [row]);
      else rows.push(row);
    }
  });
  return (row) => {
    const { kind, reference } = principals[row] ?? {};
    return kind === 'group' ? (members.get(reference ?? '') ?? []) : [row];
  };
}

function changeAt(sides: Sides, { pending }: Known, row: number, column: number) {
  if (pending.size === 0) return undefined;
  return pending.get(cellKey(sides.principals[row]?.reference ?? '', sides.repositories[column]?.name ?? ''));
}

/** A cell as it would be with what is pending. What comes from elsewhere stays. */
function asPending(cell: Cell | null, shall: Terms | undefined): Cell | null {
  if (cell === null || shall === undefined) return cell;
  const { bits, end } = shall;
  return { ...cell, access: bits | (cell.access & ~cell.direct), direct: bits, directEnd: end };
}

/** The strongest first; what is equal stays in its order. Rows stay in their sections. */
function sorted(sides: Sides, sort: Narrowing['sort'], shown: Shown, cellAt: CellAt): Shown {
  if (sort === null) return shown;
  const access = (row: number, column: number): number => cellAt(row, column)?.access ?? -1;
  if (sort.by === 'row') {
    const row = sides.principals.findIndex(({ reference }) => reference === sort.name);
    return {
      ...shown,
      columns: [...shown.columns].sort((one, other) => access(row, other) - access(row, one)),
    };
  }
  const column = sides.repositories.findIndex(({ name }) => name === sort.name);
  const section = (row: number): number => kindPlace(sides.principals[row]);
  return {
    ...shown,
    rows: [...shown.rows].sort(
      (one, other) => section(one) - section(other) || access(other, column) - access(one, column),
    ),
  };
}

function kindPlace(principal: AccessPrincipalSummary | undefined): number {
  return principal === undefined ? kinds.length : kinds.indexOf(principal.kind);
}
