import type { AccessPrincipalSummary, CellsSummary } from '../../../../contracts/ipc/access.ts';
import { asCallError, CallError } from '../../../lib/api.ts';
import { blockOf, blockSide, cellIn, usedIn, type Block, type Cell, type Use } from './cells.ts';
import type { Seen } from './pending.ts';

/** Both sides of the matrix, in the order in which its cells are asked for. */
export interface Sides {
  principals: readonly AccessPrincipalSummary[];
  repositories: readonly { name: string; public: boolean }[];
  /** False where there are more than the app reads. */
  isWhole: boolean;
}

/** Asks for the cells of some rows and columns, which are named by what comes before the first. */
export type ReadCells = (part: {
  principals: { after: AccessPrincipalSummary | null; count: number };
  repositories: { after: string | null; count: number };
  /** With when each was used. */
  used: boolean;
}) => Promise<CellsSummary>;

/** Blocks that are kept: 20 kB each. */
export const blocksMax = 400;

/** Blocks that are asked for at once. */
const atOnce = 3;

/** How often the sides are read again where the cells go on to tell of others. */
const movesMax = 3;

/** Counts what was asked for, by whichever store: what is pending outlives them. */
let turns = 0;

/**
 * The cells of a matrix, read in blocks when they are wanted. What is not read is null and never looks like no access.
 * Tells its listeners when something came.
 */
export class CellStore {
  readonly #read: ReadCells;
  /** Reads the sides again, which are not as they were any more. */
  readonly #onMoved: () => Promise<Sides>;
  readonly #listeners = new Set<() => void>();
  #sides: Sides = { principals: [], repositories: [], isWhole: true };
  /** The one that was wanted last is the last. */
  #blocks = new Map<string, Block>();
  /** Blocks that are to be read again: shown until then. */
  #old = new Set<string>();
  #failed = new Map<string, CallError>();
  #wanted: string[] = [];
  readonly #running = new Map<string, Promise<void>>();
  #count = 0;
  /** The sides are being read again: until then nothing else is asked for. */
  #isMoved = false;
  /** How often that was in vain. */
  #moves = 0;
  #asksUse = false;

  constructor(read: ReadCells, onMoved: () => Promise<Sides>) {
    this.#read = read;
    this.#onMoved = onMoved;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Another number each time that something came. */
  readonly snapshot = (): number => this.#count;

  /** Takes what rows and columns there are. Cells of others are forgotten. */
  setSides(sides: Sides): void {
    if (sides === this.#sides) return;
    this.#isMoved = false;
    if (!sameSides(sides, this.#sides)) {
      this.#blocks = new Map();
      this.#failed = new Map();
    }
    this.#sides = sides;
  }

  cell(row: number, column: number): Cell | null {
    const block = this.#blocks.get(keyAt(row, column));
    return block === undefined ? null : cellIn(block, row, column);
  }

  seen(row: number, column: number): Seen | null {
    return this.#blocks.get(keyAt(row, column)) ?? null;
  }

  /** Whether a cell is read, and not to be read again. */
  isFresh(row: number, column: number): boolean {
    return !this.#isMissing(keyAt(row, column));
  }

  /** When a cell was used: null for never, undefined where that is not known. */
  use(row: number, column: number): Use | null | undefined {
    const block = this.#blocks.get(keyAt(row, column));
    return block && usedIn(block, row, column);
  }

  /** Has all cells read with when they were used, from now on. */
  askUse(): void {
    if (this.#asksUse) return;
    this.#asksUse = true;
    this.age();
  }

  /** Why something that was wanted could not be read. */
  get failure(): CallError | null {
    return this.#failed.values().next().value ?? null;
  }

  /** Has the blocks of these cells read that are not there, before all that was wanted earlier. */
  want(rows: readonly number[], columns: readonly number[]): void {
    const keys = blocksOf(rows, columns);
    for (const key of keys) this.#touch(key);
    this.#wanted = keys.filter((key) => this.#isMissing(key) && !this.#failed.has(key));
    this.#go();
  }

  /** Reads again what failed. */
  retry(): void {
    this.#wanted.push(...this.#failed.keys());
    this.#moves = 0;
    this.#failed = new Map();
    this.#tell();
    this.#go();
  }

  /** Has all cells read again, also what failed, when they are wanted next. What was read stays until then. */
  age(): void {
    this.#old = new Set(this.#blocks.keys());
    this.#failed = new Map();
    this.#tell();
  }

  /**
   * Reads the blocks of these cells, as many as are kept at once.
   *
   * @param onProgress - told how many of how many are there
   * @returns how many blocks could not be read, or were too many
   */
  async ensure(
    rows: readonly number[],
    columns: readonly number[],
    onProgress: (done: number, total: number) => void = () => undefined,
    isCancelled: () => boolean = () => false,
  ): Promise<number> {
    const all = blocksOf(rows, columns);
    const keys = all.slice(0, blocksMax);
    const missing = keys.filter((key) => this.#isMissing(key));
    let done = keys.length - missing.length;
    onProgress(done, keys.length);
    const next = async (): Promise<void> => {
      for (let key = missing.shift(); key !== undefined && !isCancelled(); key = missing.shift()) {
        await this.#load(key);
        onProgress(++done, keys.length);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, next));
    return all.length - keys.filter((key) => !this.#isMissing(key)).length;
  }

  #isMissing(key: string): boolean {
    return !this.#blocks.has(key) || this.#old.has(key);
  }

  #touch(key: string): void {
    const block = this.#blocks.get(key);
    if (block === undefined) return;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
  }

  #go(): void {
    while (!this.#isMoved && this.#running.size < atOnce) {
      this.#wanted = this.#wanted.filter(
        (key) => this.#isMissing(key) && !this.#failed.has(key) && !this.#running.has(key),
      );
      const key = this.#wanted.shift();
      if (key === undefined) return;
      void this.#load(key).then(() => this.#go());
    }
  }

  #load(key: string): Promise<void> {
    const running = this.#running.get(key);
    if (running !== undefined) return running;
    const loading = this.#ask(key).finally(() => {
      this.#running.delete(key);
      this.#tell();
    });
    this.#running.set(key, loading);
    return loading;
  }

  async #ask(key: string): Promise<void> {
    const sides = this.#sides;
    const turn = ++turns;
    const [rows, columns] = startsOf(key);
    const principals = sides.principals.slice(rows, rows + blockSide);
    const repositories = sides.repositories.slice(columns, columns + blockSide);
    if (principals.length === 0 || repositories.length === 0) return;
    try {
      const told = await this.#read({
        principals: { after: sides.principals[rows - 1] ?? null, count: principals.length },
        repositories: { after: sides.repositories[columns - 1]?.name ?? null, count: repositories.length },
        used: this.#asksUse,
      });
      // Of sides that are no longer shown.
      if (!sameSides(sides, this.#sides)) return;
      const isSame =
        sameNames(told.principals, principals, ({ reference }) => reference) &&
        sameNames(told.repositories, repositories, ({ name }) => name);
      if (isSame) this.#keep(key, blockOf(told, turn));
      else await this.#move();
    } catch (error) {
      this.#failed.set(key, asCallError(error));
    }
  }

  async #move(): Promise<void> {
    if (this.#isMoved) return;
    if (++this.#moves > movesMax) throw new CallError('internal');
    this.#isMoved = true;
    const sides = await this.#onMoved().catch((error: unknown) => {
      this.#isMoved = false;
      throw error;
    });
    // Others are waited for: they come when they are drawn.
    if (sides === this.#sides) this.#isMoved = false;
  }

  #keep(key: string, block: Block): void {
    this.#moves = 0;
    this.#blocks.delete(key);
    this.#blocks.set(key, block);
    this.#old.delete(key);
    this.#failed.delete(key);
    for (const oldest of this.#blocks.keys()) {
      if (this.#blocks.size <= blocksMax) break;
      this.#blocks.delete(oldest);
    }
  }

  #tell(): void {
    this.#count++;
    for (const listener of this.#listeners) listener();
  }
}

function sameNames<Side>(
  told: readonly string[],
  shown: readonly Side[],
  nameOf: (side: Side) => string,
): boolean {
  return told.length === shown.length && shown.every((side, index) => nameOf(side) === told[index]);
}

function sameSides(one: Sides, other: Sides): boolean {
  return (
    sameNames(
      one.principals.map(({ reference }) => reference),
      other.principals,
      ({ reference }) => reference,
    ) &&
    sameNames(
      one.repositories.map(({ name }) => name),
      other.repositories,
      ({ name }) => name,
    )
  );
}

function keyAt(row: number, column: number): string {
  return `${Math.floor(row / blockSide)} ${Math.floor(column / blockSide)}`;
}

/** Row and column of a block's first cell. */
function startsOf(key: string): [row: number, column: number] {
  const [row = 0, column = 0] = key.split(' ').map((part) => Number(part) * blockSide);
  return [row, column];
}

function blocksOf(rows: readonly number[], columns: readonly number[]): string[] {
  const starts = (places: readonly number[]): number[] => [
    ...new Set(places.map((place) => Math.floor(place / blockSide) * blockSide)),
  ];
  const columnStarts = starts(columns);
  return starts(rows).flatMap((row) => columnStarts.map((column) => keyAt(row, column)));
}
