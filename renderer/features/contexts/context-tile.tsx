import type { ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import { hueStyle } from './context-hue.ts';
import css from './context-tile.module.css';

interface ContextTileProps {
  context: Pick<ContextSummary, 'name' | 'state' | 'colour'>;
}

/** Colour and initial of a context, with a dot that says whether its service knows a key of it. */
export function ContextTile({ context }: ContextTileProps): ReactNode {
  const initial = Array.from(context.name)[0] ?? '';
  return (
    <span className={css['tile']} style={hueStyle(context.colour)} aria-hidden="true">
      {initial.toUpperCase()}
      <span className={css['dot']} data-state={context.state} />
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
