import { Table } from '@mantine/core';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { findable, findAll } from '../lib/search-words.ts';
import { DataRow, type Column, type RowDisplay, type Selection } from './data-row.tsx';
import css from './data-table.module.css';
import { FilterField } from './filter-field.tsx';
import { LinesSkeleton } from './lines-skeleton.tsx';
import { ErrorNotice } from './notice.tsx';
import { Card } from './page.tsx';
import { RelativeTime } from './time.tsx';
import { inOrder, nextDirection, type Direction } from './table-order.ts';
import { useDrawnRows } from './use-drawn-rows.ts';
import { useRowKeys } from './use-row-keys.ts';

export type { Column } from './data-row.tsx';

/** The rows, as a query has them. */
export interface Listed<Row> {
  /** Undefined while they are being read. */
  data: readonly Row[] | undefined;
  /** Why they could not be read; null when they could. Those of before stay. */
  error: unknown;
  /** When they were read, milliseconds since 1970. */
  dataUpdatedAt?: number;
  refetch: () => unknown;
}

export interface Filter<Row> {
  /** By what, such as `Filter by name`. */
  label: string;
  /** What there are, such as `repositories`. */
  noun: string;
  /** Shown when nothing has the typed words. */
  noMatch: string;
  /** From so many rows on there is a filter. */
  from: number;
  /** The dialog around it opens with the keyboard in it. */
  autoFocus?: boolean;
  /** By what a row can be found. */
  wordsOf: (row: Row) => readonly (string | null)[];
  /** Where the rows are what somebody else found for the typed words; see `useListSearch`. */
  asked?: AskedFilter | undefined;
}

/** A filter whose words are asked for elsewhere. */
export interface AskedFilter {
  typed: string;
  onType: (typed: string) => void;
  /** How many there are in all, whatever is typed. */
  total: number;
  /** How many have the typed words; null while that is being asked. */
  found: number | null;
  /** How many of these came along. */
  listed: number;
}

interface DataTableProps<Row> extends RowDisplay<Row> {
  /** What it lists, such as `Keys`. */
  label: string;
  list: Listed<Row>;
  idOf: (row: Row) => string;
  /** Shown in place of a table without rows. */
  empty?: ReactNode;
  filter?: Filter<Row>;
  /** Below this width it scrolls sideways, CSS pixels. */
  minWidth?: number;
}

/** From so many rows on the table scrolls by itself under a fixed head. What is below the table stays in reach. */
const longFrom = 30;

/** Rows of the same kind: sorted, filtered, opened and selected by mouse and keyboard. See README.md beside this file. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { empty, filter } = props;
  const { data: rows, error, dataUpdatedAt = 0, refetch } = props.list;
  const [query, setQuery] = useState('');
  const [order, setOrder] = useState<Order | null>(null);
  const wordsOf = filter?.wordsOf;
  const entries = useMemo(() => (wordsOf ? findable(rows ?? [], wordsOf) : null), [rows, wordsOf]);
  const asked = filter?.asked;
  const filtered =
    filter !== undefined && rows !== undefined && (asked !== undefined || rows.length >= filter.from);
  const here = filtered && asked === undefined;
  const found = useMemo(
    () => (here && entries ? findAll(entries, query) : (rows ?? [])),
    [here, entries, query, rows],
  );
  const isNoMatch = asked === undefined ? here && found.length === 0 : asked.found === 0;
  return (
    <>
      {error !== null && (
        <ErrorNotice error={error} retry={() => void refetch()}>
          {rows !== undefined && dataUpdatedAt > 0 && (
            <p>
              What is listed was read <RelativeTime at={new Date(dataUpdatedAt).toISOString()} />.
            </p>
          )}
        </ErrorNotice>
      )}
      {rows === undefined && error === null && <LinesSkeleton lines={4} />}
      {rows?.length === 0 && !isNoMatch && empty}
      {filtered && (
        <div className={css['filter']} role="search" aria-label={`Filter ${filter.noun}`}>
          <FilterField
            label={filter.label}
            value={asked?.typed ?? query}
            onChange={asked?.onType ?? setQuery}
            autoFocus={filter.autoFocus}
          />
          <span className={css['found']} role="status">
            {asked === undefined ? countWords(query, found.length, rows.length) : askedWords(asked)}{' '}
            {filter.noun}
          </span>
        </div>
      )}
      {found.length > 0 && (
        <Rows
          {...props}
          rows={found}
          long={(rows?.length ?? 0) >= longFrom}
          order={order}
          onOrder={setOrder}
        />
      )}
      {filtered && isNoMatch && <p className="kh-dim">{filter.noMatch}</p>}
    </>
  );
}

function countWords(query: string, found: number, all: number): string {
  return `${query === '' ? '' : `${found.toLocaleString()} of `}${all.toLocaleString()}`;
}

function askedWords({ typed, total, found, listed }: AskedFilter): string {
  const all = total.toLocaleString();
  if (found === null) return `Searching ${all}`;
  const isCut = listed < found;
  const shown = `${isCut ? 'The first ' : ''}${listed.toLocaleString()} of ${found.toLocaleString()}`;
  if (typed.trim() === '') return shown;
  return isCut ? `${shown} found, of ${all}` : `${found.toLocaleString()} of ${all}`;
}

/** What the rows are sorted by: the column's head, and how. */
interface Order {
  head: string;
  direction: Direction;
}

interface RowsProps<Row> extends DataTableProps<Row> {
  rows: readonly Row[];
  long: boolean;
  order: Order | null;
  onOrder: (order: Order | null) => void;
}

function Rows<Row>(props: RowsProps<Row>): ReactNode {
  const { label, columns, rows, idOf, selection, menuOf, long, order, onOrder, minWidth } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const orderBy = columns.find(({ head }) => head === order?.head)?.orderBy;
  const shown = useMemo(
    () => (order === null || orderBy === undefined ? rows : inOrder(rows, orderBy, order.direction)),
    [rows, order, orderBy],
  );
  const ids = useMemo(() => shown.map(idOf), [shown, idOf]);
  const { active, body } = useRowKeys(ids);
  const drawn = useDrawnRows(ids, active, scroller);
  return (
    <Card padded={false}>
      <div
        ref={scroller}
        className={css['scroller']}
        data-long={long || undefined}
        data-virtual={drawn.virtual || undefined}
        {...(long ? { role: 'region', 'aria-label': `List of ${label.toLowerCase()}`, tabIndex: 0 } : {})}
      >
        <Table
          horizontalSpacing="md"
          verticalSpacing="sm"
          aria-label={label}
          style={{ minWidth }}
          highlightOnHover={props.onOpen !== undefined}
          aria-rowcount={drawn.virtual ? ids.length + 1 : undefined}
        >
          <Table.Thead>
            <Table.Tr>
              {selection && (
                <Table.Th className={css['box']}>
                  {selection.kind === 'several' && <SelectAll selection={selection} shown={ids} />}
                </Table.Th>
              )}
              {columns.map((column) => (
                <Head
                  key={column.head}
                  column={column}
                  direction={column.head === order?.head ? order.direction : null}
                  onSort={(direction) => onOrder(direction && { head: column.head, direction })}
                />
              ))}
              {menuOf && (
                <Table.Th className={css['menu']}>
                  <span className="kh-hidden">Actions</span>
                </Table.Th>
              )}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody {...body}>
            {drawn.rows.map(({ index, gapAbove }) => {
              const row = shown[index];
              const id = ids[index];
              if (row === undefined || id === undefined) return null;
              return [
                gapAbove > 0 && <Gap key={`above ${id}`} height={gapAbove} />,
                <DataRow
                  {...props}
                  key={id}
                  ref={drawn.measure}
                  row={row}
                  id={id}
                  index={index}
                  active={index === active}
                  virtual={drawn.virtual}
                />,
              ];
            })}
            {drawn.gapBelow > 0 && <Gap height={drawn.gapBelow} />}
          </Table.Tbody>
        </Table>
      </div>
    </Card>
  );
}

interface HeadProps<Row> {
  column: Column<Row>;
  direction: Direction | null;
  onSort: (direction: Direction | null) => void;
}

function Head<Row>({ column, direction, onSort }: HeadProps<Row>): ReactNode {
  const { head, headHidden = false, orderBy, leavesBelow } = column;
  return (
    <Table.Th data-leaves={leavesBelow} aria-sort={direction ?? undefined}>
      {orderBy === undefined && <span className={headHidden ? 'kh-hidden' : undefined}>{head}</span>}
      {orderBy !== undefined && (
        <button
          type="button"
          className={css['sort']}
          data-direction={direction ?? undefined}
          onClick={() => onSort(nextDirection(direction))}
        >
          {head}
        </button>
      )}
    </Table.Th>
  );
}

/** Selects every row that the filter shows, or none of them; what the filter hides stays as it is. */
function SelectAll({ selection, shown }: { selection: Selection; shown: readonly string[] }): ReactNode {
  const { ids, onChange } = selection;
  const all = shown.every((id) => ids.has(id));
  const some = !all && shown.some((id) => ids.has(id));
  return (
    <input
      type="checkbox"
      aria-label="Select all"
      checked={all}
      ref={(box) => {
        if (box !== null) box.indeterminate = some;
      }}
      onChange={() => {
        const next = new Set(ids);
        for (const id of shown) {
          if (all) next.delete(id);
          else next.add(id);
        }
        onChange(next);
      }}
    />
  );
}

/** Stands for the rows that are not drawn. One cell: more than the columns in sight would make further ones. */
function Gap({ height }: { height: number }): ReactNode {
  return (
    <tr aria-hidden="true">
      <td className={css['gap']} style={{ height }} />
    </tr>
  );
}
