import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccessTemplate } from '../../contracts/ipc/access-templates.ts';
import { createTemplateSchema, templateDaysMax } from '../../contracts/server-api/access/templates.ts';
import {
  isProblem,
  linesOf,
  newDraft,
  problemsOf,
} from '../../renderer/features/access/templates/line-drafts.ts';
import {
  changesOf,
  fitOf,
  fitWords,
  lineFor,
  templateWords,
} from '../../renderer/features/access/templates/template-fit.ts';

type Line = AccessTemplate['lines'][number];

const line = (repositories: string, facts: Partial<Line> = {}): Line => ({
  ...{ repositories, actions: ['read'], days: null, ...facts },
});
const name = fc.stringMatching(/^[ab]{1,4}$/).map((rest) => `acme/${rest}`);
const pattern = fc
  .tuple(fc.stringMatching(/^[ab]{0,4}$/), fc.boolean())
  .map(([rest, isBeginning]) => `acme/${rest}${isBeginning || rest === '' ? '*' : ''}`);
const lines = fc.uniqueArray(pattern, { maxLength: 6 }).map((patterns) => patterns.map((each) => line(each)));

/** Said otherwise: from the whole name down to its first letter, whatever is there. */
function oracle(all: readonly Line[], repository: string): string | undefined {
  const patterns = new Set(all.map(({ repositories }) => repositories));
  if (patterns.has(repository)) return repository;
  for (let length = repository.length; length > 0; length--) {
    const beginning = `${repository.slice(0, length)}*`;
    if (patterns.has(beginning)) return beginning;
  }
  return undefined;
}

describe('a template', () => {
  it('has the longest line that fits count, whatever their order', () => {
    fc.assert(
      fc.property(lines, name, (all, repository) => {
        expect(lineFor(all, repository)?.repositories).toBe(oracle(all, repository));
      }),
    );
  });

  it('takes nothing away by a line that gives what this version does not know', () => {
    const all = [line('acme/*'), line('acme/w*', { actions: [] })];
    const given = changesOf(
      all,
      [{ reference: 'bot:acme/a' }],
      [{ name: 'acme/web' }, { name: 'acme/api' }],
      0,
    );
    expect(given.map(({ repository }) => repository)).toEqual(['acme/api']);
  });

  it('gives to each principal what counts for each repository, and says of no line more than that', () => {
    fc.assert(
      fc.property(lines, fc.uniqueArray(name, { maxLength: 8 }), (all, names) => {
        const repositories = names.map((each) => ({ name: each }));
        const given = changesOf(
          all,
          [{ reference: 'bot:acme/a' }, { reference: 'bot:acme/b' }],
          repositories,
          0,
        );
        const fitting = names.filter((each) => oracle(all, each) !== undefined);
        expect(given.map(({ principal, repository }) => `${principal} ${repository}`)).toEqual(
          ['bot:acme/a', 'bot:acme/b'].flatMap((who) => fitting.map((each) => `${who} ${each}`)),
        );
        const counted = all.flatMap((each) => fitOf(all, each, repositories).names);
        expect(counted.toSorted()).toEqual(fitting.toSorted());
      }),
    );
  });

  it('counts days from when it is used', () => {
    const [change] = changesOf(
      [line('acme/web', { actions: ['read', 'write'], days: 30 })],
      [{ reference: 'bot:acme/ci' }],
      [{ name: 'acme/web' }],
      Date.parse('2026-12-01T10:00:00Z'),
    );
    expect(change).toEqual({
      ...{ principal: 'bot:acme/ci', repository: 'acme/web', actions: ['read', 'write'] },
      expiresAt: '2026-12-31T10:00:00.000Z',
    });
  });

  it('is said in words, with the first of many lines and names', () => {
    expect(templateWords(['a', 'b', 'c', 'd', 'e'].map((each) => line(`acme/${each}`)))).toBe(
      'pull on acme/a, pull on acme/b, pull on acme/c and 2 more',
    );
    const names = (count: number): string =>
      fitWords({ names: ['acme/a', 'acme/b', 'acme/c', 'acme/d'].slice(0, count), others: 0 });
    expect([1, 2, 3, 4].map(names)).toEqual([
      '1 repository now: acme/a',
      '2 repositories now: acme/a and acme/b',
      '3 repositories now: acme/a, acme/b and acme/c',
      '4 repositories now: acme/a, acme/b and 2 more',
    ]);
  });
});

describe('lines that are typed', () => {
  it('have a problem where the service would not take them, and no other', () => {
    const days = ['', ' ', '1', ' 30 ', '0', '-1', '1.5', 'ten', '1e9', String(templateDaysMax)];
    const repositories = ['acme/web', ' acme/web-*', 'acme/*', 'acme/', 'acme/Web', 'acme/*web', ''];
    for (const each of [...days, String(templateDaysMax + 1)])
      for (const typed of repositories) {
        const draft = { ...newDraft(0, typed), days: each };
        const [problem = {}] = problemsOf([draft], 'acme');
        const sent = { org: 'acme', name: 'Release bot', lines: linesOf([draft]) };
        const isTaken = createTemplateSchema.safeParse(sent).success;
        expect([typed, each, isProblem(problem)]).toEqual([typed, each, !isTaken]);
      }
  });
});
