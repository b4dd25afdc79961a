import { useMemo } from 'react';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import type { Shown } from '../model/filter.ts';
import type { GridDeeds } from './grid-keys.ts';
import { nextLevel } from '../model/levels.ts';
import { takenBack } from '../model/pending.ts';
import { atLevel, cellsIn, prepare, type CellPlace } from '../model/prepare-cells.ts';
import { areaOf, within, type Place, type Selected } from '../../../ui/grid/selection.ts';

interface DeedsOf {
  work: AccessWork;
  sides: Sides;
  shown: Shown;
  selected: Selected;
  onSelect: (selected: Selected) => void;
  onWhy: (place: CellPlace) => void;
  onEnd: () => void;
  onMenu: (place: Place) => void;
}

/** What the selection is in places of `sides`; empty on a head. */
export function selectedCells({ shown, selected }: Pick<DeedsOf, 'shown' | 'selected'>): CellPlace[] {
  const size = { rows: shown.rows.length, columns: shown.columns.length };
  const inside = within(selected, size);
  const area = areaOf(inside, size);
  const isHead = inside.whole === null && (inside.to.row === -1 || inside.to.column === -1);
  return area === null || isHead ? [] : cellsIn(shown, area);
}

/** Among `sides`; null for a head. */
export function cellPlace({ rows, columns }: Shown, { row, column }: Place): CellPlace | null {
  const [atRow, atColumn] = [rows[row], columns[column]];
  return atRow === undefined || atColumn === undefined ? null : [atRow, atColumn];
}

/** What keys and clicks of the grid do. */
export function useDeeds(of: DeedsOf): GridDeeds {
  const { work, sides, shown, selected, onSelect, onWhy, onEnd, onMenu } = of;
  return useMemo(
    () => ({
      select: onSelect,
      cycle: (place) => {
        const cell = cellPlace(shown, place);
        if (cell === null) return;
        prepare(work, sides, [cell], (now) => atLevel(nextLevel(now.bits))(now));
      },
      set: (level) => prepare(work, sides, selectedCells({ shown, selected }), atLevel(level)),
      why: (place) => {
        const cell = cellPlace(shown, place);
        if (cell !== null) onWhy(cell);
      },
      end: () => {
        if (selectedCells({ shown, selected }).length > 0) onEnd();
      },
      takeBack: () => work.pending.set(takenBack(work.pending.get())),
      menu: onMenu,
    }),
    [work, sides, shown, selected, onSelect, onWhy, onEnd, onMenu],
  );
}
