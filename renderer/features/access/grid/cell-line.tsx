import { useSyncExternalStore, type ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import css from '../parts/access.module.css';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import { MatrixLegend } from './matrix-legend.tsx';
import { cellKey, type Pending } from '../model/pending.ts';
import { cellWords, limitWords, usedWords } from '../model/change-words.ts';

interface CellLineProps {
  work: AccessWork;
  sides: Sides;
  pending: Pending;
  /** The place in `sides` of the cell where the keyboard is; null on a head. */
  place: readonly [row: number, column: number] | null;
  /** How many cells are selected. */
  selected: number;
  now: number;
  onWhy: () => void;
}

/** The cell where the keyboard is, in words for eyes: screen readers hear it from the grid. */
export function CellLine({ work, sides, pending, place, selected, now, onWhy }: CellLineProps): ReactNode {
  useSyncExternalStore(work.cells.subscribe, work.cells.snapshot);
  const [row = -1, column = -1] = place ?? [];
  const principal = sides.principals[row];
  const repository = sides.repositories[column];
  const isCell = principal !== undefined && repository !== undefined;
  const cell = work.cells.cell(row, column);
  const change = isCell ? (pending.get(cellKey(principal.reference, repository.name)) ?? null) : null;
  // Groups use nothing themselves.
  const use = isCell && principal.kind !== 'group' ? work.cells.use(row, column) : undefined;
  const limit = isCell && change !== null && cell !== null ? limitWords(cell, principal) : null;
  return (
    <div className={css['line']}>
      <p className={css['lineWords']}>
        {isCell && selected <= 1 && (
          <span aria-hidden="true">
            <bdi className={css['lineName']} title={principal.name}>
              {principal.name}
            </bdi>
            {' on '}
            <bdi className={css['lineName']} title={repository.name}>
              {repository.name}
            </bdi>
            {`: ${cellWords(cell, change, now)}${use === undefined ? '' : `; ${usedWords(use, now)}`}${limit === null ? '' : '. '}`}
          </span>
        )}
        {selected > 1 && <span role="status">{`${selected.toLocaleString('en')} cells selected`}</span>}
        {selected <= 1 && (
          <span role="status" className={css['limit']}>
            {limit}
          </span>
        )}
      </p>
      {isCell && (
        <Button size="small" kind="quiet" onClick={onWhy}>
          Why
        </Button>
      )}
      <MatrixLegend />
    </div>
  );
}
