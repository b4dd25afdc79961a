import type { ReactNode } from 'react';
import { standingOf } from '../../../contracts/domain/context-standing.ts';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { useNow } from '../../lib/use-now.ts';
import { hueStyle } from './context-hue.ts';
import css from './context-tile.module.css';
import { standingWords } from './standing-words.ts';

interface ContextTileProps {
  context: Pick<ContextSummary, 'name' | 'state' | 'signIn' | 'credential' | 'endsAt' | 'colour'>;
}

/** Colour and initial of a context, with a dot for its sign-in: green only for what was said lately. */
export function ContextTile({ context }: ContextTileProps): ReactNode {
  const now = useNow(15_000);
  const initial = Array.from(context.name)[0] ?? '';
  return (
    <span className={css['tile']} style={hueStyle(context.colour)} aria-hidden="true">
      {initial.toUpperCase()}
      <span
        className={css['dot']}
        data-standing={standingOf(context, now)}
        title={standingWords(context, now)}
      />
    </span>
  );
}

/** The short word that a context was given, in its colour; nothing without one. */
export function ContextLabel({ context }: { context: Pick<ContextSummary, 'label' | 'colour'> }): ReactNode {
  if (context.label === null) return null;
  return (
    <span className={css['label']} style={hueStyle(context.colour)}>
      {context.label}
    </span>
  );
}
