import type { TokenMember } from '../../../../contracts/domain/inspection.ts';
import { printable } from '../../../../contracts/domain/printable.ts';

/** Claims that are times in seconds since 1970 (RFC 7519, section 4.1; OpenID Connect Core 1.0, section 5.1). */
const timeClaims: readonly string[] = ['iat', 'nbf', 'exp', 'auth_time', 'updated_at'];
/** The furthest time that a `Date` holds, in seconds. */
const furthest = 8.64e12;

/**
 * The members of a header or of claims in their order, in a form to be read. Characters that cannot be seen are
 * written as `\u{…}`, so that a token cannot look like another one.
 */
export function readMembers(part: Readonly<Record<string, unknown>>): TokenMember[] {
  return Object.entries(part).map(([name, value]) => ({ name: visible(name), ...readValue(name, value) }));
}

/** A NumericDate (RFC 7519, section 2) as milliseconds since 1970; null for what is none. */
export function readTime(value: unknown): number | null {
  return typeof value === 'number' && Math.abs(value) <= furthest ? value * 1000 : null;
}

function readValue(name: string, value: unknown): Omit<TokenMember, 'name'> {
  const time = timeClaims.includes(name) ? readTime(value) : null;
  if (time !== null) return { kind: 'time', value: new Date(time).toISOString() };
  if (typeof value === 'string') return { kind: 'text', value: visible(value) };
  return { kind: 'json', value: visible(JSON.stringify(value)) };
}

function visible(text: string): string {
  return printable(text, Infinity);
}
