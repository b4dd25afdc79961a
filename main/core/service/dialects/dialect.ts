/**
 * The forms in which this version can speak to a service. `access` is what all of them may have besides: who may do what
 * on the repositories, and why.
 */
export const dialects = ['keyhold', 'kisenon', 'artifact-keeper', 'tkeeper', 'access'] as const;
export type Dialect = (typeof dialects)[number];

/** Those of some names that this version knows, each once, always in the same order: others are for later versions. */
export function knownDialects(names: readonly string[]): Dialect[] {
  return dialects.filter((dialect) => names.includes(dialect));
}
