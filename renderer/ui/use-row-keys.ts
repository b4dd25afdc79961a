import {
  useLayoutEffect,
  useRef,
  useState,
  type FocusEvent,
  type KeyboardEvent,
  type RefObject,
} from 'react';
import { listSteps } from './list-steps.ts';

const steps = listSteps(10);

function rowAt(target: Element | null): HTMLTableRowElement | null {
  return target?.closest<HTMLTableRowElement>('tr[data-index]') ?? null;
}

function controlsOf(row: HTMLElement): HTMLElement[] {
  return [...row.querySelectorAll<HTMLElement>('button, a[href], input')];
}

/** Whether the keys belong to what has the focus: an open menu, or a field in which text is typed. */
function takesKeys(target: Element): boolean {
  return target.closest('[role="menu"], select, textarea, input:not([type="checkbox"])') !== null;
}

interface RowKeys {
  /** Index of the row whose controls the Tab key reaches. */
  active: number;
  /** For the table's body. */
  body: {
    ref: RefObject<HTMLTableSectionElement | null>;
    onKeyDown: (event: KeyboardEvent) => void;
    onFocus: (event: FocusEvent) => void;
    onBlur: () => void;
  };
}

/**
 * The keyboard in a table: arrows, Page Up and Down, Home and End go from row to row and keep to the column of controls.
 * The row that has the focus keeps it while the rows are read anew, sorted or filtered; when it goes away, the row that
 * took its place has it.
 *
 * @param ids - Ids of the rows, in the order they are shown.
 */
export function useRowKeys(ids: readonly string[]): RowKeys {
  const ref = useRef<HTMLTableSectionElement>(null);
  const [last, setLast] = useState({ id: '', index: 0 });
  const found = ids.indexOf(last.id);
  const active = found === -1 ? Math.max(0, Math.min(last.index, ids.length - 1)) : found;
  /** Place among the row's controls that shall have the focus as soon as the row is drawn. */
  const wanted = useRef<number | null>(null);
  const place = useRef(0);
  const hasFocus = useRef(false);

  useLayoutEffect(() => {
    const lost = hasFocus.current && document.activeElement === document.body;
    const next = wanted.current ?? (lost ? place.current : null);
    wanted.current = null;
    const row =
      next === null ? null : ref.current?.querySelector<HTMLElement>(`tr[data-index="${String(active)}"]`);
    if (next === null || !row) return;
    const controls = controlsOf(row);
    (controls[Math.min(next, controls.length - 1)] ?? row).focus();
    // All of it, not only what has the focus.
    row.scrollIntoView({ block: 'nearest' });
    // Again when the rows that have come into sight are measured: their heights were a guess.
    requestAnimationFrame(() => row.scrollIntoView({ block: 'nearest' }));
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const target = event.target as Element;
    const row = rowAt(target);
    const step = steps[event.key];
    const modified = event.ctrlKey || event.metaKey || event.altKey || event.shiftKey;
    if (row === null || step === undefined || modified || event.defaultPrevented || takesKeys(target)) return;
    event.preventDefault();
    const index = Math.max(0, Math.min(step(Number(row.dataset['index']), ids.length), ids.length - 1));
    wanted.current = place.current;
    setLast({ id: ids[index] ?? '', index });
  };
  const onFocus = (event: FocusEvent): void => {
    const row = rowAt(event.target);
    if (row === null || takesKeys(event.target)) return;
    hasFocus.current = true;
    const index = Number(row.dataset['index']);
    const at = controlsOf(row).indexOf(event.target as HTMLElement);
    // A row without controls does not change the column: rows may have different ones.
    if (at !== -1) place.current = at;
    if (ids[index] !== last.id) setLast({ id: ids[index] ?? '', index });
  };
  return {
    active,
    body: {
      ref,
      onKeyDown,
      onFocus,
      // Not called when the row itself is removed, so that `hasFocus` is still true then.
      onBlur: () => {
        hasFocus.current = false;
      },
    },
  };
}
