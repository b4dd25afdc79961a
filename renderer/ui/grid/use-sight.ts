import { defaultRangeExtractor, useVirtualizer, type Range } from '@tanstack/react-virtual';
import { useCallback, useLayoutEffect, useRef } from 'react';
import type { Place, Size } from './selection.ts';

/** A line of a grid below its head: the title of a section, or a row by its place. */
export type GridLine = { section: unknown } | { row: number };

/** Sizes of a grid, CSS pixels. */
interface GridSizes {
  row: number;
  section: number;
  column: number;
  rowHead: number;
  head: number;
  /** How far the last column's head leans beyond it. */
  lean: number;
}

/** The lines and columns to draw: those in sight, and those where the keyboard is, because the grid names its cell. */
export function useSight(
  lines: readonly GridLine[],
  { columns: columnCount }: Size,
  active: Place,
  sizes: GridSizes,
) {
  const { rowHead, head } = sizes;
  const element = useRef<HTMLDivElement | null>(null);
  const getScrollElement = useCallback(() => element.current, []);
  const activeLine = lines.findIndex((line) => 'row' in line && line.row === active.row);
  const rows = useVirtualizer({
    count: lines.length,
    estimateSize: (index) => ('section' in (lines[index] ?? {}) ? sizes.section : sizes.row),
    getScrollElement,
    overscan: 4,
    paddingStart: head,
    scrollPaddingStart: head,
    rangeExtractor: useRangeWith(activeLine),
  });
  const columns = useVirtualizer({
    horizontal: true,
    count: columnCount,
    estimateSize: () => sizes.column,
    getScrollElement,
    overscan: 4,
    paddingStart: rowHead,
    paddingEnd: sizes.lean,
    scrollPaddingStart: rowHead,
    // The head of the last column in sight leans beyond it.
    scrollPaddingEnd: sizes.lean,
    rangeExtractor: useRangeWith(active.column),
  });
  // Sections lie elsewhere in other lists, heads are as wide as the window lets them be.
  useLayoutEffect(() => rows.measure(), [rows, lines, head]);
  useLayoutEffect(() => columns.measure(), [columns, rowHead]);
  const isFirst = useRef(true);
  useLayoutEffect(() => {
    // Where the grid comes up it begins at its beginning.
    if (isFirst.current) {
      isFirst.current = false;
      return;
    }
    if (activeLine !== -1) rows.scrollToIndex(activeLine, { align: 'auto' });
    if (active.column >= 0) columns.scrollToIndex(active.column, { align: 'auto' });
  }, [rows, columns, activeLine, active.column]);
  // What comes up below or above takes from its height: the cell where the keyboard is stays in sight.
  const height = rows.scrollRect?.height ?? 0;
  const lastHeight = useRef(height);
  useLayoutEffect(() => {
    const before = lastHeight.current;
    lastHeight.current = height;
    const line = rows.measurementsCache[activeLine];
    const top = rows.scrollOffset ?? 0;
    const wasInSight = line !== undefined && line.start >= top && line.end <= top + before;
    if (height < before && wasInSight) rows.scrollToIndex(activeLine, { align: 'auto' });
  }, [rows, activeLine, height]);
  const scroller = (next: HTMLDivElement | null): void => {
    element.current = next;
  };
  return { scroller, rows, columns };
}

function useRangeWith(active: number): (range: Range) => number[] {
  return useCallback(
    (range: Range) => {
      const seen = defaultRangeExtractor(range);
      return active < 0 || active >= range.count || seen.includes(active) ? seen : [...seen, active];
    },
    [active],
  );
}
