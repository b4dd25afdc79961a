import type { CSSProperties, ReactNode } from 'react';
import type { ContextSummary } from '../../../contracts/domain/context.ts';
import css from './context-tile.module.css';

const hues = [262, 200, 160, 130, 85, 45, 20, 320];

/** The hue of a context, always the same for the same name, so that a glance tells production from staging. */
function hueOf(name: string): number {
  let hash = 2166136261;
  for (const character of name.toLowerCase()) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 16777619) >>> 0;
  }
  return hues[hash % hues.length] ?? 262;
}

interface ContextTileProps {
  context: Pick<ContextSummary, 'name' | 'state'>;
}

/** Colour and initial of a context, with a dot that says whether its key still has to be registered. */
export function ContextTile({ context }: ContextTileProps): ReactNode {
  const style: CSSProperties & { '--hue': number } = { '--hue': hueOf(context.name) };
  const initial = Array.from(context.name)[0] ?? '';
  return (
    <span className={css['tile']} style={style} aria-hidden="true">
      {initial.toUpperCase()}
      <span className={css['dot']} data-state={context.state} />
    </span>
  );
}
