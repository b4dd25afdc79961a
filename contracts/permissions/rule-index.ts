import { segmentMeets, type Pattern } from './relations.ts';
import type { Rule, Segment } from './rule.ts';

type Affixes = Segment & { kind: 'affixes' };

/** A child under `prefix*suffix` of a node. */
interface AffixChild {
  segment: Affixes;
  node: Node;
}

/** All children under one prefix. */
interface PrefixGroup {
  first: number;
  bySuffix: Map<string, AffixChild>;
  /** Of the suffixes, each once. */
  lengths: number[];
}

interface Node {
  /** The least order of the rules below; of the rule itself where its segments end. */
  first: number;
  exact: Map<string, Node>;
  any: Node | null;
  groups: Map<string, PrefixGroup>;
  /** Of the prefixes, each once. */
  lengths: number[];
  /** Exact texts and prefixes in the order of their code units; null until it is asked for. */
  heads: { head: string; segment: Segment; node: Node }[] | null;
}

/**
 * Rules by their segments, so that one is found without looking at the others. A tree for each number of segments; from
 * the last segment to the first, because rules differ most towards their end. All are added before any is looked for.
 */
export class RuleIndex {
  readonly #roots = new Map<number, Node>();

  /**
   * @param pattern - Of two that are the same, the first one added is found.
   * @param order - More than that of any added before.
   */
  add(pattern: Pattern, order: number): void {
    let node = this.#roots.get(pattern.length);
    if (node === undefined) this.#roots.set(pattern.length, (node = newNode(order)));
    for (const segment of pattern.toReversed()) node = childFor(node, segment, order);
  }

  /**
   * The least order of the rules that cover a pattern; null where there is none.
   *
   * @param except - The order of a rule that does not count.
   */
  firstCovering(pattern: Pattern, except: number | null = null): number | null {
    const root = this.#roots.get(pattern.length);
    if (root === undefined) return null;
    const first = leastCovering(root, pattern, pattern.length, Infinity, except);
    return first === Infinity ? null : first;
  }

  /** Whether any of the rules meets a pattern. */
  hasMeeting(pattern: Pattern): boolean {
    const root = this.#roots.get(pattern.length);
    return root !== undefined && someMeets(root, pattern, pattern.length);
  }
}

/** A rule and its place in a list. */
export interface Listed {
  index: number;
  rule: Rule;
}

/** The rules that allow and those that deny, each in an index of their own. */
export interface Indexes {
  allows: RuleIndex;
  denies: RuleIndex;
}

/** @param listed - In the order of their places. */
export function indexByEffect(listed: readonly Listed[]): Indexes {
  const indexes = { allows: new RuleIndex(), denies: new RuleIndex() };
  for (const { index, rule } of listed)
    (rule.effect === 'deny' ? indexes.denies : indexes.allows).add(rule.segments, index);
  return indexes;
}

function newNode(first: number): Node {
  return { first, exact: new Map(), any: null, groups: new Map(), lengths: [], heads: null };
}

function childFor(node: Node, segment: Segment, order: number): Node {
  switch (segment.kind) {
    case 'any':
      return (node.any ??= newNode(order));
    case 'exact': {
      const child = node.exact.get(segment.text) ?? newNode(order);
      node.exact.set(segment.text, child);
      return child;
    }
    case 'affixes':
      return affixChildFor(node, segment, order);
  }
}

function affixChildFor(node: Node, segment: Affixes, order: number): Node {
  const { prefix, suffix } = segment;
  let group = node.groups.get(prefix);
  if (group === undefined) {
    group = { first: order, bySuffix: new Map(), lengths: [] };
    node.groups.set(prefix, group);
    if (!node.lengths.includes(prefix.length)) node.lengths.push(prefix.length);
  }
  let child = group.bySuffix.get(suffix);
  if (child === undefined) {
    child = { segment, node: newNode(order) };
    group.bySuffix.set(suffix, child);
    if (!group.lengths.includes(suffix.length)) group.lengths.push(suffix.length);
  }
  return child.node;
}

/** @param left - How many segments of the pattern are still to be looked at; @param best - What is to be beaten. */
function leastCovering(
  node: Node,
  pattern: Pattern,
  left: number,
  best: number,
  except: number | null,
): number {
  if (node.first >= best) return best;
  const segment = pattern[left - 1];
  if (segment === undefined) return node.first === except ? best : node.first;
  let least = best;
  const look = (child: Node): void => {
    least = leastCovering(child, pattern, left - 1, least, except);
  };
  if (node.any !== null) look(node.any);
  if (segment.kind === 'exact') {
    const child = node.exact.get(segment.text);
    if (child !== undefined) look(child);
  }
  if (node.lengths.length > 0) forEachCovering(node, segment, (first) => first < least, look);
  return least;
}

/** The children under `prefix*suffix` that cover a segment. Those of a segment with a star always leave room for it. */
function forEachCovering(
  node: Node,
  segment: Segment,
  isOfUse: (first: number) => boolean,
  look: (child: Node) => void,
): void {
  if (segment.kind === 'any') return;
  const [head, tail] =
    segment.kind === 'exact' ? [segment.text, segment.text] : [segment.prefix, segment.suffix];
  const room = segment.kind === 'exact' ? head.length : head.length + tail.length;
  for (const prefixLength of node.lengths) {
    if (prefixLength > head.length) continue;
    const group = node.groups.get(head.slice(0, prefixLength));
    if (group === undefined || !isOfUse(group.first)) continue;
    for (const suffixLength of group.lengths) {
      if (suffixLength > tail.length || prefixLength + suffixLength > room) continue;
      const child = group.bySuffix.get(tail.slice(tail.length - suffixLength));
      if (child !== undefined) look(child.node);
    }
  }
}

function someMeets(node: Node, pattern: Pattern, left: number): boolean {
  const segment = pattern[left - 1];
  if (segment === undefined) return true;
  const goesOn = (child: Node): boolean => someMeets(child, pattern, left - 1);
  if (node.any !== null && goesOn(node.any)) return true;
  switch (segment.kind) {
    case 'any':
      return headsOf(node).some((child) => goesOn(child.node));
    case 'exact': {
      const child = node.exact.get(segment.text);
      if (child !== undefined && goesOn(child)) return true;
      let isMet = false;
      const look = (affixes: Node): void => {
        isMet ||= goesOn(affixes);
      };
      forEachCovering(node, segment, () => !isMet, look);
      return isMet;
    }
    case 'affixes':
      return someMeetsAffixes(node, segment, goesOn);
  }
}

/** Of the children, those that go on from the prefix stand side by side; those whose prefix it goes on from are few. */
function someMeetsAffixes(node: Node, segment: Affixes, goesOn: (child: Node) => boolean): boolean {
  const { prefix } = segment;
  const heads = headsOf(node);
  for (let at = firstFrom(heads, prefix); heads[at]?.head.startsWith(prefix) === true; at++) {
    const child = heads[at];
    if (child !== undefined && segmentMeets(child.segment, segment) && goesOn(child.node)) return true;
  }
  return node.lengths
    .filter((length) => length < prefix.length)
    .some((length) =>
      [...(node.groups.get(prefix.slice(0, length))?.bySuffix.values() ?? [])].some(
        (child) => segmentMeets(child.segment, segment) && goesOn(child.node),
      ),
    );
}

function headsOf(node: Node): NonNullable<Node['heads']> {
  if (node.heads !== null) return node.heads;
  const exact = [...node.exact].map(([text, child]) => ({
    ...{ head: text, node: child },
    segment: { kind: 'exact', text } as const,
  }));
  const affixes = [...node.groups.values()].flatMap(({ bySuffix }) =>
    [...bySuffix.values()].map(({ segment, node: child }) => ({
      ...{ head: segment.prefix, node: child, segment },
    })),
  );
  node.heads = [...exact, ...affixes].sort((one, other) =>
    one.head < other.head ? -1 : one.head > other.head ? 1 : 0,
  );
  return node.heads;
}

/** Where the first head stands that is not before a text. */
function firstFrom(heads: NonNullable<Node['heads']>, text: string): number {
  let [low, high] = [0, heads.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((heads[middle]?.head ?? '') < text) low = middle + 1;
    else high = middle;
  }
  return low;
}
