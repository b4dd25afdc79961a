import { readRule, type Rule, type RuleProblem, type Segment } from './rule.ts';

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
  /** @param permission - Such as `tkeeper.key.wallet-hot.sign`, in which a star is a letter like others. */
  decide(permission: string): Decision;
}

/** Reads the rules of a token, a role or a dev file. Never throws. */
export function holdRules(texts: readonly string[]): HeldRules {
  const rules: Rule[] = [];
  const bad: BadRule[] = [];
  texts.forEach((text, index) => {
    const read = readRule(text);
    if (read.rule === null) bad.push({ index, text, problem: read.problem });
    else rules.push(read.rule);
  });
  const [firstBad] = bad;
  return {
    ...{ rules, bad },
    decide: (permission) => {
      if (firstBad !== undefined) return { allowed: false, because: 'bad_rule', bad: firstBad };
      const segments = permission.split('.');
      const matching = rules.filter((rule) => matches(rule, segments));
      const deny = matching.find(({ effect }) => effect === 'deny');
      if (deny !== undefined) return { allowed: false, because: 'denied', by: deny };
      const [by] = matching;
      return by === undefined
        ? { allowed: false, because: 'not_granted' }
        : { allowed: true, because: 'granted', by };
    },
  };
}

/** Whether a rule, its `-` aside, speaks of a permission of these segments. */
export function matches({ segments }: Rule, parts: readonly string[]): boolean {
  return segments.length === parts.length && segments.every((segment, at) => fits(segment, parts[at] ?? ''));
}

function fits(segment: Segment, part: string): boolean {
  switch (segment.kind) {
    case 'any':
      return true;
    case 'exact':
      return segment.text === part;
    case 'affixes': {
      const { prefix, suffix } = segment;
      return part.length >= prefix.length + suffix.length && part.startsWith(prefix) && part.endsWith(suffix);
    }
  }
}
