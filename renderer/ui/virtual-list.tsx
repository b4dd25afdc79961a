import { useVirtualizer } from '@tanstack/react-virtual';
import { useRef, type ReactNode } from 'react';
import css from './virtual-list.module.css';

interface VirtualListProps<Item> {
  label: string;
  items: readonly Item[];
  keyOf: (item: Item) => string;
  /** Height of most rows, CSS pixels; each is measured once it is drawn. */
  rowHeight: number;
  /** Frame and greatest height of the list. */
  className: string | undefined;
  children: (item: Item) => ReactNode;
}

/** A list to look through, of any length, that scrolls on its own: only the rows in sight are drawn. */
export function VirtualList<Item>(props: VirtualListProps<Item>): ReactNode {
  const { label, items, keyOf, rowHeight, className, children } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    estimateSize: () => rowHeight,
    getScrollElement: () => scroller.current,
    overscan: 5,
  });
  return (
    <div
      ref={scroller}
      className={`${css['scroller'] ?? ''} ${className ?? ''}`}
      role="region"
      aria-label={label}
      tabIndex={0}
    >
      <div className={css['rows']} role="list" style={{ height: rows.getTotalSize() }}>
        {rows.getVirtualItems().map(({ index, start }) => {
          const item = items[index];
          if (item === undefined) return null;
          return (
            <div
              key={keyOf(item)}
              ref={rows.measureElement}
              data-index={index}
              role="listitem"
              aria-setsize={items.length}
              aria-posinset={index + 1}
              className={css['row']}
              style={{ transform: `translateY(${String(start)}px)` }}
            >
              {children(item)}
            </div>
          );
        })}
      </div>
    </div>
  );
}
