import { memo, type ReactNode } from 'react';
import { accessVia } from '../../../../contracts/server-api/access/matrix.ts';
import { ofSum, type Cell } from '../model/cells.ts';
import { Glyph } from '../parts/glyph.tsx';
import css from '../../../ui/grid/grid.module.css';
import type { PendingChange } from '../model/pending.ts';
import { sameTerms } from '../model/pending.ts';
import { cellWords } from '../model/change-words.ts';

interface GridCellProps {
  id: string;
  /** Among the grid's columns, from 0. */
  column: number;
  left: number;
  /** `sumOf` the cell, null where it is not known: a cell that did not change is not drawn again. */
  sum: number | null;
  directEnd: string | null;
  accessEnd: string | null;
  pending: PendingChange | null;
  isActive: boolean;
  isSelected: boolean;
  now: number;
}

function cellOf({
  sum,
  directEnd,
  accessEnd,
}: Pick<GridCellProps, 'sum' | 'directEnd' | 'accessEnd'>): Cell | null {
  return sum === null ? null : { ...ofSum(sum), directEnd, accessEnd };
}

/** What one principal may do on one repository. The grid has its keys and clicks. */
export const GridCell = memo(function GridCell(props: GridCellProps): ReactNode {
  const { id, column, left, pending, isActive, isSelected, now } = props;
  const cell = cellOf(props);
  const isDenied = cell !== null && (cell.via & accessVia.denied) !== 0;
  const end = pending === null ? (cell?.directEnd ?? cell?.accessEnd ?? null) : pending.shall.end;
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={column + 2}
      aria-label={cellWords(cell, pending, now)}
      aria-selected={isSelected}
      className={css['cell']}
      data-column={column}
      data-active={isActive || undefined}
      data-pending={pending === null ? undefined : true}
      data-denied={isDenied || undefined}
      data-ends={end === null ? undefined : true}
      style={{ left }}
    >
      {cell === null && pending === null ? (
        <span className={css['unknown']} />
      ) : (
        <CellGlyph cell={cell} pending={pending} />
      )}
    </div>
  );
});

/** What is there; with a change, the grant as it shall be, and what comes from elsewhere in any case. */
function CellGlyph({ cell, pending }: { cell: Cell | null; pending: PendingChange | null }): ReactNode {
  const { access = 0, direct = 0 } = cell ?? {};
  if (pending === null || sameTerms(pending.was, pending.shall))
    return <Glyph access={access} direct={direct} />;
  const { bits } = pending.shall;
  return <Glyph access={bits | (access & ~direct)} direct={bits} />;
}
