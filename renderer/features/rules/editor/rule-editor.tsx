import {
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
  type Ref,
} from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { roleTextMax } from '../../../../contracts/domain/role.ts';
import { completionsAt, type Completion } from '../../../../contracts/permissions/catalogue.ts';
import { linesOf, type LineNote } from '../model/analysis.ts';
import type { KnownKeys } from '../model/known-keys.ts';
import { CompletionList } from './completion-list.tsx';
import { editField, lineEdit, placeIn, startOf } from './edit.ts';
import css from './editor.module.css';
import { DrawnLine } from './drawn-line.tsx';
import { LineWords } from './line-words.tsx';

/** Height of a line, CSS pixels. */
const lineHeight = 24;

export interface EditorHandle {
  /** Puts the keyboard into a line. */
  goTo: (line: number) => void;
  /** Takes a line out, or writes it otherwise. */
  change: (line: number, next: string | null) => void;
  /** Writes all of it otherwise. */
  rewrite: (text: string) => void;
}

interface RuleEditorProps {
  text: string;
  keys: KnownKeys;
  notesOf: (line: number) => readonly LineNote[];
  /** What was found out about the text as it is: until then nothing new is read out. */
  isSettled: boolean;
  onChange: (text: string) => void;
  onSave: () => void;
  /** Tells the line that is being written; null once it is left. */
  onWriting: (line: number | null) => void;
  handle: Ref<EditorHandle>;
}

/** What could be written at the caret. */
interface Offered {
  choices: readonly Completion[];
  /** The one that Enter takes: none before an arrow chose one, so that Enter makes a line. */
  active: number | null;
  line: number;
}

/**
 * Rules, one a line. A plain field with what is known of its lines drawn below it: what is typed, taken back and read out is
 * the browser's, and of ten thousand lines only those in sight are drawn.
 */
export function RuleEditor(props: RuleEditorProps): ReactNode {
  const { text, keys, notesOf, isSettled, onChange, onSave, onWriting, handle } = props;
  const id = useId();
  const field = useRef<HTMLTextAreaElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const [caret, setCaret] = useState({ line: 0, column: 0 });
  const [offered, setOffered] = useState<Offered | null>(null);
  const lines = linesOf(text);
  const drawn = useVirtualizer({
    count: lines.length,
    estimateSize: () => lineHeight,
    getScrollElement: () => scroller.current,
    overscan: 8,
    paddingStart: 8,
    paddingEnd: 8,
  });
  useLayoutEffect(() => {
    const value: EditorHandle = {
      goTo: (line) => {
        const start = startOf(lines, line);
        field.current?.focus();
        field.current?.setSelectionRange(start, start + (lines[line]?.length ?? 0));
        drawn.scrollToIndex(line, { align: 'center' });
      },
      change: (line, next) => {
        if (field.current !== null) editField(field.current, lineEdit(lines, line, next));
      },
      rewrite: (next) => {
        if (field.current !== null) editField(field.current, { from: 0, to: text.length, text: next });
      },
    };
    if (typeof handle === 'function') handle(value);
    else if (handle !== null) handle.current = value;
  });
  const offer = (element: HTMLTextAreaElement, isAsked: boolean): void => {
    const { value, selectionStart, selectionEnd } = element;
    const { line, column } = placeIn(value, selectionStart);
    const written = linesOf(value)[line] ?? '';
    const found = selectionStart === selectionEnd ? completionsAt(written, column, keys.ids) : [];
    // What stands there already is no offer.
    const choices = found.filter(({ text: choice, from, to }) => choice !== written.slice(from, to));
    const isWanted = isAsked || (written !== '' && written !== '-');
    setOffered(choices.length > 0 && isWanted ? { choices, active: null, line } : null);
  };
  const take = (choice: Completion): void => {
    const element = field.current;
    if (element === null || offered === null) return;
    const start = startOf(lines, offered.line);
    editField(element, { text: choice.text, from: start + choice.from, to: start + choice.to });
    if (choice.text.endsWith('.')) offer(element, true);
    else setOffered(null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>): void => {
    const isCommand = event.ctrlKey || event.metaKey;
    const run =
      isCommand && event.key === ' '
        ? () => {
            offer(event.currentTarget, true);
          }
        : isCommand && event.key.toLowerCase() === 's'
          ? onSave
          : isCommand || event.altKey || event.shiftKey || offered === null
            ? null
            : offeredKey(event.key, offered, { move: setOffered, take });
    if (run === null) return;
    event.preventDefault();
    event.stopPropagation();
    run();
  };
  const note = notesOf(caret.line);
  const column = useMemo(() => columnBehind(text), [text]);
  return (
    <div className={css['editor']}>
      <div className={css['frame']} style={{ '--lines': lines.length } as object}>
        <div ref={scroller} className={css['scroller']} onScroll={() => offered !== null && setOffered(null)}>
          <div className={css['content']} style={{ minHeight: drawn.getTotalSize() }}>
            <div className={css['drawn']} aria-hidden="true">
              {drawn.getVirtualItems().map(({ index, start }) => (
                <DrawnLine
                  key={index}
                  line={index}
                  top={start}
                  text={lines[index] ?? ''}
                  notes={notesOf(index)}
                  keys={keys}
                  column={column}
                  isActive={index === caret.line}
                />
              ))}
            </div>
            <textarea
              ref={field}
              className={css['field']}
              aria-label="Rules, one a line"
              aria-describedby={`${id}-line ${id}-keys`}
              aria-autocomplete="list"
              aria-controls={offered === null ? undefined : `${id}-offered`}
              aria-activedescendant={offered?.active == null ? undefined : `${id}-offered-${offered.active}`}
              aria-invalid={note.some(({ tone }) => tone === 'error') || undefined}
              value={text}
              maxLength={roleTextMax}
              placeholder="tkeeper.key.wallet-*.sign"
              autoComplete="off"
              autoCapitalize="off"
              autoCorrect="off"
              spellCheck={false}
              wrap="off"
              onChange={(event) => {
                const { value, selectionEnd } = event.currentTarget;
                onChange(value);
                onWriting(placeIn(value, selectionEnd).line);
                offer(event.currentTarget, false);
              }}
              onSelect={({ currentTarget }) => {
                const next = placeIn(currentTarget.value, currentTarget.selectionEnd);
                setCaret(next);
                if (next.line !== caret.line) onWriting(null);
                if (offered !== null && next.line !== offered.line) setOffered(null);
              }}
              onKeyDown={onKeyDown}
              onBlur={() => {
                setOffered(null);
                onWriting(null);
              }}
            />
          </div>
        </div>
        {offered !== null && (
          <CompletionList
            id={`${id}-offered`}
            choices={offered.choices}
            active={offered.active}
            top={8 + (offered.line + 1) * lineHeight - (scroller.current?.scrollTop ?? 0)}
            column={offered.choices[0]?.from ?? 0}
            left={scroller.current?.scrollLeft ?? 0}
            onTake={take}
          />
        )}
      </div>
      <span id={`${id}-keys`} className="kh-hidden">
        Ctrl+Space offers what could be written. Tab takes the first offer, arrows choose another, Escape
        closes them.
      </span>
      <LineWords
        id={`${id}-line`}
        line={caret.line}
        text={lines[caret.line] ?? ''}
        notes={note}
        keys={keys}
        // As long as something is offered the line is being written.
        isSettled={isSettled && offered === null}
        onFix={(next) => {
          if (field.current !== null) editField(field.current, lineEdit(lines, caret.line, next));
        }}
      />
    </div>
  );
}

/** Letters of the longest line that what is known of all lines stands behind: longer ones have it further out. */
const columnMax = 36;

/** Where what is known of the lines begins, so that it stands in one column for most. */
function columnBehind(text: string): number {
  const lengths = linesOf(text).map(({ length }) => length);
  return lengths.reduce((most, length) => (length <= columnMax ? Math.max(most, length) : most), 20) + 3;
}

/** What a key does while completions are offered; null for one that types, or moves the caret. */
function offeredKey(
  key: string,
  offered: Offered,
  { move, take }: { move: (offered: Offered | null) => void; take: (choice: Completion) => void },
): (() => void) | null {
  const { choices, active } = offered;
  const last = choices.length - 1;
  const chosen = choices[active ?? 0];
  switch (key) {
    case 'ArrowDown':
      return () => move({ ...offered, active: active === null || active === last ? 0 : active + 1 });
    case 'ArrowUp':
      return () => move({ ...offered, active: active === null || active === 0 ? last : active - 1 });
    case 'Enter':
      return active === null || chosen === undefined ? null : () => take(chosen);
    case 'Tab':
      return chosen === undefined ? null : () => take(chosen);
    case 'Escape':
      return () => move(null);
    default:
      return null;
  }
}
