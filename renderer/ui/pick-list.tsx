import { TextInput } from '@mantine/core';
import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { Search } from 'lucide-react';
import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { limits } from '../../contracts/domain/limits.ts';
import { findable, findAll } from '../lib/search-words.ts';
import { LinesSkeleton } from './lines-skeleton.tsx';
import { listSteps } from './list-steps.ts';
import css from './pick-list.module.css';

/** Space above the first row and below the last, CSS pixels. */
const edge = 4;

const steps = listSteps(8);

/** What a list is made of; the same object at each drawing. */
export interface PickListKind<Item> {
  /** What there are, such as `contexts`. */
  noun: string;
  /** Shown when nothing has the typed words. */
  noMatch: string;
  /** Height of a row, CSS pixels. */
  rowHeight: number;
  idOf: (item: Item) => string;
  /** By what an item can be found. */
  wordsOf: (item: Item) => readonly (string | null)[];
  /** What the typed words themselves name, behind all that has them. */
  typed?: (query: string) => readonly Item[];
}

interface PickListProps<Item> {
  kind: PickListKind<Item>;
  /** Null while they are being read; the field is there already. */
  items: readonly Item[] | null;
  /** Id of the one where the list begins. */
  current: string | null;
  /** As high as the window lets it be, and not only a few rows. */
  tall?: boolean;
  /** Told what is typed, where more than `items` can be asked for. */
  onType?: (query: string) => void;
  /** More is asked for just now: that nothing matches is not known. */
  searching?: boolean;
  onChoose: (id: string) => void;
  /** What a row shows. While the list scrolls, nothing should be asked for. */
  children: (item: Item, scrolls: boolean) => ReactNode;
}

/**
 * Finds one of any number of things: a field to type in and below it the list, of which only what is in sight is
 * drawn. The focus stays in the field (ARIA 1.2, combobox with a listbox popup).
 */
export function PickList<Item>(props: PickListProps<Item>): ReactNode {
  const { kind, items, current, tall = false, onType, searching = false, onChoose, children } = props;
  const [query, setQuery] = useState('');
  const entries = useMemo(() => findable(items ?? [], kind.wordsOf), [items, kind]);
  const found = useMemo(
    () => [...findAll(entries, query), ...(kind.typed?.(query) ?? [])],
    [entries, query, kind],
  );
  const [moved, setMoved] = useState<number | null>(null);
  const begin = query === '' ? found.findIndex((item) => kind.idOf(item) === current) : 0;
  const active = Math.min(moved ?? Math.max(begin, 0), Math.max(found.length - 1, 0));
  const listId = useId();
  const optionId = (index: number): string => `${listId}-${String(index)}`;
  const { scroller, rows } = useRows(found.length, kind.rowHeight, active, moved === null);

  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = found[active];
    if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      onChoose(kind.idOf(chosen));
      return;
    }
    const step = steps[event.key];
    if (step === undefined || found.length === 0) return;
    event.preventDefault();
    setMoved(Math.min(Math.max(step(active, found.length), 0), found.length - 1));
  };
  return (
    <>
      <TextInput
        data-autofocus
        autoFocus
        classNames={{ input: css['input'] ?? '', section: css['count'] ?? '' }}
        variant="unstyled"
        role="combobox"
        aria-label={`Search ${kind.noun}`}
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        placeholder={`Search ${kind.noun}`}
        leftSection={<Search size={16} />}
        rightSection={items && <FoundCount noun={kind.noun} found={found.length} all={items.length} />}
        rightSectionWidth="auto"
        value={query}
        maxLength={limits.filterMax}
        autoComplete="off"
        spellCheck={false}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setMoved(null);
          onType?.(event.currentTarget.value);
        }}
      />
      {(items === null || (searching && found.length === 0)) && (
        <div className={css['loading']}>
          <LinesSkeleton lines={4} />
        </div>
      )}
      {items !== null && !searching && found.length === 0 && <p className={css['empty']}>{kind.noMatch}</p>}
      <div
        ref={scroller}
        id={listId}
        role="listbox"
        aria-label={kind.noun.charAt(0).toUpperCase() + kind.noun.slice(1)}
        tabIndex={-1}
        className={css['list']}
        data-tall={tall || undefined}
        hidden={found.length === 0}
      >
        <div role="presentation" className={css['rows']} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const item = found[index];
            if (item === undefined) return null;
            const id = kind.idOf(item);
            return (
              <div
                key={id}
                id={optionId(index)}
                role="option"
                aria-selected={id === current}
                aria-setsize={found.length}
                aria-posinset={index + 1}
                className={css['option']}
                data-active={index === active || undefined}
                style={{ height: kind.rowHeight, transform: `translateY(${String(start)}px)` }}
                onMouseDown={(event) => {
                  // The field keeps the focus.
                  event.preventDefault();
                }}
                onClick={() => onChoose(id)}
              >
                {children(item, rows.isScrolling)}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/**
 * The rows to draw: those in sight, and the active one wherever it is, because the field names it.
 *
 * @param untouched - Nobody has moved in the list yet: the active row comes to its middle.
 */
function useRows(
  count: number,
  rowHeight: number,
  active: number,
  untouched: boolean,
): { scroller: (element: HTMLDivElement | null) => void; rows: Virtualizer<HTMLDivElement, Element> } {
  const element = useRef<HTMLDivElement | null>(null);
  const rows = useVirtualizer({
    count,
    estimateSize: () => rowHeight,
    getScrollElement: () => element.current,
    overscan: 4,
    paddingStart: edge,
    paddingEnd: edge,
    scrollPaddingStart: edge,
    scrollPaddingEnd: edge,
    rangeExtractor: (range) =>
      [...new Set([...defaultRangeExtractor(range), active])].filter((row) => row < count),
  });
  const scroller = (next: HTMLDivElement | null): void => {
    element.current = next;
  };
  useLayoutEffect(
    () => rows.scrollToIndex(active, { align: untouched ? 'center' : 'auto' }),
    [rows, active, count, untouched],
  );
  return { scroller, rows };
}

function FoundCount({ noun, found, all }: { noun: string; found: number; all: number }): ReactNode {
  const words = found === all ? all.toLocaleString() : `${found.toLocaleString()} of ${all.toLocaleString()}`;
  return (
    <span role="status">
      {words} <span className="kh-hidden">{noun}</span>
    </span>
  );
}
