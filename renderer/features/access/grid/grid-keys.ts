import type { KeyboardEvent } from 'react';
import { areaOf, at, moved, type Place, type Selected, type Size } from '../../../ui/grid/selection.ts';

/** What the grid asks for. Places are among the shown rows and columns. */
export interface GridDeeds {
  select: (selected: Selected) => void;
  /** Makes the next level of a cell's grant. */
  cycle: (place: Place) => void;
  /** Makes a level, 0 to 4, of all that is selected. */
  set: (level: number) => void;
  why: (place: Place) => void;
  /** Says when the grants end that are selected. */
  end: () => void;
  takeBack: () => void;
  /** Opens what can be done with a head. */
  menu: (place: Place) => void;
}

/**
 * The keyboard of the grid (ARIA APG, grid pattern): arrows, Page Up and Down, Home and End move, with Shift they select;
 * Ctrl+Space selects the column, Shift+Space the row, Escape the one cell again; 0 to 4 set, Space makes the next level,
 * Enter or W says why, E sets the end, Ctrl+Z takes back.
 *
 * @param page - Rows that Page Up and Down pass over.
 */
export function onGridKey(
  event: KeyboardEvent,
  { selected, size, page, deeds }: { selected: Selected; size: Size; page: number; deeds: GridDeeds },
): void {
  const run = keyDeed(event, selected, size, page, deeds);
  if (run === null) return;
  event.preventDefault();
  event.stopPropagation();
  run();
}

function keyDeed(
  event: KeyboardEvent,
  selected: Selected,
  size: Size,
  page: number,
  deeds: GridDeeds,
): (() => void) | null {
  const { key, shiftKey, altKey } = event;
  const ctrlKey = event.ctrlKey || event.metaKey;
  const { from, to } = selected;
  if (altKey) return null;
  if (key === ' ' && (ctrlKey || shiftKey)) {
    const whole = ctrlKey ? 'columns' : 'rows';
    return () => deeds.select({ from: to, to, whole });
  }
  const target = moved(to, { key, ctrlKey }, size, page);
  if (target !== null) {
    // A head is nothing to select up to.
    const isExtended = shiftKey && target.row >= 0 && target.column >= 0;
    return () => deeds.select(isExtended ? { ...selected, from, to: target } : at(target));
  }
  if (ctrlKey) return key.toLowerCase() === 'z' && !shiftKey ? deeds.takeBack : null;
  const isHead = to.row === -1 || to.column === -1;
  if (key === 'Enter' || key === 'ContextMenu') {
    if (isHead) return () => deeds.menu(to);
    return key === 'Enter' ? () => deeds.why(to) : null;
  }
  if (key === 'Escape') return isSingle(selected, size) ? null : () => deeds.select(at(to));
  if (/^[0-4]$/.test(key)) return () => deeds.set(Number(key));
  if (key === 'Delete' || key === 'Backspace') return () => deeds.set(0);
  if (key === ' ' && !isHead) return () => deeds.cycle(to);
  if (key.toLowerCase() === 'w' && !isHead) return () => deeds.why(to);
  return key.toLowerCase() === 'e' ? deeds.end : null;
}

function isSingle(selected: Selected, size: Size): boolean {
  const area = areaOf(selected, size);
  return area === null || (area.top === area.bottom && area.left === area.right);
}
