import type { CSSProperties } from 'react';
import type { ContextColour } from '../../../contracts/domain/context-colours.ts';

/** Gives an element's style sheet the hue of a context's colour, as `--hue`. */
export function hueStyle(colour: ContextColour): CSSProperties & { '--hue': string } {
  return { '--hue': `var(--kh-hue-${colour})` };
}
