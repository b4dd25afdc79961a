import { printable } from '../../../../contracts/domain/printable.ts';
import type { ReactNode } from 'react';
import { counted } from '../../../lib/format.ts';
import { Button } from '../../../ui/button.tsx';
import { Section } from '../../../ui/page.tsx';
import { deniesMax, type Deny, type LineNote } from '../model/analysis.ts';
import { refusedWords } from '../model/words.ts';
import css from './roles.module.css';

interface FindingsProps {
  notes: readonly LineNote[];
  onGo: (line: number) => void;
  onFix: (line: number, next: string | null) => void;
}

/** How many are listed at once: more are worked off from the top. */
const listedMax = 50;

/** What cannot be read in a role and what is of no use, each with the way there and what would settle it. */
export function Findings({ notes, onGo, onFix }: FindingsProps): ReactNode {
  const errors = notes.filter(({ tone }) => tone === 'error');
  const shown = [...errors, ...notes.filter(({ tone }) => tone !== 'error')].slice(0, listedMax);
  if (notes.length === 0) return null;
  return (
    <Section title={titleOf(errors.length, notes.length - errors.length)}>
      {errors.length > 0 && <p className={css['lead']}>{`A line ${refusedWords}.`}</p>}
      <ul className={css['findings']} aria-label="Findings">
        {shown.map(({ line, tone, words, fix }) => (
          <li key={`${line} ${words}`} className={css['finding']} data-tone={tone}>
            <Button size="small" kind="quiet" className={css['goTo']} onClick={() => onGo(line)}>
              {`Line ${(line + 1).toLocaleString('en')}`}
            </Button>
            <span className={css['findingWords']}>{words}</span>
            {fix !== null && (
              <Button
                size="small"
                aria-label={`${fix.label}: line ${line + 1}`}
                onClick={() => onFix(line, fix.line)}
              >
                {fix.label}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {notes.length > shown.length && (
        <p className={css['more']}>{`and ${counted(notes.length - shown.length, 'more', 'more')}`}</p>
      )}
    </Section>
  );
}

function titleOf(errors: number, hints: number): string {
  const parts = [
    ...(errors === 0 ? [] : [counted(errors, 'line cannot be read', 'lines cannot be read')]),
    ...(hints === 0 ? [] : [counted(hints, 'hint')]),
  ];
  return parts.join(', ');
}

interface DeniesProps {
  denies: readonly Deny[];
  /** How many there are, listed or not. */
  count: number;
  onGo: (line: number) => void;
  /** Puts them behind all that grants; null where they stand there. */
  onSort: (() => void) | null;
}

/** The rules that deny, and how many grants each takes something from. */
export function Denies({ denies, count, onGo, onSort }: DeniesProps): ReactNode {
  if (count === 0) return null;
  return (
    <Section
      title={`Denies: ${count.toLocaleString('en')}`}
      aside={
        onSort !== null && (
          <Button size="small" onClick={onSort}>
            Move them to the end
          </Button>
        )
      }
    >
      <ul className={css['findings']} aria-label="Denies">
        {denies.map(({ line, text, overrides }) => (
          <li key={line} className={css['finding']}>
            <Button size="small" kind="quiet" className={css['goTo']} onClick={() => onGo(line)}>
              {`Line ${(line + 1).toLocaleString('en')}`}
            </Button>
            <code className={css['rule']}>{printable(text, Infinity)}</code>
            <span className={css['overrides']}>
              {overrides === 0 ? 'overrides no grant' : `overrides ${counted(overrides, 'grant')}`}
            </span>
          </li>
        ))}
      </ul>
      {count > deniesMax && <p className={css['more']}>{`The first ${deniesMax} of them.`}</p>}
    </Section>
  );
}
