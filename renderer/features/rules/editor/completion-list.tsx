import { useLayoutEffect, useRef, type ReactNode } from 'react';
import type { Completion } from '../../../../contracts/permissions/catalogue.ts';
import css from './editor.module.css';

interface CompletionListProps {
  id: string;
  choices: readonly Completion[];
  active: number | null;
  /** Below the line, in the editor's frame, CSS pixels. */
  top: number;
  /** Of what they would take the place of, from 0. */
  column: number;
  /** How far the line is scrolled to the left, CSS pixels. */
  left: number;
  onTake: (choice: Completion) => void;
}

/** What could be written at the caret. The field has its keys (ARIA APG, listbox behind a text field). */
export function CompletionList(props: CompletionListProps): ReactNode {
  const { id, choices, active, top, column, left, onTake } = props;
  const list = useRef<HTMLUListElement>(null);
  useLayoutEffect(() => {
    list.current?.querySelector('[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  }, [active]);
  return (
    <ul
      ref={list}
      id={id}
      role="listbox"
      aria-label="What could be written"
      className={css['offered']}
      style={{ top, left: `calc(var(--gutter) + ${column}ch - ${left}px)` }}
      // The field keeps the focus.
      onMouseDown={(event) => event.preventDefault()}
    >
      {choices.map((choice, index) => (
        <li
          key={choice.text}
          id={`${id}-${index}`}
          role="option"
          aria-selected={index === active}
          data-first={active === null && index === 0 ? true : undefined}
          className={css['choice']}
          onClick={() => onTake(choice)}
        >
          {choice.text}
        </li>
      ))}
    </ul>
  );
}
