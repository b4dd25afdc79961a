import { knownPatterns } from './catalogue.ts';
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
export function reachOf({ segments, effect }: Rule, keyIds: readonly string[]): Reach {
  const reached = knownPatterns.filter(({ pattern, keyAt }) => reaches(segments, pattern, keyAt, keyIds));
  // Earlier names are allowed by themselves alone, and denied by whatever speaks of them.
  const isOfEarlier = effect === 'deny' || segments.every(({ kind }) => kind === 'exact');
  const operations = new Set(
    reached
      .filter(({ entry }) => isOfEarlier || entry.edition === 'current')
      .map(({ entry }) => entry.operation),
  );
  const [ofKey] = reached.filter(({ keyAt }) => keyAt !== -1).map(({ keyAt }) => segments[keyAt]);
  return {
    keys: ofKey === undefined ? [] : keyIds.filter((id) => segmentCovers(ofKey, { kind: 'exact', text: id })),
    ofKeys: ofKey !== undefined,
    future: ofKey !== undefined && fitsFutureKey(ofKey, keyIds),
    operations: operationIds.filter((operation) => operations.has(operation)),
  };
}

type Known = (typeof knownPatterns)[number];

/** What keepers of today check. */
const checked = knownPatterns.filter(({ entry }) => entry.operation !== null && entry.edition === 'current');

/** What was called otherwise before 2.0. */
const renamed = knownPatterns.flatMap(({ entry, pattern }) => {
  const now = checked.find((known) => known.entry.operation === entry.operation);
  return entry.edition === 'current' || now === undefined
    ? []
    : [{ earlier: entry.permission, pattern, now }];
});

/**
 * Whether a rule speaks of any permission of the catalogue, with a key that may be.
 *
 * @param strangeIds - Ids that keys have although no key of a keeper of today could.
 */
export function speaksOfKnown({ segments }: Rule, strangeIds: readonly string[]): boolean {
  return knownPatterns.some(({ pattern, keyAt }) => reaches(segments, pattern, keyAt, strangeIds));
}

/** Whether a rule speaks of what an operation was called before 2.0: a deny of that takes something from rules of other names. */
export function speaksOfEarlier({ segments }: Pick<Rule, 'segments'>): boolean {
  return renamed.some(({ pattern }) => allPairs(segments, pattern, segmentCovers));
}

/** What operations were called before 2.0 that a rule speaks of by their names of today: a deny of these takes from grants of those. */
export function earlierNamesOf({ segments }: Pick<Rule, 'segments'>): string[] {
  return renamed.flatMap(({ earlier, now }) =>
    reaches(segments, now.pattern, now.keyAt, []) ? [earlier] : [],
  );
}

/**
 * The rules that a deny rule takes something from that a keeper checks, in their order.
 *
 * @param strangeIds - Ids that keys have although no key of a keeper of today could.
 */
export function overriddenBy(deny: Rule, rules: readonly Rule[], strangeIds: readonly string[]): Rule[] {
  const denied = checked.filter(({ pattern, keyAt }) => reaches(deny.segments, pattern, keyAt, strangeIds));
  const names = new Set(earlierNamesOf(deny));
  const byEarlierName = renamed.filter(({ pattern }) => allPairs(deny.segments, pattern, segmentCovers));
  const isTakenFrom = ({ text, segments }: Rule): boolean => {
    const speaksOf = ({ pattern, keyAt }: Known): boolean => reaches(segments, pattern, keyAt, strangeIds);
    if (names.has(text) || byEarlierName.some(({ earlier, now }) => text === earlier || speaksOf(now)))
      return true;
    return meets(segments, deny.segments) && denied.some(speaksOf);
  };
  return rules.filter((rule) => rule.effect === 'allow' && isTakenFrom(rule));
}

function reaches(segments: Pattern, known: Pattern, keyAt: number, keyIds: readonly string[]): boolean {
  return allPairs(segments, known, (segment, literal, at) =>
    at === keyAt ? fitsKey(segment, keyIds) : segmentCovers(segment, literal),
  );
}

function fitsKey(segment: Segment, ids: readonly string[]): boolean {
  return canBeKeyId(segment) || ids.some((text) => segmentCovers(segment, { kind: 'exact', text }));
}

function fitsFutureKey(segment: Segment, ids: readonly string[]): boolean {
  return canBeKeyId(segment) && (segment.kind !== 'exact' || !ids.includes(segment.text));
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
