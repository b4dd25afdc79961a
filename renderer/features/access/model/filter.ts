import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import { accessBits } from '../../../../contracts/server-api/access/matrix.ts';
import { findable, findAll } from '../../../lib/search-words.ts';
import type { Sides } from './cell-store.ts';
import type { Cell } from './cells.ts';

export const kinds = ['group', 'user', 'bot'] as const;
export type Kind = (typeof kinds)[number];

/** What is shown of the matrix, and in which order. */
export interface Narrowing {
  /** Words in the names of rows, and of columns. */
  rowWords: string;
  columnWords: string;
  kind: Kind | 'all';
  /** Reference of a group whose members alone are shown. */
  memberOf: string | null;
  /** Rows and columns with such a cell. */
  has: 'all' | 'push' | 'ends';
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

export type CellAt = (row: number, column: number) => Cell | null;

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
  cellAt: CellAt,
  now: number,
): Shown {
  const { has, differing } = narrowing;
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
    const fits = (row: number, column: number): boolean => hasIt(has, cellAt(row, column), now);
    shown = {
      rows: shown.rows.filter((row) => shown.columns.some((column) => fits(row, column))),
      columns: shown.columns.filter((column) => shown.rows.some((row) => fits(row, column))),
    };
  }
  return sorted(sides, narrowing.sort, shown, cellAt);
}

function hasIt(has: 'push' | 'ends', cell: Cell | null, now: number): boolean {
  if (cell === null) return false;
  if (has === 'push') return (cell.access & accessBits.write) !== 0;
  const end = cell.directEnd ?? cell.accessEnd;
  return end !== null && Date.parse(end) - now <= soonDays * 86_400_000;
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
