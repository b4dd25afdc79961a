import { useMemo } from 'react';
import type { RoleTest } from '../../../../contracts/ipc/rules.ts';
import { analyse, type RuleFinding } from '../../../../contracts/permissions/analysis.ts';
import { holdRules } from '../../../../contracts/permissions/decision.ts';
import { runTests, type TestResult } from '../../../../contracts/permissions/effects.ts';
import { isKeyId } from '../../../../contracts/permissions/operations.ts';
import { overriddenBy } from '../../../../contracts/permissions/reach.ts';
import {
  readRule,
  ruleLines,
  type RuleLine,
  type RuleProblemReason,
} from '../../../../contracts/permissions/rule.ts';
import type { RoleContent } from './desk.ts';
import type { KnownKeys } from './known-keys.ts';
import { useSoon } from './use-soon.ts';
import { findingWords } from './words.ts';

/** What is to be known about a line of a role's text, the worst first. */
export interface LineNote {
  /** From 0. */
  line: number;
  tone: 'error' | 'warning';
  /** A sentence without its full stop. */
  words: string;
  /** What is underlined, in UTF-16 units from the line's start; null for all of it. */
  span: { at: number; length: number } | null;
  fix: Fix;
  /** Goes away with what is typed next, maybe: nothing to be said of the line that is being written. */
  isUnfinished: boolean;
}

/** What would settle it: the line without it or written otherwise; null where only its writer knows. */
export type Fix = { label: string; line: string | null } | null;

/** A deny rule and what it takes something from. */
export interface Deny {
  line: number;
  text: string;
  overrides: number;
}

/** Of how many deny rules it is told what they override. */
export const deniesMax = 100;

/** All that is found out about a role's text, which takes too long to do at each letter. */
export interface Analysis {
  /** What it is about: of no more use where that has changed. */
  of: RoleContent;
  lines: readonly string[];
  notes: readonly LineNote[];
  denies: readonly Deny[];
  denyCount: number;
  tests: readonly TestResult<RoleTest>[];
}

export function analyseRole(content: RoleContent, keyIds: readonly string[]): Analysis {
  const ruled = ruleLines(content.text);
  const held = holdRules(ruled.map(({ text }) => text));
  const strangeIds = keyIds.filter((id) => !isKeyId(id));
  const denies = ruled.filter(({ text }) => text.startsWith('-') && readRule(text).rule !== null);
  return {
    of: content,
    lines: linesOf(content.text),
    notes: notesOf(ruled, keyIds),
    denies: denies.slice(0, deniesMax).map(({ line, text }) => {
      const { rule } = readRule(text);
      return { line, text, overrides: rule === null ? 0 : overriddenBy(rule, held.rules, strangeIds).length };
    }),
    denyCount: denies.length,
    tests: runTests(held, content.tests),
  };
}

/** As `ruleLines` counts them. */
export function linesOf(text: string): string[] {
  return text.split('\n');
}

export function notesOf(ruled: readonly RuleLine[], keyIds: readonly string[]): LineNote[] {
  const findings = analyse(
    ruled.map(({ text }) => text),
    keyIds,
  );
  // That nothing is called so follows from a letter that only looks right.
  const strange = new Set(findings.flatMap(({ kind, index }) => (kind === 'look_alike' ? [index] : [])));
  return findings.flatMap((finding) => {
    const rule = finding.kind === 'inert' && strange.has(finding.index) ? undefined : ruled[finding.index];
    return rule === undefined ? [] : [noteOf(finding, rule, ruled)];
  });
}

function noteOf(finding: RuleFinding, { line, text }: RuleLine, ruled: readonly RuleLine[]): LineNote {
  const { kind, problem, at, length } = finding;
  const span = problem ?? (at === undefined ? null : { at, length: length ?? 1 });
  return {
    line,
    tone: kind === 'unreadable' ? 'error' : 'warning',
    words: findingWords(finding, text.startsWith('-'), (rule) => (ruled[rule]?.line ?? 0) + 1),
    span: span && { at: span.at, length: span.length },
    fix: fixOf(finding, text),
    isUnfinished: kind === 'inert' || (problem?.at === text.length && endsOpen.has(problem.reason)),
  };
}

/** What a line that is not yet written to its end has. */
const endsOpen: ReadonlySet<RuleProblemReason> = new Set(['empty', 'empty_segment']);

function fixOf({ kind, problem, at = 0, length = 1, looksLike }: RuleFinding, text: string): Fix {
  if (kind === 'look_alike')
    return looksLike === undefined
      ? null
      : {
          label: looksLike === '' ? 'Take it out' : `Write ${looksLike}`,
          line: text.slice(0, at) + looksLike + text.slice(at + length),
        };
  if (kind !== 'unreadable') return { label: 'Remove line', line: null };
  const reason = problem?.reason;
  if (reason === 'white_space') return { label: 'Remove spaces', line: text.replaceAll(/\s/gu, '') };
  if (reason === 'deep_wildcard') return { label: 'Write one *', line: text.replaceAll(/\*{2,}/gu, '*') };
  return reason === 'empty' ? { label: 'Remove line', line: null } : null;
}

interface Looked {
  content: RoleContent;
  ids: readonly string[];
}

const look = ({ content, ids }: Looked): Analysis => analyseRole(content, ids);

/** What was found out last about a role's text: for a moment that may be about the text of before. */
export function useAnalysis(content: RoleContent, { ids }: KnownKeys): Analysis | null {
  const looked = useMemo(() => ({ content, ids }), [content, ids]);
  return useSoon(looked, look)?.found ?? null;
}

/** What is known of each line just now: what was found where the line is as it was, and what cannot be read at once. */
export function currentNotes(
  lines: readonly string[],
  content: RoleContent,
  analysis: Analysis | null,
  line: number,
): readonly LineNote[] {
  const text = lines[line] ?? '';
  const isCurrent = analysis?.of === content;
  if (analysis !== null && (isCurrent || analysis.lines[line] === text)) {
    return notesByLine(analysis).get(line) ?? [];
  }
  if (text.trim() === '' || readRule(text).rule !== null) return [];
  return notesOf([{ text, line }], []).filter(({ tone }) => tone === 'error');
}

const byLine = new WeakMap<Analysis, Map<number, LineNote[]>>();

function notesByLine(analysis: Analysis): Map<number, LineNote[]> {
  const known = byLine.get(analysis);
  if (known !== undefined) return known;
  const notes = new Map<number, LineNote[]>();
  for (const note of analysis.notes.toSorted((one, other) => rank(one) - rank(other))) {
    notes.set(note.line, [...(notes.get(note.line) ?? []), note]);
  }
  byLine.set(analysis, notes);
  return notes;
}

function rank({ tone }: LineNote): number {
  return tone === 'error' ? 0 : 1;
}
