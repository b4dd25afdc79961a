import type { AccessPrincipalSummary, PreparedChange } from '../../../../contracts/ipc/access.ts';
import type { AccessTemplate } from '../../../../contracts/ipc/access-templates.ts';
import { fitsPattern } from '../../../../contracts/server-api/access/templates.ts';
import { andWords, counted } from '../../../lib/format.ts';
import { accessWords, bitsOf } from '../model/levels.ts';

type Lines = AccessTemplate['lines'];
type Named = Readonly<{ name: string }>;

/**
 * The line of a template that counts for a repository: the one with its name, or else the one with the longest beginning;
 * undefined where none fits.
 */
export function lineFor<Line extends { repositories: string }>(
  lines: readonly Line[],
  repository: string,
): Line | undefined {
  const rank = ({ repositories }: Line): number =>
    repositories.endsWith('*') ? 2 * (repositories.length - 1) : 2 * repositories.length + 1;
  return lines
    .filter((line) => fitsPattern(line.repositories, repository))
    .reduce<Line | undefined>(
      (best, line) => (best === undefined || rank(line) > rank(best) ? line : best),
      undefined,
    );
}

const day = 86_400_000;

/**
 * What a template would give to some principals on the repositories that there are.
 *
 * @param now - Milliseconds since 1970: ends are counted from it.
 */
export function changesOf(
  lines: Lines,
  principals: readonly Pick<AccessPrincipalSummary, 'reference'>[],
  repositories: readonly Named[],
  now: number,
): PreparedChange[] {
  const terms = repositories.flatMap(({ name: repository }) => {
    const line = lineFor(lines, repository);
    // What it gives may be nothing that this version knows: that takes nothing away.
    if (line === undefined || line.actions.length === 0) return [];
    const { actions, days } = line;
    return [
      { repository, actions, expiresAt: days === null ? null : new Date(now + days * day).toISOString() },
    ];
  });
  return principals.flatMap(({ reference }) => terms.map((change) => ({ principal: reference, ...change })));
}

/** The repositories that a line counts for now, and how many more its pattern fits that go by another line. */
export function fitOf<Line extends { repositories: string }>(
  lines: readonly Line[],
  line: Line,
  repositories: readonly Named[],
): { names: string[]; others: number } {
  const fitting = repositories.filter(({ name }) => fitsPattern(line.repositories, name));
  const names = fitting.map(({ name }) => name).filter((name) => lineFor(lines, name) === line);
  return { names, others: fitting.length - names.length };
}

/** Names that are written out before the rest is counted. */
const namesMax = 2;

/** `12 repositories now: acme/api, acme/auth and 10 more`. */
export function fitWords({ names, others }: ReturnType<typeof fitOf>): string {
  const rest = names.length - namesMax;
  const named = andWords([
    ...names.slice(0, rest === 1 ? namesMax + 1 : namesMax),
    ...(rest > 1 ? [`${rest.toLocaleString('en')} more`] : []),
  ]);
  const count = `${counted(names.length, 'repository', 'repositories')} now`;
  const elsewhere = others === 0 ? '' : `; ${others.toLocaleString('en')} more by another line`;
  return `${names.length === 0 ? 'No repository now' : `${count}: ${named}`}${elsewhere}`;
}

/** What a line gives, in words: `push for 30 days`, with `where` between the two. */
export function lineWords({ actions, days }: Pick<Lines[number], 'actions' | 'days'>, where = ''): string {
  const may = accessWords(bitsOf(actions));
  if (days === null) return `${may}${where}`;
  return `${may}${where}${may.includes(',') ? ',' : ''} for ${counted(days, 'day')}`;
}

/** What a template gives, in words: `push on acme/*, admin on acme/web for 30 days`. Of many lines the first. */
export function templateWords(lines: Lines): string {
  const words = lines.slice(0, 3).map((line) => lineWords(line, ` on ${line.repositories}`));
  const rest = lines.length - words.length;
  return andWords(rest === 0 ? words : [...words, `${rest.toLocaleString('en')} more`]);
}
