import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState, useSyncExternalStore, type ReactNode } from 'react';
import { useCurrentContext } from '../contexts/queries.ts';
import { useNow } from '../../lib/use-now.ts';
import { Button } from '../../ui/button.tsx';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { ErrorNotice, Notice } from '../../ui/notice.tsx';
import { SearchX } from 'lucide-react';
import type { AccessPlace } from '../../../contracts/ipc/access.ts';
import { counted } from '../../lib/format.ts';
import css from './parts/access.module.css';
import { discard, useAccessWork, type AccessWork } from './model/access-work.ts';
import { CellLine } from './grid/cell-line.tsx';
import type { Sides } from './model/cell-store.ts';
import { EndDialog } from './grid/end-dialog.tsx';
import { everything, type Narrowing } from './model/filter.ts';
import { FilterBar, NarrowedLine } from './grid/filter-bar.tsx';
import { focusGrid } from './parts/focus-grid.ts';
import { Grid } from './grid/grid.tsx';
import { useHeld } from '../../lib/held-value.ts';
import { MatrixMenu } from './grid/matrix-menu.tsx';
import { PendingBar } from './changes/pending-bar.tsx';
import { useMatrixAsked } from './model/page-asked.ts';
import { cellKey } from './model/pending.ts';
import { endingAt, prepare, type CellPlace } from './model/prepare.ts';
import { cellUseQuery } from './model/queries.ts';
import { ReviewSheet } from './changes/review-sheet.tsx';
import { at, within, type Place, type Selected } from '../../ui/grid/selection.ts';
import { useApply } from './changes/use-apply.ts';
import { cellPlace, selectedCells, useDeeds } from './grid/use-grid-deeds.ts';
import { useShown } from './grid/use-shown.ts';
import { WhySheet } from './why/why-sheet.tsx';

/** What lies over the matrix. */
type Layer =
  | { kind: 'review' | 'end' | 'discard' }
  | { kind: 'why'; cell: CellPlace }
  | { kind: 'menu'; place: Place; target: HTMLElement };

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
  const [layer, setLayer] = useState<Layer | null>(null);
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
      {layer?.kind === 'review' && (
        <ReviewSheet
          {...{ work, sides, applying }}
          onClose={() => {
            applying.reset();
            close();
          }}
        />
      )}
      {layer?.kind === 'why' && <Why {...{ work, sides }} cell={layer.cell} onClose={close} />}
      {layer?.kind === 'end' && (
        <EndDialog
          count={cells.length}
          onChoose={(end) => prepare(work, sides, cells, endingAt(end))}
          onClose={close}
        />
      )}
      {layer?.kind === 'menu' && (
        <MatrixMenu
          {...{ work, sides, shown, narrowing }}
          {...layer}
          onSelect={setSelected}
          onNarrow={narrow}
          onClose={close}
        />
      )}
      <ConfirmDialog
        opened={layer?.kind === 'discard'}
        title={`Discard ${counted(pending.changes.size, 'pending change')}`}
        action="Discard"
        busy={false}
        error={null}
        onConfirm={() => {
          discard(work);
          close();
          focusGrid();
        }}
        onClose={close}
      >
        <p>Nothing of them was made. Access stays as it is.</p>
      </ConfirmDialog>
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

interface WhyProps {
  work: AccessWork;
  sides: Sides;
  cell: CellPlace;
  onClose: () => void;
}

function Why({ work, sides, cell, onClose }: WhyProps): ReactNode {
  const pending = useHeld(work.pending).changes;
  const [row, column] = cell;
  const principal = sides.principals[row];
  const repository = sides.repositories[column]?.name;
  // Groups use nothing themselves.
  const used = useQuery({ ...cellUseQuery(work.place, sides, cell), enabled: principal?.kind !== 'group' });
  if (principal === undefined || repository === undefined) return null;
  return (
    <WhySheet
      contextId={work.place.contextId}
      principal={principal}
      repository={repository}
      cell={work.cells.cell(row, column)}
      use={used.data?.use}
      pending={pending.get(cellKey(principal.reference, repository)) ?? null}
      onPrepare={(shall) => prepare(work, sides, [cell], () => shall)}
      onClose={onClose}
    />
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
