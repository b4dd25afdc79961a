import { useRef, type MouseEvent } from 'react';
import type { Place, Selected } from '../../../ui/grid/selection.ts';

interface Drag {
  onMouseDown: (event: MouseEvent) => void;
  onMouseMove: (event: MouseEvent) => void;
  /** Whether the click at hand is the end of a drag: it does nothing else. */
  hasDragged: () => boolean;
}

/**
 * Selects a range from the cell where the mouse goes down to the one that it is drawn to.
 *
 * @param placeOf - The place of an element; null beside the grid's cells and heads.
 */
export function useDrag(
  placeOf: (target: EventTarget) => Place | null,
  select: (selected: Selected) => void,
): Drag {
  const from = useRef<Place | null>(null);
  const to = useRef<Place | null>(null);
  return {
    onMouseDown: ({ button, shiftKey, target }) => {
      const place = button === 0 && !shiftKey ? placeOf(target) : null;
      from.current = place !== null && isCell(place) ? place : null;
      to.current = null;
    },
    onMouseMove: ({ buttons, target }) => {
      if (from.current === null || (buttons & 1) === 0) return;
      const place = placeOf(target);
      if (place === null || !isCell(place) || isSame(place, to.current ?? from.current)) return;
      to.current = place;
      select({ from: from.current, to: place, whole: null });
    },
    hasDragged: () => to.current !== null,
  };
}

function isCell({ row, column }: Place): boolean {
  return row >= 0 && column >= 0;
}

function isSame(one: Place, other: Place): boolean {
  return one.row === other.row && one.column === other.column;
}
