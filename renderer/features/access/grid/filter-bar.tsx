import { NativeSelect, Popover } from '@mantine/core';
import { ListFilter } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import { Button } from '../../../ui/button.tsx';
import { FilterField } from '../../../ui/filter-field.tsx';
import { ProgressBar } from '../../../ui/progress-bar.tsx';
import css from '../parts/access.module.css';
import type { Sides } from '../model/cell-store.ts';
import { everything, kinds, soonDays, type Narrowing, type Shown } from '../model/filter.ts';
import { focusGrid } from '../parts/focus-grid.ts';
import { sectionWords } from '../model/grid-lines.ts';

interface FilterBarProps {
  sides: Sides;
  shown: Shown;
  narrowing: Narrowing;
  onChange: (narrowing: Narrowing) => void;
}

/** Narrows both sides of the matrix: words on each, and what else in a layer. */
export function FilterBar({ sides, shown, narrowing, onChange }: FilterBarProps): ReactNode {
  const set = (part: Partial<Narrowing>): void => onChange({ ...narrowing, ...part });
  return (
    <div className={css['filters']} role="search" aria-label="Filter the matrix">
      <FilterField
        label="Filter by name"
        value={narrowing.rowWords}
        onChange={(rowWords) => set({ rowWords })}
      />
      <FilterField
        label="Filter repositories"
        value={narrowing.columnWords}
        onChange={(columnWords) => set({ columnWords })}
      />
      <MoreFilters sides={sides} narrowing={narrowing} set={set} />
      <span className="kh-hidden" role="status">
        {countWords(sides, shown)}
      </span>
    </div>
  );
}

function countWords({ principals, repositories }: Sides, { rows, columns }: Shown): string {
  return `${ofAll(rows.length, principals.length)} rows, ${ofAll(columns.length, repositories.length)} repositories`;
}

/** `12 of 340`, or `340` where all are shown. */
export function ofAll(shown: number, all: number): string {
  const count = all.toLocaleString('en');
  return shown === all ? count : `${shown.toLocaleString('en')} of ${count}`;
}

interface MoreFiltersProps {
  sides: Sides;
  narrowing: Narrowing;
  set: (part: Partial<Narrowing>) => void;
}

function MoreFilters({ sides, narrowing, set }: MoreFiltersProps): ReactNode {
  const [opened, setOpened] = useState(false);
  const { kind, memberOf, has, differing, sort } = narrowing;
  const groups = sides.principals.filter((principal) => principal.kind === 'group');
  const count = [kind !== 'all', memberOf !== null, has !== 'all', differing !== null].filter(Boolean).length;
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-end" width={280} trapFocus returnFocus>
      <Popover.Target>
        <Button size="large" icon={<ListFilter size={16} />} onClick={() => setOpened(!opened)}>
          {count === 0 ? 'Filters' : `Filters (${count})`}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Filters">
        <div className="kh-stack" data-gap="3">
          <NativeSelect
            label="Show"
            value={kind}
            data={[
              { value: 'all', label: 'Groups, people and bots' },
              ...kinds.map((each) => ({ value: each, label: sectionWords[each] })),
            ]}
            onChange={(event) => set({ kind: event.currentTarget.value as Narrowing['kind'] })}
          />
          <NativeSelect
            label="Members of"
            value={memberOf ?? ''}
            data={[
              { value: '', label: 'Any group, or none' },
              ...groups.map(({ reference, name }) => ({ value: reference, label: name })),
            ]}
            onChange={(event) => set({ memberOf: event.currentTarget.value || null })}
          />
          <NativeSelect
            label="With access that"
            value={has}
            data={[
              { value: 'all', label: 'Is any, or none' },
              { value: 'push', label: 'Has push' },
              { value: 'ends', label: `Ends within ${soonDays} days` },
              { value: 'unused', label: 'Has no noted use' },
              { value: 'pending', label: 'Has pending changes' },
            ]}
            onChange={(event) => set({ has: event.currentTarget.value as Narrowing['has'] })}
          />
          {(count > 0 || sort !== null) && (
            <Button
              size="small"
              onClick={() => {
                setOpened(false);
                const { rowWords, columnWords } = narrowing;
                set({ ...everything, rowWords, columnWords });
              }}
            >
              Show all, in the usual order
            </Button>
          )}
        </div>
      </Popover.Dropdown>
    </Popover>
  );
}

interface NarrowedLineProps {
  sides: Sides;
  narrowing: Narrowing;
  reading: { done: number; total: number } | null;
  isPart: boolean;
  isUntold: boolean;
  onChange: (narrowing: Narrowing) => void;
}

/** Says what is shown beside what the fields say, and how far it is read. */
export function NarrowedLine(props: NarrowedLineProps): ReactNode {
  const { sides, narrowing, reading, isPart, isUntold, onChange } = props;
  const { has, differing, sort } = narrowing;
  const nameOf = (reference: string): string =>
    sides.principals.find((principal) => principal.reference === reference)?.name ?? reference;
  const words = [
    differing === null ? [] : `Where ${nameOf(differing[0])} and ${nameOf(differing[1])} differ.`,
    sort === null ? [] : `By access ${sort.by === 'column' ? `to ${sort.name}` : `of ${nameOf(sort.name)}`}.`,
    has === 'unused' && !isUntold ? 'Grants through which no pull or push is noted.' : [],
    isUntold ? 'The service does not tell what was used.' : [],
    has === 'pending' ? 'Where changes were pending when you chose it.' : [],
    isPart ? 'Some cells could not be read, or are too many: they are not among what is shown.' : [],
  ].flat();
  if (words.length === 0 && reading === null) return null;
  return (
    <div className={css['narrowed']}>
      {reading !== null && (
        <>
          <span className={css['progress']}>
            <ProgressBar label="Reading access" done={reading.done} total={reading.total} />
          </span>
          <span className="kh-dim">Reading access…</span>
        </>
      )}
      {words.length > 0 && <span role="status">{words.join(' ')}</span>}
      <Button
        size="small"
        kind="quiet"
        onClick={() => {
          focusGrid();
          onChange({ ...narrowing, has: 'all', differing: null, sort: null });
        }}
      >
        {reading === null ? 'Show all' : 'Cancel'}
      </Button>
    </div>
  );
}
