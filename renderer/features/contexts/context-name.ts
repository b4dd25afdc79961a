import { limits } from '../../../contracts/domain/limits.ts';

/** What the contract allows in a context's name, as far as a suggestion has to care. */
const unwanted = /[^\p{L}\p{M}\p{N} ._@()+,&/:#’'–-]+/gu;
const unwantedStart = /^[^\p{L}\p{N}]+/u;

/** What a name or label may be, for whoever typed something else. */
export const nameRule = 'Start with a letter or digit; besides those use spaces and . _ @ - ( ) + , & / : #';

/** A name for a new context: the service's, made fit and told apart from the names that are taken. */
export function suggestName(serviceName: string, host: string, taken: readonly string[]): string {
  const fit = (text: string): string =>
    text
      .replace(unwanted, ' ')
      .replace(unwantedStart, '')
      .slice(0, limits.contextNameMax - 3)
      .trim();
  const base = fit(serviceName) || fit(host) || 'Context';
  const isTaken = (name: string): boolean =>
    taken.some((other) => other.toLowerCase() === name.toLowerCase());
  let name = base;
  for (let number = 2; isTaken(name); number += 1) name = `${base} ${String(number)}`;
  return name;
}

/** A rule of a form: the field may not be left empty. */
export function required(what: string): (value: string) => string | null {
  return (value) => (value.trim() === '' ? `Enter ${what}.` : null);
}
