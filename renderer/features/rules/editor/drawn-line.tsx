import { memo, type ReactNode } from 'react';
import { readRule } from '../../../../contracts/permissions/rule.ts';
import type { LineNote } from '../model/analysis.ts';
import type { KnownKeys } from '../model/known-keys.ts';
import { reachWords } from '../model/words.ts';
import css from './editor.module.css';

interface DrawnLineProps {
  /** From 0. */
  line: number;
  top: number;
  text: string;
  notes: readonly LineNote[];
  keys: KnownKeys;
  /** Where what is known of the lines begins, in letters; behind the line where that is longer. */
  column: number;
  isActive: boolean;
}

/** What is drawn below a line of the field: its number, what is wrong with it underlined, and what it matches behind it. */
export const DrawnLine = memo(function DrawnLine(props: DrawnLineProps): ReactNode {
  const { line, top, text, notes, keys, column, isActive } = props;
  const [note] = notes;
  const { rule } = readRule(text);
  // Of the line with the caret it is said below, with what would settle it.
  const said = note === undefined || !isActive ? note?.words : '';
  const words = said ?? (rule === null ? '' : reachWords(rule, keys));
  return (
    <div
      className={css['line']}
      style={{ transform: `translateY(${top}px)` }}
      data-active={isActive || undefined}
      data-deny={text.startsWith('-') || undefined}
      data-tone={note?.tone}
    >
      <span className={css['number']}>{line + 1}</span>
      {note !== undefined && <Underline text={text} note={note} />}
      <span
        className={css['behind']}
        style={{ left: `calc(var(--gutter) + ${Math.max(column, text.length + 3)}ch)` }}
      >
        <span className={css['behindWords']}>{words}</span>
      </span>
    </div>
  );
});

function Underline({ text, note: { span, tone } }: { text: string; note: LineNote }): ReactNode {
  const at = span?.at ?? 0;
  // What is missing is shown where it is missing.
  const length = Math.max(1, Math.min(span?.length ?? text.length, 1100));
  return (
    <span
      className={css['underline']}
      data-tone={tone}
      style={{ left: `calc(var(--gutter) + ${at}ch)`, width: `${length}ch` }}
    />
  );
}
