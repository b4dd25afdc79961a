import { useState, type ReactNode } from 'react';
import { useCurrentContext } from '../../contexts/queries.ts';
import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import type { Narrowing, Shown } from '../model/filter.ts';
import { focusGrid } from '../parts/focus-grid.ts';
import { columnActions, HeadMenu, rowActions } from '../parts/head-menu.tsx';
import { PrincipalDialog } from '../parts/principal-dialog.tsx';
import { cellKey } from '../model/pending.ts';
import { prepare } from '../model/prepare-cells.ts';
import type { Place, Selected } from '../../../ui/grid/selection.ts';
import { ChooseTemplate } from '../templates/choose-template.tsx';
import { AccessSheet } from '../why/what-can.tsx';
import { WhoCanSheet } from '../why/who-can.tsx';

/** What an item of the menu asks, or shows. */
type Asks = 'copy' | 'compare' | 'list' | 'template';

interface MatrixMenuProps {
  work: AccessWork;
  sides: Sides;
  shown: Shown;
  narrowing: Narrowing;
  /** The head. */
  place: Place;
  target: HTMLElement;
  onSelect: (selected: Selected) => void;
  onNarrow: (narrowing: Narrowing) => void;
  onClose: () => void;
}

/** The menu of a head, and what its items open. */
export function MatrixMenu(props: MatrixMenuProps): ReactNode {
  const { sides, shown, narrowing, place, target, onSelect, onNarrow, onClose } = props;
  const [asks, setAsks] = useState<Asks | null>(null);
  const principal = sides.principals[shown.rows[place.row] ?? -1];
  const repository = sides.repositories[shown.columns[place.column] ?? -1];
  const inside = { row: Math.max(0, place.row), column: Math.max(0, place.column) };
  const leave = (): void => {
    focusGrid();
    onClose();
  };
  const thenLeave = (deed: () => void) => () => {
    deed();
    leave();
  };
  const select = (whole: 'rows' | 'columns') =>
    thenLeave(() => onSelect({ from: inside, to: inside, whole }));
  const sort = (by: 'row' | 'column', name: string) =>
    thenLeave(() => onNarrow({ ...narrowing, sort: { by, name } }));
  const list = (): void => setAsks('list');
  if (principal !== undefined && asks !== null)
    return <AskedOfRow {...props} principal={principal} asks={asks} onLeave={leave} />;
  if (repository !== undefined && asks !== null)
    return <RepositoryList {...props} repository={repository.name} onLeave={leave} />;
  if (principal !== undefined)
    return (
      <HeadMenu
        target={target}
        onClose={leave}
        actions={rowActions({
          ...{ list, selectAll: select('rows'), sort: sort('row', principal.reference) },
          copy: () => setAsks('copy'),
          compare: () => setAsks('compare'),
          template: () => setAsks('template'),
        })}
      />
    );
  if (repository === undefined) return null;
  return (
    <HeadMenu
      target={target}
      onClose={leave}
      actions={columnActions({
        ...{ list, selectAll: select('columns'), sort: sort('column', repository.name) },
      })}
    />
  );
}

interface AskedOfRowProps extends MatrixMenuProps {
  principal: AccessPrincipalSummary;
  asks: Asks;
  onLeave: () => void;
}

/** What a row's menu opens: all that somebody can do, or the choice of another one. */
function AskedOfRow(props: AskedOfRowProps): ReactNode {
  const { work, sides, narrowing, principal, asks, onNarrow, onLeave } = props;
  const context = useCurrentContext() ?? null;
  const { reference, name } = principal;
  if (asks === 'list') {
    const { organization } = work.place;
    return (
      context !== null && <AccessSheet {...{ context, organization, reference, name }} onClose={onLeave} />
    );
  }
  if (asks === 'template')
    return <ChooseTemplate place={work.place} principal={principal} onClose={onLeave} />;
  return (
    <PrincipalDialog
      title={asks === 'copy' ? `Copy the access of ${name}` : `What differs from ${name}`}
      principals={sides.principals}
      but={principal}
      onClose={onLeave}
      onChoose={(other) => {
        if (asks === 'copy') copyAccess(work, sides, principal, other);
        else onNarrow({ ...narrowing, differing: [reference, other], sort: null });
      }}
    >
      {asks === 'copy'
        ? 'Whoever you choose shall have the grants that it has of its own, with their ends. What they have already stays. It is only prepared: you review it before it is made.'
        : 'Shows the repositories where the two may do different things.'}
    </PrincipalDialog>
  );
}

type RepositoryListProps = Pick<MatrixMenuProps, 'work'> & { repository: string; onLeave: () => void };

function RepositoryList({ work, repository, onLeave }: RepositoryListProps): ReactNode {
  const context = useCurrentContext() ?? null;
  const { organization } = work.place;
  return context !== null && <WhoCanSheet {...{ context, organization, repository }} onClose={onLeave} />;
}

/** Prepares that somebody else is granted what a principal is granted alone, in all repositories. */
function copyAccess(
  work: AccessWork,
  sides: Sides,
  { reference }: AccessPrincipalSummary,
  other: string,
): void {
  const rowOf = (name: string): number => sides.principals.findIndex((each) => each.reference === name);
  const [from, to] = [rowOf(reference), rowOf(other)];
  if (from === -1 || to === -1) return;
  const places = sides.repositories.flatMap((_repository, column) => [
    [from, column] as const,
    [to, column] as const,
  ]);
  prepare(work, sides, places, (now, [row, column]) => {
    if (row === from) return null;
    const name = sides.repositories[column]?.name ?? '';
    const cell = work.cells.cell(from, column);
    const model = work.pending.get().changes.get(cellKey(reference, name))?.shall ?? {
      bits: cell?.direct ?? 0,
      end: cell?.directEnd ?? null,
    };
    // What they have already stays, as long as it lasts.
    if ((model.bits & ~now.bits) === 0) return null;
    return { bits: model.bits | now.bits, end: now.bits === 0 ? model.end : now.end };
  });
}
