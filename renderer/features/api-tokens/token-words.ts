import { isAdministrative, type TokenScope } from '../../../contracts/server-api/artifact-keeper/scopes.ts';
import { andWords, counted, dateWords } from '../../lib/format.ts';

interface ScopeWords {
  scope: TokenScope;
  label: string;
  hint: string;
  /** Within a sentence that begins with “May”. */
  deed: string;
}

/** Every scope in words, the usual ones first. */
const scopes: readonly ScopeWords[] = [
  { scope: 'repository:read', label: 'Read', hint: 'Pull images, and see repositories.', deed: 'pull' },
  {
    scope: 'repository:write',
    label: 'Write',
    hint: 'Push images; most need Read too.',
    deed: 'push',
  },
  { scope: 'repository:delete', label: 'Delete', hint: 'Delete images.', deed: 'delete images' },
  {
    scope: 'repository:admin',
    label: 'Administer repositories',
    hint: 'All of these, and who can use a repository.',
    deed: 'administer repositories',
  },
  { scope: 'read:users', label: 'See users', hint: 'Who has an account.', deed: 'see users' },
  {
    scope: 'write:users',
    label: 'Manage users',
    hint: 'Make, change and disable accounts.',
    deed: 'manage users',
  },
  { scope: 'admin', label: 'Everything', hint: 'All that you may yourself.', deed: 'do all that you may' },
];

/** What somebody can give a token; administrators more than others. */
export function scopesFor(isAdministrator: boolean): readonly ScopeWords[] {
  return scopes.filter(({ scope }) => isAdministrator || !isAdministrative(scope));
}

/** A scope in short; one that this version does not know stands as it is. */
export function scopeName(scope: string): string {
  return scopes.find((each) => each.scope === scope)?.label ?? scope;
}

/** What a token is for: `All repositories`, `3 repositories`. */
export function reachName(count: number | null): string {
  return count === null ? 'All repositories' : counted(count, 'repository', 'repositories');
}

/** What a token may do, in one sentence. `now` in ms; `expiresAt` null for no end. */
export function tokenSentence(
  chosen: readonly string[],
  count: number | null,
  expiresAt: string | null,
  now: number,
): string {
  const deeds = scopes.filter(({ scope }) => chosen.includes(scope));
  if (deeds.length === 0) return 'Choose what it may do.';
  // Repositories bound nothing that is done to users.
  const ofUsers = deeds.filter(({ scope }) => scope.endsWith(':users'));
  const inRepositories = deeds.filter((each) => !ofUsers.includes(each));
  const where = count === null ? 'in every repository that is open to you' : `in ${reachName(count)}`;
  const may = [
    ...(inRepositories.length === 0 ? [] : [`${inWords(inRepositories)}, ${where}`]),
    ...(ofUsers.length === 0 ? [] : [inWords(ofUsers)]),
  ].join(', and ');
  const until = expiresAt === null ? 'until you revoke it' : `until ${dateWords(expiresAt, now)}`;
  return `May ${may}, ${until}; never more than you may yourself.`;
}

function inWords(deeds: readonly ScopeWords[]): string {
  return andWords(deeds.map(({ deed }) => deed));
}
