import { MoreHorizontal } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import type { AccessPrincipalSummary } from '../../../../contracts/ipc/access.ts';
import { PrincipalIcon } from '../../../ui/principal-icon.tsx';
import type { Sides } from '../model/cell-store.ts';
import { roleWords } from '../model/change-words.ts';
import { sectionWords, type Line } from '../model/grid-lines.ts';
import type { Size } from '../../../ui/grid/selection.ts';
import { ofAll } from './filter-bar.tsx';
import css from '../../../ui/grid/grid.module.css';

interface ColumnHeadProps {
  id: string;
  column: number;
  left: number;
  name: string;
  isPublic: boolean;
  /** The name as far as there is room. */
  shown: string;
  /** The keyboard is in its column. */
  isActive: boolean;
  /** The keyboard is on it. */
  isFocused: boolean;
  isSorted: boolean;
}

/** The head of a column: a repository. A click selects the column, its button has what can be done with it. */
export const ColumnHead = memo(function ColumnHead(props: ColumnHeadProps): ReactNode {
  const { id, column, left, name, isPublic, shown, isActive, isFocused, isSorted } = props;
  return (
    <div
      id={id}
      role="columnheader"
      aria-colindex={column + 2}
      aria-sort={isSorted ? 'descending' : undefined}
      className={css['columnHead']}
      data-column={column}
      data-active={isActive || undefined}
      data-focused={isFocused || undefined}
      data-sorted={isSorted || undefined}
      style={{ left }}
      title={isPublic ? `${name} (everybody may pull)` : name}
    >
      <bdi className="kh-hidden">{isPublic ? `${name}, public` : name}</bdi>
      <span className={css['slanted']} aria-hidden="true">
        <bdi>{shown}</bdi>
      </span>
      <span className={css['columnMenu']} data-menu aria-hidden="true">
        <MoreHorizontal size={14} />
      </span>
    </div>
  );
});

interface RowHeadProps {
  id: string;
  principal: AccessPrincipalSummary;
  /** The keyboard is in its row. */
  isActive: boolean;
  /** The keyboard is on it. */
  isFocused: boolean;
  isSorted: boolean;
}

/** The head of a row: who it is. */
export function RowHead({ id, principal, isActive, isFocused, isSorted }: RowHeadProps): ReactNode {
  const { name, kind, email, role, active } = principal;
  const note = active ? (role === null || role === 'member' ? null : roleWords(role)) : 'closed';
  return (
    <div
      id={id}
      role="rowheader"
      aria-colindex={1}
      className={css['rowHead']}
      data-column={-1}
      data-active={isActive || undefined}
      data-focused={isFocused || undefined}
      data-sorted={isSorted || undefined}
      data-closed={!active || undefined}
      title={email === null ? name : `${name}, ${email}`}
    >
      <PrincipalIcon kind={kind} />
      <bdi className={css['rowName']}>{name}</bdi>
      {note !== null && <span className={css['rowNote']}>{note}</span>}
      <span className={css['rowMenu']} data-menu aria-hidden="true">
        <MoreHorizontal size={16} />
      </span>
    </div>
  );
}

/** The head of the rows' heads: how many there are of all. */
export function Corner({ size, sides }: { size: Size; sides: Sides }): ReactNode {
  return (
    <div role="columnheader" aria-colindex={1} className={css['corner']}>
      <span className="kh-hidden">Who</span>
      <span aria-hidden="true">{`${ofAll(size.rows, sides.principals.length)} rows`}</span>
      <span aria-hidden="true">{`${ofAll(size.columns, sides.repositories.length)} repositories`}</span>
    </div>
  );
}

interface SectionRowProps {
  /** Its line, from 1. */
  line: number;
  start: number;
  section: Extract<Line, { section: unknown }>;
  columns: number;
}

/** The line above the groups, the people, the bots. */
export function SectionRow({ line, start, section, columns }: SectionRowProps): ReactNode {
  return (
    <div
      role="row"
      aria-rowindex={line}
      className={css['section']}
      style={{ transform: `translateY(${start}px)` }}
    >
      <div role="rowheader" aria-colindex={1} aria-colspan={columns + 1} className={css['sectionHead']}>
        {sectionWords[section.section]}{' '}
        <span className={css['count']}>{section.count.toLocaleString('en')}</span>
      </div>
    </div>
  );
}
