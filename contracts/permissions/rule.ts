/*
 * The permission language of TKeeper: rules of dot-separated segments, each with one star at most, and `-` before those
 * that deny. Pure and without dependencies: server and app decide by the same code.
 */

/** Longest rule that is read, in characters: a key id alone may have 255. */
export const ruleLengthMax = 1024;

/** What a segment of a rule stands for. Prefix and suffix do not overlap: `ab*ba` does not match `aba`. */
export type Segment =
  { kind: 'exact'; text: string } | { kind: 'any' } | { kind: 'affixes'; prefix: string; suffix: string };

/** A rule that was read. */
export interface Rule {
  /** As it was written, the `-` of a deny rule too. */
  text: string;
  effect: 'allow' | 'deny';
  segments: readonly Segment[];
}

export type RuleProblemReason =
  'empty' | 'too_long' | 'white_space' | 'empty_segment' | 'deep_wildcard' | 'many_wildcards';

/** Why a rule cannot be read, and where: UTF-16 units from its start. */
export interface RuleProblem {
  reason: RuleProblemReason;
  at: number;
  length: number;
}

export type ReadRule = { rule: Rule; problem: null } | { rule: null; problem: RuleProblem };

/** A line of a text of rules: `line` counts from 0. */
export interface RuleLine {
  text: string;
  line: number;
}

/** The rules of a text that has one a line, without the lines that have nothing but white space. */
export function ruleLines(text: string): RuleLine[] {
  return text
    .split(/\r\n|\r|\n/u)
    .map((text, line) => ({ text, line }))
    .filter(({ text }) => text.trim() !== '');
}

/** Reads one rule. Never throws. */
export function readRule(text: string): ReadRule {
  if (text.length > ruleLengthMax) return problem('too_long', ruleLengthMax, text.length - ruleLengthMax);
  const space = /\s/u.exec(text);
  if (space !== null) return problem('white_space', space.index, space[0].length);
  const isDeny = text.startsWith('-');
  const start = isDeny ? 1 : 0;
  const body = text.slice(start);
  if (body === '') return problem('empty', start, 0);
  const segments: Segment[] = [];
  let at = start;
  for (const part of body.split('.')) {
    const reason = reasonAgainst(part);
    if (reason !== null) return problem(reason, at, part.length);
    segments.push(segmentOf(part));
    at += part.length + 1;
  }
  return { rule: { text, effect: isDeny ? 'deny' : 'allow', segments }, problem: null };
}

function problem(reason: RuleProblemReason, at: number, length: number): ReadRule {
  return { rule: null, problem: { reason, at, length } };
}

function reasonAgainst(part: string): RuleProblemReason | null {
  if (part === '') return 'empty_segment';
  if (part.includes('**')) return 'deep_wildcard';
  return part.indexOf('*') === part.lastIndexOf('*') ? null : 'many_wildcards';
}

function segmentOf(part: string): Segment {
  const star = part.indexOf('*');
  if (star === -1) return { kind: 'exact', text: part };
  if (part === '*') return { kind: 'any' };
  return { kind: 'affixes', prefix: part.slice(0, star), suffix: part.slice(star + 1) };
}
