import type { AccessTemplate } from '../../../../contracts/ipc/access-templates.ts';
import {
  repositoryPatternSchema,
  templateDaysMax,
} from '../../../../contracts/server-api/access/templates.ts';
import { accessBits } from '../../../../contracts/server-api/access/matrix.ts';
import { actionsOf, bitsOf } from '../model/levels.ts';

type Line = AccessTemplate['lines'][number];

/** A line as it is typed. */
export interface LineDraft {
  /** Stays the same while the line is changed. */
  key: number;
  repositories: string;
  bits: number;
  /** What it gave before. */
  kept: number;
  /** Empty for no end. */
  days: string;
}

const pull = accessBits.read;

export function newDraft(key: number, repositories: string): LineDraft {
  return { key, repositories, bits: pull, kept: pull, days: '' };
}

export function draftsOf(lines: readonly Line[]): LineDraft[] {
  return lines.map(({ repositories, actions, days }, key) => {
    const bits = bitsOf(actions);
    return { key, repositories, bits, kept: bits, days: days === null ? '' : String(days) };
  });
}

/** What is sent; of drafts that have no problem. */
export function linesOf(drafts: readonly LineDraft[]): Line[] {
  return drafts.map(({ repositories, bits, days }) => ({
    repositories: repositories.trim(),
    actions: actionsOf(bits),
    days: days.trim() === '' ? null : Number(days),
  }));
}

/** What is wrong with a line, by field. */
export interface LineProblem {
  repositories?: string;
  days?: string;
}

export function isProblem(problem: LineProblem): boolean {
  return Object.keys(problem).length > 0;
}

/** What is wrong with each of some lines; an empty object for nothing. */
export function problemsOf(drafts: readonly LineDraft[], organization: string): LineProblem[] {
  const seen = new Set<string>();
  return drafts.map(({ repositories, days }) => {
    const pattern = repositories.trim();
    const isTwice = seen.has(pattern);
    seen.add(pattern);
    const count = Number(days);
    const isDays = days.trim() === '' || (Number.isInteger(count) && count >= 1 && count <= templateDaysMax);
    return {
      ...patternProblem(pattern, organization, isTwice),
      ...(!isDays && { days: `From 1 to ${String(templateDaysMax)}, or empty.` }),
    };
  });
}

function patternProblem(pattern: string, organization: string, isTwice: boolean): LineProblem {
  const example = `${organization}/web, or a beginning such as ${organization}/release-*`;
  if (pattern === '') return { repositories: `Enter a repository such as ${example}.` };
  if (!pattern.startsWith(`${organization}/`))
    return { repositories: `It begins with ${organization}/, as in ${example}.` };
  if (!repositoryPatternSchema.safeParse(pattern).success)
    return { repositories: `It is no repository such as ${example}.` };
  return isTwice ? { repositories: 'There is a line for it already.' } : {};
}
