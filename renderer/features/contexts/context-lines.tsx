import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import css from './context-switcher.module.css';
import { ContextLabel } from './context-tile.tsx';

const stateWords: Readonly<Record<ContextSummary['state'], string>> = {
  pending: 'key not registered',
  active: 'key registered',
  signed_out: 'signed out',
};

/** A context's name with its label, and its host below; the state in words for who does not see the dot. */
export function ContextLines({ context }: { context: ContextSummary }): ReactNode {
  return (
    <>
      <span className={css['nameLine']}>
        <span className={css['name']}>{context.name}</span> <ContextLabel context={context} />
      </span>{' '}
      <span className={css['host']}>
        {context.state === 'signed_out' ? `Signed out · ${context.host}` : context.host}
      </span>{' '}
      <span className="kh-hidden">{stateWords[context.state]}</span>
    </>
  );
}
