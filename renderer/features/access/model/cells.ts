import type { CellsSummary } from '../../../../contracts/ipc/access.ts';
import { whole } from './levels.ts';

/** What is known of one principal on one repository. Sums of `accessBits` and `accessVia`; ends are RFC 3339. */
export interface Cell {
  /** What they may do by all that is known. */
  access: number;
  /** What a grant to them alone names. */
  direct: number;
  via: number;
  /** When that grant ends; null where it does not. */
  directEnd: string | null;
  /** When what they may do changes by itself. */
  accessEnd: string | null;
}

/** When somebody last pulled from a repository and pushed to it, RFC 3339. */
export interface Use {
  pulled: string | null;
  pushed: string | null;
}

/** What one may do and how it comes about, of a cell in one number. */
export function sumOf({ access, direct, via }: Pick<Cell, 'access' | 'direct' | 'via'>): number {
  return access | (direct << 4) | (via << 8);
}

/** The same read again. */
export function ofSum(sum: number): Pick<Cell, 'access' | 'direct' | 'via'> {
  return { access: sum & 15, direct: (sum >> 4) & 15, via: (sum >> 8) & 15 };
}

/** Rows and columns of a block. */
export const blockSide = 100;

/** A part of the matrix, as it was at a version of it. */
export interface Block {
  readonly version: string;
  /** Counts the blocks in the order in which they were asked for: a lower one has seen less. */
  readonly turn: number;
  readonly cells: Uint16Array;
  readonly ends: ReadonlyMap<number, Pick<Cell, 'directEnd' | 'accessEnd'>>;
  /** What was used; null where that was not asked for, or is not told. */
  readonly uses: ReadonlyMap<number, Use> | null;
}

/**
 * Reads a part as it was told. One digit too few, or one that is none, counts as no access: nothing is shown that was not
 * told.
 */
export function blockOf(told: CellsSummary, turn: number): Block {
  const cells = new Uint16Array(blockSide * blockSide);
  told.rows.slice(0, blockSide).forEach(({ access, direct, via }, row) => {
    const columns = Math.min(access.length, blockSide);
    for (let column = 0; column < columns; column++)
      cells[row * blockSide + column] = sumOf({
        access: whole(digit(access, column)),
        direct: whole(digit(direct, column)),
        via: digit(via, column),
      });
  });
  const ends = new Map(
    told.ends.map(({ row, column, direct, access }) => [
      row * blockSide + column,
      { directEnd: direct, accessEnd: access },
    ]),
  );
  const uses = told.used?.map(({ row, column, ...use }) => [row * blockSide + column, use] as const);
  return { version: told.version, turn, cells, ends, uses: uses === undefined ? null : new Map(uses) };
}

function digit(text: string, at: number): number {
  const value = Number.parseInt(text.charAt(at), 16);
  return Number.isNaN(value) ? 0 : value;
}

const noEnds = { directEnd: null, accessEnd: null };

/** When a cell of a block was used: null for never, undefined where that is not known. */
export function usedIn({ uses }: Block, row: number, column: number): Use | null | undefined {
  if (uses === null) return undefined;
  return uses.get((row % blockSide) * blockSide + (column % blockSide)) ?? null;
}

/** A cell of a block; `row` and `column` are those of the whole matrix. */
export function cellIn(block: Block, row: number, column: number): Cell {
  const at = (row % blockSide) * blockSide + (column % blockSide);
  return { ...ofSum(block.cells[at] ?? 0), ...(block.ends.get(at) ?? noEnds) };
}
