import { cutInMiddle, slantedHeight } from '../../../ui/grid/heads.ts';
import type { Sides } from './cell-store.ts';
import type { Kind, Shown } from './filter.ts';

/** A line of the grid below its head: the title of a section, or a row by its place among the shown ones. */
export type Line = { section: Kind; count: number } | { row: number };

/** Sizes of the grid, CSS pixels. `lean`: how far the last column's head leans beyond it. */
export const sizes = {
  row: 30,
  section: 26,
  column: 34,
  rowHead: 232,
  rowHeadNarrow: 168,
  lean: 64,
};

export const sectionWords: Readonly<Record<Kind, string>> = { group: 'Groups', user: 'People', bot: 'Bots' };

/** The shown rows with a title before each kind. */
export function linesOf(sides: Sides, { rows }: Shown): Line[] {
  const counts = new Map<Kind, number>();
  const kindOf = (row: number): Kind => sides.principals[row]?.kind ?? 'user';
  for (const row of rows) counts.set(kindOf(row), (counts.get(kindOf(row)) ?? 0) + 1);
  let before: Kind | null = null;
  return rows.flatMap((row, index) => {
    const section = kindOf(row);
    const isNew = section !== before;
    before = section;
    return isNew ? [{ section, count: counts.get(section) ?? 0 }, { row: index }] : [{ row: index }];
  });
}

/** Letters of a name that fit into a column's head, in a low window and otherwise. */
export const headLetters = { low: 12, usual: 20 };

/** How high the heads of columns are, for the longest name in them. */
export function headHeight(
  { repositories }: Sides,
  { columns }: Shown,
  organization: string,
  letters: number,
): number {
  const longest = columns.reduce(
    (most, column) =>
      Math.max(most, shortName(repositories[column]?.name ?? '', organization, letters).length),
    0,
  );
  return slantedHeight(longest);
}

/** A repository's name without its organization, and without its middle where it is long: both ends tell names apart. */
export function shortName(name: string, organization: string, most: number): string {
  const own = name.startsWith(`${organization}/`) ? name.slice(organization.length + 1) : name;
  return cutInMiddle(own, most);
}
