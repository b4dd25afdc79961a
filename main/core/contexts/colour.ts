import { contextColours } from '../../../contracts/domain/context-colours.ts';
import type { ContextColour } from '../../../contracts/domain/context-colours.ts';

/** The colour of a context that was never given one: always the same for the same id, a UUID. */
export function colourOfId(id: string): ContextColour {
  const number = Number.parseInt(id.slice(0, 2), 16);
  return contextColours[number % contextColours.length] ?? contextColours[0];
}

/** The first of the colours that the fewest contexts have, so that neighbours can be told apart. */
export function freshColour(taken: readonly ContextColour[]): ContextColour {
  const uses = (colour: ContextColour): number => taken.filter((other) => other === colour).length;
  return contextColours.reduce((best, colour) => (uses(colour) < uses(best) ? colour : best));
}
