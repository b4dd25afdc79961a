import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useCurrentContext } from '../contexts/queries.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { SearchX } from 'lucide-react';
import type { AccessPlace } from '../../../contracts/ipc/access.ts';
import css from './parts/access.module.css';
import { useAccessWork, type AccessWork } from './model/access-work.ts';
import { CellLine } from './grid/cell-line.tsx';
import type { Sides } from './model/cell-store.ts';
import { everything, type Narrowing } from './model/filter.ts';
import { FilterBar, NarrowedLine } from './grid/filter-bar.tsx';
import { focusGrid } from './parts/focus-grid.ts';
import { Grid } from './grid/grid.tsx';
import { useHeld } from '../../lib/held-value.ts';
import { MatrixLayers, type MatrixLayer } from './matrix-layers.tsx';
import { PendingBar } from './changes/pending-bar.tsx';
import { useMatrixAsked } from './model/page-asked.ts';
import { at, within, type Place, type Selected } from '../../ui/grid/selection.ts';
import { useApply } from './changes/use-apply.ts';
import { cellPlace, selectedCells, useDeeds } from './grid/use-grid-deeds.ts';
import { useShown } from './grid/use-shown.ts';

interface MatrixProps {
  place: AccessPlace;
  sides: Sides;
  /** When the sides were last read, ms since 1970. */
  readAt: number;
}

/** Everybody by every repository: looked at, prepared, reviewed, applied. */
export function Matrix({ place, sides, readAt }: MatrixProps): ReactNode {
  const work = useAccessWork(place);
  // Before anything is drawn or read: cells are told in the order of the sides.
  work.cells.setSides(sides);
  // Cells are as old as the sides: where these are read again, such as when the page is opened again, so are they.
  const lastRead = useRef(readAt);
  useEffect(() => {
    if (lastRead.current === readAt) return;
    lastRead.current = readAt;
    work.cells.age();
  }, [work, readAt]);
  const now = useNow(60_000);
  const pending = useHeld(work.pending);
  const [narrowing, setNarrowing] = useState<Narrowing>(everything);
  const [selected, setSelected] = useState<Selected>(at({ row: 0, column: 0 }));
  const [layer, setLayer] = useState<MatrixLayer | null>(null);
  const close = (): void => setLayer(null);
  useMatrixAsked(place.organization, (what) => {
    if (what === 'review') setLayer({ kind: 'review' });
    else focusGrid();
  });
  const { shown, ...found } = useShown(work, sides, narrowing);
  const applying = useApply(work, sides, {
    onDone: () => {
      setLayer((now) => (now?.kind === 'review' ? null : now));
      if (layer?.kind === 'review') focusGrid();
    },
    onTrouble: () => setLayer({ kind: 'review' }),
  });
  const deeds = useDeeds({
    ...{ work, sides, shown, selected },
    onSelect: setSelected,
    onWhy: (cell) => setLayer({ kind: 'why', cell }),
    onEnd: () => setLayer({ kind: 'end' }),
    onMenu: (head) => {
      setSelected(at(head));
      const target = headAt(head);
      if (target !== null) setLayer({ kind: 'menu', place: head, target });
    },
  });
  const narrow = (next: Narrowing): void => {
    setNarrowing(next);
    // A range would be one of others.
    setSelected((before) => at(before.to));
  };
  const cells = selectedCells({ shown, selected });
  const size = { rows: shown.rows.length, columns: shown.columns.length };
  const here = cellPlace(shown, within(selected, size).to);
  return (
    <div className={css['matrix']}>
      <FilterBar sides={sides} shown={shown} narrowing={narrowing} onChange={narrow} />
      <NarrowedLine {...{ sides, narrowing, ...found }} onChange={narrow} />
      {!sides.isWhole && (
        <Notice tone="info" title="There are more than the first 10,000 on a side">
          What is shown are these. Others are changed on the page of their repository.
        </Notice>
      )}
      <ReadFailure work={work} />
      {shown.rows.length === 0 || shown.columns.length === 0 ? (
        <NoMatch onClear={() => narrow(everything)} isReading={found.reading !== null} />
      ) : (
        <Grid
          {...{ work, sides, shown, selected, deeds, now }}
          sort={narrowing.sort}
          pending={pending.changes}
        />
      )}
      <CellLine
        {...{ work, sides, now }}
        pending={pending.changes}
        place={here}
        selected={cells.length}
        onWhy={() => here !== null && setLayer({ kind: 'why', cell: here })}
      />
      <PendingBar
        work={work}
        applying={applying}
        onReview={() => setLayer({ kind: 'review' })}
        onDiscard={() => setLayer({ kind: 'discard' })}
      />
      <MatrixLayers
        {...{ work, sides, shown, narrowing, applying, layer, cells }}
        onSelect={setSelected}
        onNarrow={narrow}
        onClose={close}
      />
    </div>
  );
}

/** Why cells in sight could not be read. */
function ReadFailure({ work: { cells } }: { work: AccessWork }): ReactNode {
  useSyncExternalStore(cells.subscribe, cells.snapshot);
  // Where the service has answered something since, it can be asked again.
  const answeredAt = useCurrentContext()?.signIn.seenAt;
  const lastAnswer = useRef(answeredAt);
  useEffect(() => {
    if (answeredAt === lastAnswer.current) return;
    lastAnswer.current = answeredAt;
    if (cells.failure?.code === 'server_unreachable') cells.retry();
  }, [cells, answeredAt]);
  if (cells.failure === null) return null;
  return (
    <ErrorNotice
      error={cells.failure}
      retry={() => {
        focusGrid();
        cells.retry();
      }}
    >
      <p>What is not read yet is not shown as known.</p>
    </ErrorNotice>
  );
}

function NoMatch({ onClear, isReading }: { onClear: () => void; isReading: boolean }): ReactNode {
  if (isReading) return <div className={css['matrix']} />;
  return (
    <EmptyState
      picture={<SearchX />}
      title="Nothing matches the filters"
      action={<Button onClick={onClear}>Show all</Button>}
    >
      Take one away, or type fewer words.
    </EmptyState>
  );
}

function headAt({ row, column }: Place): HTMLElement | null {
  const within = document.querySelector(`[role="grid"] [data-row="${row}"]`);
  return within?.querySelector<HTMLElement>(`[data-column="${column}"]`) ?? null;
}
