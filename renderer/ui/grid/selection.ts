/** A place in the grid. Row -1 are the heads of the columns, column -1 those of the rows. */
export interface Place {
  row: number;
  column: number;
}

/** What is selected: all between two places. Whole rows or columns where it was said so. */
export interface Selected {
  from: Place;
  /** Where the keyboard is. */
  to: Place;
  whole: 'rows' | 'columns' | null;
}

export interface Size {
  rows: number;
  columns: number;
}

export interface Area {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

export function at(place: Place): Selected {
  return { from: place, to: place, whole: null };
}

function clamp(value: number, least: number, count: number): number {
  return Math.max(least, Math.min(value, count - 1));
}

/** The same selection in a grid that has become another: smaller by a filter, for example. */
export function within(selected: Selected, { rows, columns }: Size): Selected {
  const inside = ({ row, column }: Place): Place => ({
    row: clamp(row, -1, rows),
    column: clamp(column, -1, columns),
  });
  return { ...selected, from: inside(selected.from), to: inside(selected.to) };
}

/** The cells of a selection, ends included; null where it is a head alone. */
export function areaOf({ from, to, whole }: Selected, { rows, columns }: Size): Area | null {
  const area = {
    top: whole === 'columns' ? 0 : Math.max(0, Math.min(from.row, to.row)),
    bottom: whole === 'columns' ? rows - 1 : Math.max(from.row, to.row),
    left: whole === 'rows' ? 0 : Math.max(0, Math.min(from.column, to.column)),
    right: whole === 'rows' ? columns - 1 : Math.max(from.column, to.column),
  };
  return area.bottom < area.top || area.right < area.left ? null : area;
}

export function isIn(area: Area | null, row: number, column: number): boolean {
  return (
    area !== null && row >= area.top && row <= area.bottom && column >= area.left && column <= area.right
  );
}

/**
 * Where a key leads (ARIA APG, grid pattern); null for one that leads nowhere.
 *
 * @param page - Rows that Page Up and Page Down pass over.
 */
export function moved(
  { row, column }: Place,
  { key, ctrlKey }: { key: string; ctrlKey: boolean },
  { rows, columns }: Size,
  page: number,
): Place | null {
  const targets: Readonly<Record<string, Place>> = {
    ArrowUp: { row: ctrlKey ? 0 : row - 1, column },
    ArrowDown: { row: ctrlKey ? rows - 1 : row + 1, column },
    ArrowLeft: { row, column: ctrlKey ? 0 : column - 1 },
    ArrowRight: { row, column: ctrlKey ? columns - 1 : column + 1 },
    PageUp: { row: Math.max(row - page, Math.min(row, 0)), column },
    PageDown: { row: row + page, column },
    Home: { row: ctrlKey ? 0 : row, column: 0 },
    End: { row: ctrlKey ? rows - 1 : row, column: columns - 1 },
  };
  const target = targets[key];
  if (target === undefined) return null;
  const to = { row: clamp(target.row, -1, rows), column: clamp(target.column, -1, columns) };
  // In the corner there is nothing.
  return to.row === -1 && to.column === -1 ? { row, column } : to;
}
