import type { FastifyRequest } from 'fastify';

/** The part of a request that has its conditions. */
export type Conditional = Pick<FastifyRequest, 'method' | 'headers'>;

/** A list of entity tags, and nothing else (RFC 9110, sections 5.6.1 and 8.8.3). */
const tagList = /^[ \t,]*(?:(?:W\/)?"[!#-~\x80-\xff]*"[ \t]*(?:,[ \t,]*|$))*$/;
const tags = /(?:W\/)?"[!#-~\x80-\xff]*"/g;

/** The strong entity tag of a content with this name: a digest, for content that never changes under it. */
export function entityTag(name: string): string {
  return `"${name}"`;
}

/**
 * Evaluates the conditions of a request in their order (RFC 9110, section 13.2.2). Those on a date do not count: nothing
 * here has one.
 *
 * @param current - Strong tag of what the request is about; null when there is nothing.
 * @returns What they come to: 304 for `'not-modified'`, 412 for `'failed'`.
 */
export function evaluateConditions(
  { method, headers }: Conditional,
  current: string | null,
): 'fulfilled' | 'not-modified' | 'failed' {
  const match = headers['if-match'];
  if (match !== undefined && !names(match, current, (tag) => tag)) return 'failed';
  const noneMatch = headers['if-none-match'];
  if (noneMatch === undefined) return 'fulfilled';
  const reads = method === 'GET' || method === 'HEAD';
  // Nothing is changed under a condition that nobody can read.
  if (!reads && !isList(noneMatch)) return 'failed';
  if (!names(noneMatch, current, withoutWeakness)) return 'fulfilled';
  return reads ? 'not-modified' : 'failed';
}

/** Whether a range counts: `If-Range` is missing or names this very content (RFC 9110, section 13.1.5). */
export function rangeCounts({ headers }: Conditional, current: string): boolean {
  const condition = headers['if-range'];
  return condition === undefined || condition === current;
}

/** Whether a list of tags, or `*`, names what there is. One of another form names nothing. */
function names(list: string, current: string | null, compared: (tag: string) => string): boolean {
  if (list === '*') return current !== null;
  return isList(list) && (list.match(tags) ?? []).some((tag) => compared(tag) === current);
}

function isList(list: string): boolean {
  return list === '*' || tagList.test(list);
}

function withoutWeakness(tag: string): string {
  return tag.replace(/^W\//, '');
}
