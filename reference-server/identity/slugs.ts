import { orgSlugSchema } from '../../contracts/server-api/primitives.ts';

/** Longest slug, in characters. */
const longest = 40;

/** First parts of our own addresses, and names that would pass for the server's own. */
const reserved: ReadonlySet<string> = new Set([
  ...['admin', 'administrator', 'api', 'assets', 'audit', 'cli', 'dashboard', 'docs', 'events', 'favicon'],
  ...['health', 'healthz', 'help', 'invitations', 'keyhold', 'kheeper', 'kisenon', 'login', 'logout', 'main'],
  ...['metrics', 'new', 'openapi', 'operator', 'orgs', 'pending', 'projects', 'ready', 'readyz', 'registry'],
  ...[
    'root',
    'security',
    'settings',
    'sign-in',
    'sign-out',
    'static',
    'support',
    'system',
    'tkeeper',
    'token',
  ],
  ...['v1', 'v2', 'well-known'],
]);

/** Whether nobody can have this slug. `xn--` begins what programs may show as letters that are not there (RFC 5890). */
export function isReservedSlug(slug: string): boolean {
  return reserved.has(slug) || slug.startsWith('xn--');
}

/**
 * The slug of a name: its letters and digits, without marks, with hyphens between.
 *
 * @returns Null where nothing is left, such as of a name in Chinese letters.
 */
export function slugOf(name: string): string | null {
  // Upper case writes the German sharp s as two letters.
  const plain = name.normalize('NFKD').toUpperCase().toLowerCase().replaceAll(/\p{M}/gu, '');
  const slug = plain
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^-/, '')
    .slice(0, longest)
    .replace(/-$/, '');
  return orgSlugSchema.safeParse(slug).success ? slug : null;
}

/** A slug with a number behind it, for one that is taken. */
export function numberedSlug(slug: string, number: number): string {
  const end = `-${String(number)}`;
  return `${slug.slice(0, longest - end.length).replace(/-$/, '')}${end}`;
}
