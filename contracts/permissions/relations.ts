import type { Segment } from './rule.ts';

/*
 * How rules lie to each other, whatever the letters of a permission are: one covers another when it speaks of all that the
 * other speaks of; two meet when there is something that both speak of. Effects play no part.
 */

/** What a rule speaks of; a permission is a pattern of exact segments. */
export type Pattern = readonly Segment[];

export function meets(one: Pattern, other: Pattern): boolean {
  return allPairs(one, other, segmentMeets);
}

/** Whether two patterns have as many segments, and what holds of each two in the same place. */
export function allPairs(
  one: Pattern,
  other: Pattern,
  holds: (segment: Segment, other: Segment, at: number) => boolean,
): boolean {
  if (one.length !== other.length) return false;
  return one.every((segment, at) => {
    const beside = other[at];
    return beside !== undefined && holds(segment, beside, at);
  });
}

/** Whether a segment of a rule fits all that another stands for. */
export function segmentCovers(one: Segment, other: Segment): boolean {
  if (one.kind === 'any') return true;
  if (other.kind === 'any') return false;
  if (one.kind === 'exact') return other.kind === 'exact' && one.text === other.text;
  if (other.kind === 'exact') return fits(one, other.text);
  return other.prefix.startsWith(one.prefix) && other.suffix.endsWith(one.suffix);
}

/** Whether there is a text that both fit. The longer beginning and the longer end of two always make one. */
export function segmentMeets(one: Segment, other: Segment): boolean {
  if (one.kind === 'any' || other.kind === 'any') return true;
  if (one.kind === 'exact') return segmentCovers(other, one);
  if (other.kind === 'exact') return fits(one, other.text);
  return (
    (one.prefix.startsWith(other.prefix) || other.prefix.startsWith(one.prefix)) &&
    (one.suffix.endsWith(other.suffix) || other.suffix.endsWith(one.suffix))
  );
}

function fits({ prefix, suffix }: Segment & { kind: 'affixes' }, text: string): boolean {
  return text.length >= prefix.length + suffix.length && text.startsWith(prefix) && text.endsWith(suffix);
}

/** A permission as a pattern; null for what is none: one with nothing between two dots. */
export function patternOf(permission: string): Pattern | null {
  const parts = permission.split('.');
  return parts.includes('') ? null : parts.map((text) => ({ kind: 'exact', text }));
}
