import type { VirtualItem } from '@tanstack/react-virtual';
import { memo, type ReactNode } from 'react';
import type { CellStore, Sides } from '../model/cell-store.ts';
import { sumOf } from '../model/cells.ts';
import { GridCell } from './grid-cell.tsx';
import { RowHead } from './grid-heads.tsx';
import css from '../../../ui/grid/grid.module.css';
import { cellKey, type Pending } from '../model/pending.ts';

export interface GridRowProps {
  gridId: string;
  /** Among the shown rows. */
  row: number;
  /** Among the grid's lines, its head included, from 1. */
  line: number;
  start: number;
  sides: Sides;
  /** Its place in `sides`. */
  place: number;
  columns: readonly VirtualItem[];
  /** Places in `sides` of all columns that are shown. */
  columnPlaces: readonly number[];
  cells: CellStore;
  /** Another one each time that cells came. */
  version: number;
  pending: Pending;
  /** The columns of it that are selected; from -1 where none is. */
  selectedFrom: number;
  selectedTo: number;
  /** The column where the keyboard is, -1 for the head; null where it is in another row. */
  activeColumn: number | null;
  isSorted: boolean;
  now: number;
}

export const GridRow = memo(function GridRow(props: GridRowProps): ReactNode {
  const { gridId, row, line, start, sides, place, columns, columnPlaces, cells, pending, activeColumn, now } =
    props;
  const principal = sides.principals[place];
  if (principal === undefined) return null;
  return (
    <div
      role="row"
      aria-rowindex={line}
      className={css['row']}
      data-row={row}
      style={{ transform: `translateY(${start}px)` }}
    >
      <RowHead
        id={`${gridId}_${row}_-1`}
        principal={principal}
        isActive={activeColumn !== null}
        isFocused={activeColumn === -1}
        isSorted={props.isSorted}
      />
      {columns.map(({ index, start: left }) => {
        const column = columnPlaces[index];
        const repository = column === undefined ? undefined : sides.repositories[column];
        if (column === undefined || repository === undefined) return null;
        const cell = cells.cell(place, column);
        const change =
          pending.size === 0 ? undefined : pending.get(cellKey(principal.reference, repository.name));
        return (
          <GridCell
            key={index}
            id={`${gridId}_${row}_${index}`}
            column={index}
            left={left}
            sum={cell && sumOf(cell)}
            directEnd={cell?.directEnd ?? null}
            accessEnd={cell?.accessEnd ?? null}
            pending={change ?? null}
            isActive={activeColumn === index}
            isSelected={index >= props.selectedFrom && index <= props.selectedTo && props.selectedFrom !== -1}
            now={now}
          />
        );
      })}
    </div>
  );
});
