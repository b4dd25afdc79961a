import { patternOf } from './relations.ts';
import { indexByEffect, type Indexes } from './rule-index.ts';
import { readRule, type Rule, type RuleProblem, type RuleProblemReason } from './rule.ts';

/** A rule of a list that cannot be read; `index` counts from 0. */
export interface BadRule {
  index: number;
  text: string;
  problem: RuleProblem;
}

/**
 * Whether a permission is granted, and by what.
 *
 * - `granted` by the first rule of the list that allows it, where none denies it.
 * - `denied` by the first rule of the list that denies it, whatever allows it.
 * - `not_granted`: no rule speaks of it.
 * - `bad_rule`: one of the rules cannot be read, so that none of them grants anything.
 */
export type Decision =
  | { allowed: true; because: 'granted'; by: Rule }
  | { allowed: false; because: 'denied'; by: Rule }
  | { allowed: false; because: 'not_granted' }
  | { allowed: false; because: 'bad_rule'; bad: BadRule };

/** The rules that somebody has, read once to be asked often. */
export interface HeldRules {
  /** Those that can be read, in their order. */
  rules: readonly Rule[];
  bad: readonly BadRule[];
  /**
   * @param permission - Such as `tkeeper.key.wallet-hot.sign`, in which a star is a letter like others. With nothing between
   *   two dots it is none, and not granted.
   */
  decide(permission: string): Decision;
  /** The rule that allows a permission by its very name, without a star; null where none does. Whether it is denied, `decide` says. */
  naming(permission: string): Rule | null;
}

/** What TKeeper refuses too. The rest it reads: it leaves empty segments out, and takes a space for a letter. */
const refusedByAll: readonly RuleProblemReason[] = ['deep_wildcard', 'many_wildcards'];

/** A rule that cannot be read, where none is such that every keeper grants nothing for it: what becomes of the others is not known. */
export function doubtfulRule({ bad }: Pick<HeldRules, 'bad'>): BadRule | null {
  return bad.some(({ problem }) => refusedByAll.includes(problem.reason)) ? null : (bad[0] ?? null);
}

/** Reads the rules of a token, a role or a dev file. Never throws. The first decision makes an index of them. */
export function holdRules(texts: readonly string[]): HeldRules {
  const rules: Rule[] = [];
  const bad: BadRule[] = [];
  texts.forEach((text, index) => {
    const read = readRule(text);
    if (read.rule === null) bad.push({ index, text, problem: read.problem });
    else rules.push(read.rule);
  });
  const [firstBad] = bad;
  let indexes: Indexes | null = null;
  let byText: ReadonlyMap<string, Rule> | null = null;
  return {
    ...{ rules, bad },
    decide: (permission) => {
      if (firstBad !== undefined) return { allowed: false, because: 'bad_rule', bad: firstBad };
      indexes ??= indexByEffect(rules.map((rule, index) => ({ index, rule })));
      return decideBy(indexes, rules, permission);
    },
    naming: (permission) => {
      byText ??= new Map(rules.toReversed().map((rule) => [rule.text, rule]));
      return permission.includes('*') ? null : (byText.get(permission) ?? null);
    },
  };
}

function decideBy({ allows, denies }: Indexes, rules: readonly Rule[], permission: string): Decision {
  const pattern = patternOf(permission);
  if (pattern === null) return { allowed: false, because: 'not_granted' };
  const denied = rules[denies.firstCovering(pattern) ?? -1];
  if (denied !== undefined) return { allowed: false, because: 'denied', by: denied };
  const granted = rules[allows.firstCovering(pattern) ?? -1];
  return granted === undefined
    ? { allowed: false, because: 'not_granted' }
    : { allowed: true, because: 'granted', by: granted };
}
