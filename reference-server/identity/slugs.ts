import { randomBytes } from 'node:crypto';
import { orgSlugSchema } from '../../contracts/server-api/primitives.ts';
import { base32 } from './ids.ts';

/** Longest slug, in characters. */
const longest = 40;

/** First parts of our own addresses, and names that would pass for the server's own. */
const reserved: ReadonlySet<string> = new Set([
  ...['admin', 'administrator', 'api', 'assets', 'audit', 'cli', 'dashboard', 'docs', 'events', 'favicon'],
  ...[
    'health',
    'healthz',
    'help',
    'invitations',
    'keeper',
    'keyhold',
    'kheeper',
    'kisenon',
    'login',
    'logout',
    'main',
  ],
  ...[
    'metrics',
    'new',
    'openapi',
    'operator',
    'orgs',
    'password',
    'pending',
    'projects',
    'ready',
    'readyz',
    'registry',
  ],
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
  ...['ui', 'v1', 'v2', 'well-known'],
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

/** How many numbers are tried behind a slug that is taken. */
const numbered = 9;

/**
 * What to take for a slug, the first that is free: itself, with a number behind it, at last with something that nobody
 * has, so that nobody makes the search long by taking all numbers.
 */
export function slugsToTry(wanted: string): string[] {
  const numbers = Array.from({ length: numbered }, (_, at) => numberedSlug(wanted, at + 2));
  const last = `${wanted.slice(0, 20).replace(/-$/, '')}-${base32(randomBytes(10))}`;
  return [...(isReservedSlug(wanted) ? [] : [wanted]), ...numbers, last];
}

/** A slug with a number behind it. */
function numberedSlug(slug: string, number: number): string {
  const end = `-${String(number)}`;
  return `${slug.slice(0, longest - end.length).replace(/-$/, '')}${end}`;
}
