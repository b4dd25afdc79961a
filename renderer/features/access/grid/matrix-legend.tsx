import type { ReactNode } from 'react';
import { Legend, type LegendSign } from '../../../ui/grid/legend.tsx';
import { Glyph } from '../parts/glyph.tsx';

const glyphs: readonly [access: number, direct: number, words: string][] = [
  [0, 0, 'None'],
  [1, 1, 'Pull'],
  [3, 3, 'Push, and pull'],
  [7, 7, 'Delete, too'],
  [15, 15, 'Admin: all of it'],
  [3, 0, 'From a role, a group or everybody'],
  [7, 1, 'Pull granted directly, the rest not'],
  [2, 2, 'Push without pull'],
  [0, 3, 'Granted, but without effect'],
];

const marks: readonly [mark: 'denied' | 'ends' | 'pending', words: string][] = [
  ['denied', 'A rule denies part of it'],
  ['ends', 'It ends'],
  ['pending', 'Pending: not so yet'],
];

const signs: readonly LegendSign[] = [
  ...glyphs.map(([access, direct, words]) => ({ words, picture: <Glyph access={access} direct={direct} /> })),
  ...marks.map(([mark, words]) => ({
    ...{ words, picture: <Glyph access={1} direct={1} /> },
    marks: { [`data-${mark}`]: true as const },
  })),
];

const keys = [
  ['0–4', 'None, pull, push, delete, admin'],
  ['Space, click', 'The next level'],
  ['Enter, W', 'Why; on a name, its menu'],
  ['E', 'Set the end'],
  ['Shift+arrows, Shift+click, dragging', 'Select a range'],
  ['Shift+Space', 'Select the row'],
  ['Ctrl+Space', 'Select the column'],
  ['Ctrl+Z', 'Take the last change back'],
  ['Escape', 'Select one cell again'],
] as const;

/** What the signs of the matrix mean, and its keys. */
export function MatrixLegend(): ReactNode {
  return <Legend signs={signs} keys={keys} position="top-end" width={520} />;
}
