import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { counted } from '../../lib/format.ts';
import { useHeld } from '../../lib/held-value.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import type { Place, Selected } from '../../ui/grid/selection.ts';
import { ReviewSheet } from './changes/review-sheet.tsx';
import type { Applying } from './changes/use-apply.ts';
import { EndDialog } from './grid/end-dialog.tsx';
import { MatrixMenu } from './grid/matrix-menu.tsx';
import { discard, type AccessWork } from './model/access-work.ts';
import type { Sides } from './model/cell-store.ts';
import type { Narrowing, Shown } from './model/filter.ts';
import { cellKey } from './model/pending.ts';
import { endingAt, prepare, type CellPlace } from './model/prepare-cells.ts';
import { cellUseQuery } from './model/queries.ts';
import { focusGrid } from './parts/focus-grid.ts';
import { WhySheet } from './why/why-sheet.tsx';

/** What lies over the matrix. */
export type MatrixLayer =
  | { kind: 'review' | 'end' | 'discard' }
  | { kind: 'why'; cell: CellPlace }
  | { kind: 'menu'; place: Place; target: HTMLElement };

interface MatrixLayersProps {
  work: AccessWork;
  sides: Sides;
  shown: Shown;
  narrowing: Narrowing;
  applying: Applying;
  layer: MatrixLayer | null;
  /** Those that are selected. */
  cells: readonly CellPlace[];
  onSelect: (selected: Selected) => void;
  onNarrow: (narrowing: Narrowing) => void;
  onClose: () => void;
}

/** The sheet, dialog or menu over the matrix. */
export function MatrixLayers(props: MatrixLayersProps): ReactNode {
  const { work, sides, shown, narrowing, applying, layer, cells, onSelect, onNarrow, onClose } = props;
  const pending = useHeld(work.pending);
  return (
    <>
      {layer?.kind === 'review' && (
        <ReviewSheet
          {...{ work, sides, applying }}
          onClose={() => {
            applying.reset();
            onClose();
          }}
        />
      )}
      {layer?.kind === 'why' && <Why {...{ work, sides }} cell={layer.cell} onClose={onClose} />}
      {layer?.kind === 'end' && (
        <EndDialog
          count={cells.length}
          onChoose={(end) => prepare(work, sides, cells, endingAt(end))}
          onClose={onClose}
        />
      )}
      {layer?.kind === 'menu' && (
        <MatrixMenu
          {...{ work, sides, shown, narrowing }}
          {...layer}
          onSelect={onSelect}
          onNarrow={onNarrow}
          onClose={onClose}
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
          onClose();
          focusGrid();
        }}
        onClose={onClose}
      >
        <p>Nothing of them was made. Access stays as it is.</p>
      </ConfirmDialog>
    </>
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
