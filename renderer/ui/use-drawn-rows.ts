import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import type { RefObject } from 'react';

/** From so many rows on only those in sight are drawn. */
const virtualFrom = 200;

/** Height of most rows, CSS pixels; each is measured once it is drawn. */
const usualHeight = 56;

interface DrawnRows {
  virtual: boolean;
  /** In their order, each with the height of what is left out above it, CSS pixels. */
  rows: { index: number; gapAbove: number }[];
  gapBelow: number;
  /** The ref of each row. */
  measure: ((element: HTMLTableRowElement | null) => void) | undefined;
}

/**
 * The rows of a table to draw: all of them, or of many those in sight, and the active one wherever it is, because it has
 * the focus.
 */
export function useDrawnRows(
  ids: readonly string[],
  active: number,
  scroller: RefObject<HTMLDivElement | null>,
): DrawnRows {
  const virtual = ids.length >= virtualFrom;
  const virtualizer = useVirtualizer({
    enabled: virtual,
    count: ids.length,
    estimateSize: () => usualHeight,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => ids[index] ?? index,
    overscan: 5,
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), active])]
        .filter((row) => row < ids.length)
        .sort((a, b) => a - b),
  });
  if (!virtual) {
    return {
      virtual,
      rows: ids.map((_id, index) => ({ index, gapAbove: 0 })),
      gapBelow: 0,
      measure: undefined,
    };
  }
  const items = virtualizer.getVirtualItems();
  return {
    virtual,
    rows: items.map(({ index, start }, at) => ({ index, gapAbove: start - (items[at - 1]?.end ?? 0) })),
    gapBelow: virtualizer.getTotalSize() - (items.at(-1)?.end ?? 0),
    measure: virtualizer.measureElement,
  };
}
