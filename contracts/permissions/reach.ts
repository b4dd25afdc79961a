import { knownPatterns, type CatalogueEntry } from './catalogue.ts';
import { isKeyId, operationIds, type OperationId } from './operations.ts';
import { allPairs, meets, segmentCovers, type Pattern } from './relations.ts';
import type { Rule, Segment } from './rule.ts';

/** What a rule speaks of, its `-` aside. */
export interface Reach {
  /** Those of the given keys that it is about, in their order. */
  keys: string[];
  /** Whether it is about keys at all. */
  ofKeys: boolean;
  /** Whether it would be about a key that is not among them, too. */
  future: boolean;
  operations: OperationId[];
}

/** What a rule speaks of among these keys and those that there may be. */
export function reachOf({ segments }: Rule, keyIds: readonly string[]): Reach {
  const known = new Set(keyIds);
  const reached = knownPatterns.filter(({ pattern, keyAt }) => reaches(segments, pattern, keyAt, known));
  const operations = new Set(reached.map(({ entry }) => entry.operation));
  const [ofKey] = reached.filter(({ keyAt }) => keyAt !== -1).map(({ keyAt }) => segments[keyAt]);
  return {
    keys: ofKey === undefined ? [] : keyIds.filter((id) => segmentCovers(ofKey, { kind: 'exact', text: id })),
    ofKeys: ofKey !== undefined,
    future: ofKey !== undefined && fitsFutureKey(ofKey, known),
    operations: operationIds.filter((operation) => operations.has(operation)),
  };
}

/** The permissions of the catalogue that a rule speaks of: those of keys where it fits one of these or one that may be. */
export function entriesOf({ segments }: Rule, known: ReadonlySet<string>): CatalogueEntry[] {
  return knownPatterns
    .filter(({ pattern, keyAt }) => reaches(segments, pattern, keyAt, known))
    .map(({ entry }) => entry);
}

/** The rules that a deny rule takes something from, in their order. */
export function overriddenBy(deny: Rule, rules: readonly Rule[]): Rule[] {
  return rules.filter(({ effect, segments }) => effect === 'allow' && meets(segments, deny.segments));
}

function reaches(segments: Pattern, known: Pattern, keyAt: number, keyIds: ReadonlySet<string>): boolean {
  return allPairs(segments, known, (segment, literal, at) =>
    at === keyAt ? fitsKey(segment, keyIds) : segmentCovers(segment, literal),
  );
}

function fitsKey(segment: Segment, known: ReadonlySet<string>): boolean {
  if (canBeKeyId(segment)) return true;
  // A keeper of another make may have keys that this one would not.
  return [...known].some((text) => segmentCovers(segment, { kind: 'exact', text }));
}

function fitsFutureKey(segment: Segment, known: ReadonlySet<string>): boolean {
  return segment.kind === 'exact' ? isKeyId(segment.text) && !known.has(segment.text) : canBeKeyId(segment);
}

/** Whether a key can have an id that the segment fits. One letter in the star's place makes one where anything does. */
function canBeKeyId(segment: Segment): boolean {
  switch (segment.kind) {
    case 'any':
      return true;
    case 'exact':
      return isKeyId(segment.text);
    case 'affixes': {
      const { prefix, suffix } = segment;
      return isKeyId(`${prefix}a${suffix}`) || isKeyId(prefix + suffix);
    }
  }
}
