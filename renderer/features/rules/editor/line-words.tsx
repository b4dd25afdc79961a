import { useState, type ReactNode } from 'react';
import { readRule } from '../../../../contracts/permissions/rule.ts';
import { Button } from '../../../ui/button.tsx';
import type { LineNote } from '../model/analysis.ts';
import type { KnownKeys } from '../model/known-keys.ts';
import { reachWords } from '../model/words.ts';
import css from './editor.module.css';

interface LineWordsProps {
  id: string;
  /** Where the caret is, from 0. */
  line: number;
  text: string;
  notes: readonly LineNote[];
  keys: KnownKeys;
  isSettled: boolean;
  onFix: (next: string | null) => void;
}

/** The line with the caret in words, with what would settle it. What is wrong is read out once nothing is typed any more. */
export function LineWords({ id, line, text, notes, keys, isSettled, onFix }: LineWordsProps): ReactNode {
  const { rule } = readRule(text);
  const number = `Line ${(line + 1).toLocaleString('en')}`;
  const reach = rule === null ? '' : reachWords(rule, keys);
  const problems = notes.map(({ words }) => words).join('. ');
  const words = [problems, problems === '' ? reach : upperFirst(reach)]
    .filter((part) => part !== '')
    .join('. ');
  const spoken = useSettled(isSettled && problems !== '' ? `${number}: ${problems}` : '', isSettled);
  const fixes = notes.flatMap(({ fix }) => fix ?? []);
  return (
    <div className={css['below']}>
      <p id={id} className={css['words']} data-tone={notes[0]?.tone}>
        <span className={css['where']}>{number}</span>
        {text.trim() === '' ? ' is empty' : words === '' ? '' : `: ${words}`}
      </p>
      <span role="status" className="kh-hidden">
        {spoken}
      </span>
      {fixes
        .filter(({ label }, index) => fixes.findIndex((other) => other.label === label) === index)
        .map(({ label, line: next }) => (
          <Button key={label} size="small" onClick={() => onFix(next)}>
            {label}
          </Button>
        ))}
    </div>
  );
}

function upperFirst(words: string): string {
  return words.slice(0, 1).toUpperCase() + words.slice(1);
}

/** The words once they may be read out; those of before until then. */
function useSettled(words: string, isSettled: boolean): string {
  const [settled, setSettled] = useState('');
  if (isSettled && words !== settled) setSettled(words);
  return settled;
}
