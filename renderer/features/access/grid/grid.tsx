import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useId, useMemo, useSyncExternalStore, type MouseEvent, type ReactNode } from 'react';
import type { AccessWork } from '../model/access-work.ts';
import type { Sides } from '../model/cell-store.ts';
import type { Narrowing, Shown } from '../model/filter.ts';
import { ColumnHead, Corner, SectionRow } from './grid-heads.tsx';
import { onGridKey, type GridDeeds } from './grid-keys.ts';
import { GridRow } from './grid-row.tsx';
import css from '../../../ui/grid/grid.module.css';
import { useDrag } from './use-drag.ts';
import { useSight } from '../../../ui/grid/use-sight.ts';
import { headHeight, headLetters, linesOf, shortName, sizes, type Line } from '../model/grid-lines.ts';
import type { Pending } from '../model/pending.ts';
import { areaOf, at, within, type Place, type Selected, type Size } from '../../../ui/grid/selection.ts';

interface GridProps {
  work: AccessWork;
  sides: Sides;
  shown: Shown;
  sort: Narrowing['sort'];
  pending: Pending;
  selected: Selected;
  deeds: GridDeeds;
  now: number;
}

/** Who may do what on which repository: drawn where it is in sight, read where it is drawn. */
export function Grid({
  work,
  sides,
  shown,
  sort,
  pending,
  selected: asked,
  deeds,
  now,
}: GridProps): ReactNode {
  const gridId = useId();
  const lines = useMemo(() => linesOf(sides, shown), [sides, shown]);
  const size: Size = { rows: shown.rows.length, columns: shown.columns.length };
  const selected = within(asked, size);
  const active = selected.to;
  const area = areaOf(selected, size);
  const version = useSyncExternalStore(work.cells.subscribe, work.cells.snapshot);
  const narrow = useMediaQuery('(max-width: 60rem)', false, { getInitialValueInEffect: false });
  const rowHead = narrow ? sizes.rowHeadNarrow : sizes.rowHead;
  const { organization } = work.place;
  const low = useMediaQuery('(max-height: 40rem)', false, { getInitialValueInEffect: false });
  const letters = low ? headLetters.low : headLetters.usual;
  const head = useMemo(
    () => headHeight(sides, shown, organization, letters),
    [sides, shown, organization, letters],
  );
  const { scroller, rows, columns } = useSight(lines, size, active, { ...sizes, rowHead, head });
  const drawnRows = rows.getVirtualItems();
  const drawnColumns = columns.getVirtualItems();
  const columnPlaces = shown.columns;

  useEffect(() => {
    work.cells.want(
      drawnRows.flatMap(({ index }) => placeOf(lines[index], shown) ?? []),
      drawnColumns.flatMap(({ index }) => columnPlaces[index] ?? []),
    );
  }, [work, version, drawnRows, drawnColumns, lines, shown, columnPlaces]);

  const { hasDragged, ...drag } = useDrag(placeAt, deeds.select);
  const onClick = (event: MouseEvent): void => {
    const place = placeAt(event.target);
    if (place === null || hasDragged()) return;
    if (place.row === -1 || place.column === -1) {
      if ((event.target as Element).closest('[data-menu]') !== null) deeds.menu(place);
      else deeds.select(headSelection(place));
    } else if (event.shiftKey) deeds.select({ ...selected, to: place, whole: null });
    else if (event.ctrlKey || event.metaKey) deeds.select(at(place));
    else {
      deeds.select(at(place));
      deeds.cycle(place);
    }
  };
  const variables = {
    '--row': `${sizes.row}px`,
    '--section': `${sizes.section}px`,
    '--column': `${sizes.column}px`,
    '--head': `${head}px`,
    '--row-head': `${rowHead}px`,
  };
  return (
    <div className={css['frame']}>
      <div
        ref={scroller}
        role="grid"
        aria-label="Who may do what"
        aria-multiselectable
        aria-rowcount={lines.length + 1}
        aria-colcount={size.columns + 1}
        aria-activedescendant={size.rows === 0 ? undefined : `${gridId}_${active.row}_${active.column}`}
        tabIndex={0}
        className={css['grid']}
        style={variables as object}
        onClick={onClick}
        {...drag}
        onKeyDown={(event) => {
          const page = Math.max(1, Math.floor((rows.scrollRect?.height ?? 0) / sizes.row) - 5);
          onGridKey(event, { selected, size, page, deeds });
        }}
      >
        <div
          role="presentation"
          className={css['sizer']}
          style={{ width: columns.getTotalSize(), height: rows.getTotalSize() }}
        >
          <div role="row" aria-rowindex={1} className={css['headRow']} data-row={-1}>
            <Corner {...{ size, sides }} />
            {drawnColumns.map(({ index, start }) => {
              const repository = sides.repositories[columnPlaces[index] ?? -1];
              if (repository === undefined) return null;
              return (
                <ColumnHead
                  key={index}
                  id={`${gridId}_-1_${index}`}
                  column={index}
                  left={start}
                  name={repository.name}
                  isPublic={repository.public}
                  shown={shortName(repository.name, organization, letters)}
                  isActive={active.column === index}
                  isFocused={active.column === index && active.row === -1}
                  isSorted={sort?.by === 'column' && sort.name === repository.name}
                />
              );
            })}
          </div>
          {drawnRows.map(({ index, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            if ('section' in line)
              return (
                <SectionRow
                  key={line.section}
                  line={index + 2}
                  start={start}
                  section={line}
                  columns={size.columns}
                />
              );
            const place = shown.rows[line.row] ?? -1;
            const isSelected = area !== null && line.row >= area.top && line.row <= area.bottom;
            return (
              <GridRow
                key={sides.principals[place]?.reference}
                gridId={gridId}
                row={line.row}
                line={index + 2}
                start={start}
                sides={sides}
                place={place}
                columns={drawnColumns}
                columnPlaces={columnPlaces}
                cells={work.cells}
                version={version}
                pending={pending}
                selectedFrom={isSelected ? area.left : -1}
                selectedTo={isSelected ? area.right : -1}
                activeColumn={line.row === active.row ? active.column : null}
                isSorted={sort?.by === 'row' && sort.name === sides.principals[place]?.reference}
                now={now}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** A click on a head selects all that it is the head of. */
function headSelection(place: Place): Selected {
  const inside = { row: Math.max(0, place.row), column: Math.max(0, place.column) };
  return { from: inside, to: inside, whole: place.row === -1 ? 'columns' : 'rows' };
}

function placeOf(line: Line | undefined, { rows }: Shown): number | undefined {
  return line === undefined || 'section' in line ? undefined : rows[line.row];
}

/** Among the shown rows and columns; null beside them. */
function placeAt(target: EventTarget): Place | null {
  const element = target instanceof Element ? target : null;
  const row = element?.closest<HTMLElement>('[data-row]')?.dataset['row'];
  const column = element?.closest<HTMLElement>('[data-column]')?.dataset['column'];
  return row === undefined || column === undefined ? null : { row: Number(row), column: Number(column) };
}
