import { findLookAlikes } from './look-alikes.ts';
import { isEarlierPermission, isKeyId } from './operations.ts';
import { earlierNamesOf, speaksOfEarlier, speaksOfKnown } from './reach.ts';
import { indexByEffect, type Indexes, type Listed } from './rule-index.ts';
import { readRule, type RuleProblem } from './rule.ts';

/**
 * - `unreadable`: `problem` says why.
 * - `look_alike` (a rule's first few): a character from `at`, `length` long, that looks like another (`looksLike`) or like nothing.
 * - `duplicate` of the rule `by`, which is before it.
 * - `inert`: no permission of the catalogue, with whatever key, is what it speaks of.
 * - `shadowed`: all that it allows is denied by the rule `by`.
 * - `redundant`: the rule `by` of the same effect speaks of all that it speaks of. Never of one that allows by an earlier name,
 *   which no star does.
 * - `overrides_nothing`: no rule allows anything that it denies, by its name or the earlier one. Never of one that denies an
 *   earlier name.
 */
export type FindingKind =
  'unreadable' | 'look_alike' | 'duplicate' | 'inert' | 'shadowed' | 'redundant' | 'overrides_nothing';

/** What somebody should know about a rule of a list. */
export interface RuleFinding {
  /** Of the rule, from 0. */
  index: number;
  kind: FindingKind;
  /** The index of the other rule that it is about. */
  by?: number;
  problem?: RuleProblem;
  /** UTF-16 units from the rule's start. */
  at?: number;
  length?: number;
  /** A character of ASCII; empty where nothing is to be seen. */
  looksLike?: string;
}

/**
 * What should be known about the rules of a list, in its order. What `shadowed` and `redundant` say holds for every permission, in
 * the catalogue or not: without all the rules of which `duplicate`, `shadowed`, `redundant` or `overrides_nothing` was said,
 * no decision is another, nor is one about an operation.
 *
 * @param keyIds - Of the keys that there are.
 */
export function analyse(texts: readonly string[], keyIds: readonly string[]): RuleFinding[] {
  const firsts = new Map<string, Listed>();
  const findings: RuleFinding[] = [];
  texts.forEach((text, index) => {
    for (const likeness of findLookAlikes(text)) findings.push({ index, kind: 'look_alike', ...likeness });
    const first = firsts.get(text);
    if (first !== undefined) {
      findings.push({ index, kind: 'duplicate', by: first.index });
      return;
    }
    const { rule, problem } = readRule(text);
    if (rule === null) findings.push({ index, kind: 'unreadable', problem });
    else firsts.set(text, { index, rule });
  });
  findings.push(...aboutEach([...firsts.values()], keyIds));
  return findings.sort((one, other) => one.index - other.index);
}

/** What the others, and the catalogue, say of each of some rules that are all different. */
function aboutEach(listed: readonly Listed[], keyIds: readonly string[]): RuleFinding[] {
  const strangeIds = keyIds.filter((id) => !isKeyId(id));
  const indexes = indexByEffect(listed);
  const earlier = new Set(listed.flatMap(({ rule: { text } }) => (isEarlierPermission(text) ? [text] : [])));
  return listed.flatMap((one) => {
    const { index, rule } = one;
    if (!speaksOfKnown(rule, strangeIds)) return [{ index, kind: 'inert' as const }];
    const found = needlessness(one, indexes, earlier);
    return found === null ? [] : [{ index, ...found }];
  });
}

function needlessness(
  { index, rule: { text, effect, segments } }: Listed,
  { allows, denies }: Indexes,
  /** Grants by names of before 2.0. */
  earlier: ReadonlySet<string>,
): Omit<RuleFinding, 'index'> | null {
  const deniedBy = denies.firstCovering(segments, index);
  if (deniedBy !== null) return { kind: effect === 'deny' ? 'redundant' : 'shadowed', by: deniedBy };
  if (effect === 'deny') {
    const isOfUse =
      allows.hasMeeting(segments) ||
      speaksOfEarlier({ segments }) ||
      earlierNamesOf({ segments }).some((name) => earlier.has(name));
    return isOfUse ? null : { kind: 'overrides_nothing' };
  }
  // No star allows what an earlier name does.
  if (isEarlierPermission(text)) return null;
  const allowedBy = allows.firstCovering(segments, index);
  return allowedBy === null ? null : { kind: 'redundant', by: allowedBy };
}
