import { useMediaQuery } from '@mantine/hooks';
import { useId, useMemo, type KeyboardEvent, type MouseEvent, type ReactNode } from 'react';
import { operationWords } from '../../../../contracts/permissions/catalogue.ts';
import { printable } from '../../../../contracts/domain/printable.ts';
import { isOfKey, type OperationId } from '../../../../contracts/permissions/operations.ts';
import { counted } from '../../../lib/format.ts';
import { slantedHeight, cutInMiddle } from '../../../ui/grid/heads.ts';
import gridCss from '../../../ui/grid/grid.module.css';
import { moved, type Place } from '../../../ui/grid/selection.ts';
import { useSight } from '../../../ui/grid/use-sight.ts';
import { operationName } from '../model/words.ts';
import { answerTo, type Asked } from './answer.ts';
import { changeOf, cellWords, lines, rows, sectionWords } from './heat-map-lines.ts';
import { Sign } from './sign.tsx';
import css from './simulator.module.css';

/** CSS pixels. `lean`: how far the last column's head leans beyond it. */
const sizes = { row: 30, section: 26, column: 34, lean: 72 };
const rowHeads = { usual: 176, narrow: 144 };
/** Letters of a key's id that fit into a column's head. */
const letters = 20;

interface HeatMapProps {
  asked: Asked;
  /** Those of its columns. */
  keyIds: readonly string[];
  operation: OperationId;
  keyId: string | null;
  /** Asks about another cell. */
  onAsk: (operation: OperationId, keyId: string | null) => void;
  /** Takes the keyboard to the answer. */
  onWhy: () => void;
}

/** Each operation with each key: allowed or not, by signs that need no colour. Drawn where it is in sight. */
export function HeatMap(props: HeatMapProps): ReactNode {
  const { asked, keyIds, operation, keyId, onAsk, onWhy } = props;
  const gridId = useId();
  const narrow = useMediaQuery('(max-width: 60rem)', false, { getInitialValueInEffect: false });
  const rowHead = narrow ? rowHeads.narrow : rowHeads.usual;
  const head = useMemo(
    () => slantedHeight(keyIds.reduce((most, id) => Math.max(most, Math.min(letters, id.length)), 0)),
    [keyIds],
  );
  // Operations of no key have one cell, as those of keys have where no key is known.
  const size = { rows: rows.length, columns: Math.max(1, keyIds.length) };
  const active: Place = {
    row: rows.indexOf(operation),
    column: isOfKey(operation) && keyId !== null ? Math.max(0, keyIds.indexOf(keyId)) : 0,
  };
  const { scroller, rows: drawnRows, columns } = useSight(lines, size, active, { ...sizes, rowHead, head });
  const drawnColumns = columns.getVirtualItems();
  const show = ({ row, column }: Place): void => {
    const next = rows[row];
    if (next === undefined) return;
    // Where a row has one cell, the column stays for the rows that have more.
    onAsk(next, keyIds[Math.max(0, column)] ?? null);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey) return;
    const { key } = event;
    const page = Math.max(1, Math.floor((drawnRows.scrollRect?.height ?? 0) / sizes.row) - 4);
    const ctrlKey = event.ctrlKey || event.metaKey;
    const column = keyId === null ? 0 : Math.max(0, keyIds.indexOf(keyId));
    const target = moved({ ...active, column }, { key, ctrlKey }, size, page);
    const isWhy = !ctrlKey && (key === 'Enter' || key.toLowerCase() === 'w');
    if (target === null && !isWhy) return;
    event.preventDefault();
    event.stopPropagation();
    if (target === null) onWhy();
    else show({ row: Math.max(0, target.row), column: target.column });
  };
  const onClick = ({ target }: MouseEvent): void => {
    const element =
      target instanceof Element ? target.closest<HTMLElement>('[data-row] [data-column]') : null;
    const row = element?.closest<HTMLElement>('[data-row]')?.dataset['row'];
    if (row !== undefined) show({ row: Number(row), column: Number(element?.dataset['column']) });
  };
  const variables = {
    '--row': `${sizes.row}px`,
    '--section': `${sizes.section}px`,
    '--column': `${sizes.column}px`,
    '--head': `${head}px`,
    '--row-head': `${rowHead}px`,
  };
  return (
    <div className={`${gridCss['frame'] ?? ''} ${css['map'] ?? ''}`}>
      <div
        ref={scroller}
        role="grid"
        aria-label="Operations by keys"
        aria-rowcount={lines.length + 1}
        aria-colcount={size.columns + 1}
        aria-activedescendant={`${gridId}_${active.row}_${active.column}`}
        tabIndex={0}
        className={gridCss['grid']}
        style={variables as object}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        <div
          role="presentation"
          className={gridCss['sizer']}
          style={{ width: columns.getTotalSize(), height: drawnRows.getTotalSize() }}
        >
          <div role="row" aria-rowindex={1} className={gridCss['headRow']}>
            <div role="columnheader" aria-colindex={1} className={gridCss['corner']}>
              <span className="kh-hidden">Operation</span>
              <span aria-hidden="true">
                {keyIds.length === 0 ? 'No key known' : counted(keyIds.length, 'key')}
              </span>
            </div>
            {drawnColumns.map(({ index, start }) => {
              const id = keyIds[index];
              if (id === undefined) return null;
              return (
                <div
                  key={id}
                  role="columnheader"
                  aria-colindex={index + 2}
                  className={gridCss['columnHead']}
                  data-active={(isOfKey(operation) && active.column === index) || undefined}
                  style={{ left: start }}
                  title={id}
                >
                  <span className="kh-hidden">{id}</span>
                  <span className={gridCss['slanted']} aria-hidden="true">
                    {cutInMiddle(id, letters)}
                  </span>
                </div>
              );
            })}
          </div>
          {drawnRows.getVirtualItems().map(({ index, start }) => {
            const line = lines[index];
            if (line === undefined) return null;
            const at = { transform: `translateY(${start}px)` };
            if ('section' in line)
              return (
                <div
                  key={line.section}
                  role="row"
                  aria-rowindex={index + 2}
                  className={gridCss['section']}
                  style={at}
                >
                  <div
                    role="rowheader"
                    aria-colindex={1}
                    aria-colspan={size.columns + 1}
                    className={gridCss['sectionHead']}
                  >
                    {sectionWords[line.section]}
                  </div>
                </div>
              );
            const of = rows[line.row];
            if (of === undefined) return null;
            return (
              <div
                key={of}
                role="row"
                aria-rowindex={index + 2}
                className={gridCss['row']}
                data-row={line.row}
                style={at}
              >
                <div
                  role="rowheader"
                  aria-colindex={1}
                  className={gridCss['rowHead']}
                  data-active={of === operation || undefined}
                  title={operationWords(of)}
                >
                  <span className={gridCss['rowName']}>{operationName(of)}</span>
                </div>
                {isOfKey(of) && keyIds.length > 0 ? (
                  drawnColumns.map(({ index: column, start: left }) => {
                    const id = keyIds[column];
                    if (id === undefined) return null;
                    return (
                      <Cell
                        key={id}
                        id={`${gridId}_${line.row}_${column}`}
                        column={column}
                        left={left}
                        asked={asked}
                        operation={of}
                        keyId={id}
                        isActive={of === operation && column === active.column}
                      />
                    );
                  })
                ) : (
                  <WideCell
                    id={`${gridId}_${line.row}_0`}
                    asked={asked}
                    operation={of}
                    columns={size.columns}
                    isActive={of === operation}
                  />
                )}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}

interface CellProps {
  id: string;
  asked: Asked;
  operation: OperationId;
  isActive: boolean;
}

function Cell(props: CellProps & { column: number; left: number; keyId: string }): ReactNode {
  const { id, column, left, asked, operation, keyId, isActive } = props;
  const before = answerTo(asked.held, operation, keyId);
  const decision = asked.after === null ? before : answerTo(asked.after, operation, keyId);
  const change = changeOf(before, decision);
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={column + 2}
      aria-label={cellWords(decision, change)}
      aria-selected={isActive}
      className={`${gridCss['cell'] ?? ''} ${css['cell'] ?? ''}`}
      data-column={column}
      data-active={isActive || undefined}
      data-answer={decision?.because ?? 'unknown'}
      data-pending={change === null ? undefined : true}
      style={{ left }}
    >
      <Sign decision={decision} />
    </div>
  );
}

/** The one cell of an operation that is about no key, or whose keys nobody knows: with the rule that decides. */
function WideCell({ id, asked, operation, columns, isActive }: CellProps & { columns: number }): ReactNode {
  const isUnknown = isOfKey(operation);
  const before = isUnknown ? null : answerTo(asked.held, operation, null);
  const decision = asked.after === null || isUnknown ? before : answerTo(asked.after, operation, null);
  const change = changeOf(before, decision);
  return (
    <div
      id={id}
      role="gridcell"
      aria-colindex={2}
      aria-colspan={columns}
      aria-label={isUnknown ? 'not known: name a key' : cellWords(decision, change)}
      aria-selected={isActive}
      className={css['wide']}
      data-column={0}
      data-active={isActive || undefined}
      data-answer={decision?.because ?? 'unknown'}
      data-pending={change === null ? undefined : true}
    >
      <span className={css['wideSign']}>
        <Sign decision={decision} />
      </span>
      <span className={css['wideWords']}>
        {decision !== null && 'by' in decision ? (
          <code>{printable(decision.by.text, Infinity)}</code>
        ) : (
          isUnknown && 'name a key'
        )}
      </span>
    </div>
  );
}
