import { Table } from '@mantine/core';
import type { KeyboardEvent, ReactNode } from 'react';
import { Breakable } from './breakable.tsx';
import css from './data-table.module.css';
import { RowMenu, type RowAction } from './row-menu.tsx';
import type { OrderValue } from './table-order.ts';

export interface Column<Row> {
  /** Its words in the head; unique in the table. */
  head: string;
  /** The head is for screen readers alone: what stands below it needs none. */
  headHidden?: boolean;
  /** @param name - The row's name, which opens the row where rows can be opened. */
  cell: (row: Row, name: ReactNode) => ReactNode;
  /** What the rows can be sorted by; left out where no order helps anybody. */
  orderBy?: (row: Row) => OrderValue;
  /** Leaves the table in windows that are narrower than so many rem. */
  leavesBelow?: 60 | 54;
  /** In such a row its cell stands for the columns that follow as well. */
  spansRest?: (row: Row) => boolean;
  className?: string | undefined;
}

export interface Selection {
  kind: 'one' | 'several';
  ids: ReadonlySet<string>;
  onChange: (ids: ReadonlySet<string>) => void;
}

/** What a table's rows show, and what can be done with them. */
export interface RowDisplay<Row> {
  columns: readonly Column<Row>[];
  nameOf: (row: Row) => string;
  /** Opens what is known of a row: with a click anywhere in it, or by its name. */
  onOpen?: (row: Row) => void;
  /** Rows of things that have ended. */
  isDim?: (row: Row) => boolean;
  menuOf?: (row: Row) => readonly RowAction[];
  /** Makes it possible to select rows, with their boxes or the space bar. */
  selection?: Selection;
}

interface DataRowProps<Row> extends RowDisplay<Row> {
  row: Row;
  id: string;
  index: number;
  /** Tab reaches the controls of this row alone; arrows move on to those of the others. */
  active: boolean;
  virtual: boolean;
  ref: ((element: HTMLTableRowElement | null) => void) | undefined;
}

/** One row of a table. */
export function DataRow<Row>(props: DataRowProps<Row>): ReactNode {
  const { columns, row, id, index, active, virtual, ref, nameOf, onOpen, isDim, menuOf, selection } = props;
  const tabIndex = active ? 0 : -1;
  const spanning = columns.findIndex(({ spansRest }) => spansRest?.(row) === true);
  const selected = selection?.ids.has(id) ?? false;
  const toggle = (): void => {
    selection?.onChange(toggled(selection, id));
  };
  const onSpace = (event: KeyboardEvent): void => {
    if (selection === undefined || event.key !== ' ' || !(event.target as Element).matches('[data-name]'))
      return;
    event.preventDefault();
    toggle();
  };
  const name = onOpen ? (
    // For the keyboard. A click anywhere in the row does the same.
    <button type="button" data-name tabIndex={tabIndex} className={css['name']} title={nameOf(row)}>
      <Breakable>{nameOf(row)}</Breakable>
    </button>
  ) : (
    <Breakable>{nameOf(row)}</Breakable>
  );
  return (
    <Table.Tr
      ref={ref}
      tabIndex={-1}
      className={css['row']}
      data-index={index}
      data-dim={isDim?.(row) ? true : undefined}
      data-opens={onOpen ? true : undefined}
      data-selected={selected || undefined}
      aria-rowindex={virtual ? index + 2 : undefined}
      onKeyDown={onSpace}
      onClick={onOpen && (() => onOpen(row))}
    >
      {selection && (
        <Table.Td className={css['box']} onClick={stop}>
          <input
            type="checkbox"
            aria-label={`Select ${nameOf(row)}`}
            tabIndex={onOpen ? -1 : tabIndex}
            checked={selected}
            onChange={toggle}
          />
        </Table.Td>
      )}
      {columns.slice(0, spanning + 1 || undefined).map(({ head, cell, leavesBelow, className }, at) => (
        <Table.Td
          key={head}
          data-leaves={leavesBelow}
          className={className}
          colSpan={at === spanning ? columns.length - at : undefined}
        >
          {cell(row, name)}
        </Table.Td>
      ))}
      {menuOf && (
        <Table.Td className={css['menu']} onClick={stop}>
          <RowMenu name={nameOf(row)} actions={menuOf(row)} tabIndex={tabIndex} />
        </Table.Td>
      )}
    </Table.Tr>
  );
}

function stop(event: { stopPropagation: () => void }): void {
  event.stopPropagation();
}

/** The selection after a row was clicked: with it, or without it if it was in it. */
function toggled({ ids, kind }: Selection, id: string): ReadonlySet<string> {
  const next = new Set(kind === 'several' ? ids : []);
  if (ids.has(id)) next.delete(id);
  else next.add(id);
  return next;
}
