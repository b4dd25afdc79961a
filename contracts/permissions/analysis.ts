import { findLookAlikes } from './look-alikes.ts';
import { entriesOf } from './reach.ts';
import { covers, meets } from './relations.ts';
import { readRule, type Rule, type RuleProblem } from './rule.ts';

/**
 * - `unreadable`: `problem` says why.
 * - `look_alike`: a character from `at`, `length` long, that looks like another (`looksLike`) or like nothing.
 * - `duplicate` of the rule `by`, which is before it.
 * - `inert`: no permission of the catalogue, with whatever key, is what it speaks of.
 * - `shadowed`: all that it allows is denied by the rule `by`.
 * - `redundant`: the rule `by` of the same effect speaks of all that it speaks of.
 * - `overrides_nothing`: no rule allows anything that it denies.
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

interface Listed {
  index: number;
  rule: Rule;
}

/**
 * What should be known about the rules of a list, in its order. What `shadowed` and `redundant` say holds for every permission, in
 * the catalogue or not: without all the rules of which `duplicate`, `shadowed`, `redundant` or `overrides_nothing` was said,
 * no decision is another.
 *
 * @param keyIds - Of the keys that there are.
 */
export function analyse(texts: readonly string[], keyIds: readonly string[]): RuleFinding[] {
  const known = new Set(keyIds);
  const firsts = new Map<string, Listed>();
  const findings: RuleFinding[] = [];
  texts.forEach((text, index) => {
    for (const likeness of findLookAlikes(text)) findings.push({ index, kind: 'look_alike', ...likeness });
    const { rule, problem } = readRule(text);
    const first = firsts.get(text);
    if (rule === null) findings.push({ index, kind: 'unreadable', problem });
    else if (first !== undefined) findings.push({ index, kind: 'duplicate', by: first.index });
    else firsts.set(text, { index, rule });
  });
  const listed = [...firsts.values()];
  const allows = listed.filter(({ rule }) => rule.effect === 'allow');
  const denies = listed.filter(({ rule }) => rule.effect === 'deny');
  for (const one of listed) {
    const found =
      entriesOf(one.rule, known).length === 0 ? { kind: 'inert' as const } : needless(one, allows, denies);
    if (found !== null) findings.push({ index: one.index, ...found });
  }
  return findings.sort((one, other) => one.index - other.index);
}

function needless(
  { index, rule }: Listed,
  allows: readonly Listed[],
  denies: readonly Listed[],
): Omit<RuleFinding, 'index'> | null {
  const coveredBy = (others: readonly Listed[]): number | undefined =>
    others.find((other) => other.index !== index && covers(other.rule.segments, rule.segments))?.index;
  const deniedBy = coveredBy(denies);
  if (deniedBy !== undefined)
    return { kind: rule.effect === 'deny' ? 'redundant' : 'shadowed', by: deniedBy };
  if (rule.effect === 'deny') {
    const isIdle = !allows.some((allow) => meets(allow.rule.segments, rule.segments));
    return isIdle ? { kind: 'overrides_nothing' } : null;
  }
  const allowedBy = coveredBy(allows);
  return allowedBy === undefined ? null : { kind: 'redundant', by: allowedBy };
}
