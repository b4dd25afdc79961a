import { TextInput } from '@mantine/core';
import { defaultRangeExtractor, useVirtualizer, type Virtualizer } from '@tanstack/react-virtual';
import { Check, Search } from 'lucide-react';
import { useId, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { limits } from '../../../contracts/domain/limits.ts';
import { findable, findAll } from '../../lib/search-words.ts';
import { LinesSkeleton } from '../../ui/lines-skeleton.tsx';
import { ContextLines } from './context-lines.tsx';
import css from './context-list.module.css';
import switcherCss from './context-switcher.module.css';
import { ContextTile } from './context-tile.tsx';

/** Height of a row, CSS pixels; the same in context-list.module.css. */
const rowHeight = 48;

/** Space above the first row and below the last, CSS pixels. */
const edge = 4;

/** Rows that Page Up and Page Down pass over. */
const pageRows = 8;

interface ContextListProps {
  /** Null while they are being read; the field is there already. */
  contexts: readonly ContextSummary[] | null;
  onChoose: (contextId: string) => void;
}

/**
 * Finds one of any number of contexts: a field to type in and below it the list, of which only what is in sight is
 * drawn. The focus stays in the field (ARIA 1.2, combobox with a listbox popup).
 */
export function ContextList({ contexts, onChoose }: ContextListProps): ReactNode {
  const [query, setQuery] = useState('');
  const entries = useMemo(
    () => findable(contexts ?? [], ({ name, label, host, userId }) => [name, label, host, userId]),
    [contexts],
  );
  const found = useMemo(() => findAll(entries, query), [entries, query]);
  const [moved, setMoved] = useState<number | null>(null);
  const active = moved ?? Math.max(query === '' ? found.findIndex(({ current }) => current) : 0, 0);
  const listId = useId();
  const optionId = (index: number): string => `${listId}-${String(index)}`;
  const { scroller, rows } = useRows(found.length, active, moved === null);

  const onKeyDown = (event: KeyboardEvent): void => {
    const chosen = found[active];
    if (event.key === 'Enter' && chosen !== undefined) {
      event.preventDefault();
      onChoose(chosen.id);
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
        classNames={{ input: css['input'] ?? '', section: css['count'] ?? '' }}
        variant="unstyled"
        role="combobox"
        aria-label="Search contexts"
        aria-expanded
        aria-controls={listId}
        aria-autocomplete="list"
        aria-activedescendant={found.length > 0 ? optionId(active) : undefined}
        placeholder="Search contexts"
        leftSection={<Search size={16} />}
        rightSection={contexts && <FoundCount found={found.length} all={contexts.length} />}
        rightSectionWidth="auto"
        value={query}
        maxLength={limits.filterMax}
        autoComplete="off"
        spellCheck={false}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.currentTarget.value);
          setMoved(null);
        }}
      />
      {contexts === null && <LinesSkeleton lines={4} />}
      {contexts !== null && found.length === 0 && (
        <p className={css['empty']}>No context has that in its name or host.</p>
      )}
      <div
        ref={scroller}
        id={listId}
        role="listbox"
        aria-label="Contexts"
        tabIndex={-1}
        className={css['list']}
        hidden={found.length === 0}
      >
        <div role="presentation" className={css['rows']} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map(({ index, start }) => {
            const context = found[index];
            if (context === undefined) return null;
            return (
              <div
                key={context.id}
                id={optionId(index)}
                role="option"
                aria-selected={context.current}
                aria-setsize={found.length}
                aria-posinset={index + 1}
                className={css['option']}
                data-active={index === active || undefined}
                style={{ transform: `translateY(${String(start)}px)` }}
                onMouseDown={(event) => {
                  // The field keeps the focus.
                  event.preventDefault();
                }}
                onClick={() => {
                  onChoose(context.id);
                }}
              >
                <ContextTile context={context} />
                <span className={switcherCss['names']}>
                  <ContextLines context={context} />
                </span>
                {context.current && <Check className={css['check']} />}
              </div>
            );
          })}
        </div>
      </div>
    </>
  );
}

/** Where a key leads, from a place in a list of so many; places beyond its ends mean the ends. */
const steps: Readonly<Record<string, (place: number, count: number) => number>> = {
  ArrowDown: (place) => place + 1,
  ArrowUp: (place) => place - 1,
  PageDown: (place) => place + pageRows,
  PageUp: (place) => place - pageRows,
  Home: () => 0,
  End: (_place, count) => count - 1,
};

/**
 * The rows to draw: those in sight, and the active one wherever it is, because the field names it.
 *
 * @param untouched - Nobody has moved in the list yet: the active row comes to its middle.
 */
function useRows(
  count: number,
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
  useLayoutEffect(() => {
    rows.scrollToIndex(active, { align: untouched ? 'center' : 'auto' });
  }, [rows, active, count, untouched]);
  return { scroller, rows };
}

function FoundCount({ found, all }: { found: number; all: number }): ReactNode {
  const words = found === all ? all.toLocaleString() : `${found.toLocaleString()} of ${all.toLocaleString()}`;
  return (
    <span role="status">
      {words} <span className="kh-hidden">contexts</span>
    </span>
  );
}
