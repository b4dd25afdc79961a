import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { useNow } from '../../lib/use-now.ts';
import css from './context-switcher.module.css';
import { ContextLabel } from './context-tile.tsx';
import { leftWords, standingWords, troubleWord } from './standing-words.ts';

/** A context's name with its label, and its host below; the state in words for who does not see the dot. */
export function ContextLines({ context }: { context: ContextSummary }): ReactNode {
  const now = useNow(15_000);
  const first = troubleWord(context, now) ?? leftWords(context, now);
  return (
    <>
      <span className={css['nameLine']}>
        <span className={css['name']}>{context.name}</span> <ContextLabel context={context} />
      </span>{' '}
      <span className={css['host']}>{first === null ? context.host : `${first} · ${context.host}`}</span>{' '}
      <span className="kh-hidden">{standingWords(context, now)}</span>
    </>
  );
}
