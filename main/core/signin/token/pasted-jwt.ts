import { printable } from '../../../../contracts/domain/printable.ts';
import { KeyholdError } from '../../../../contracts/errors.ts';
import type { PastedClaims } from '../../../../contracts/ipc/token-sign-in.ts';
import { isPasted } from '../../credentials/pasted/pasted-form.ts';
import { readCompactToken, type CompactToken } from '../../lib/compact-token.ts';

/** What clocks may differ by, seconds, as keepers have it when nobody sets it. */
const skewSeconds = 15;
/** The furthest time that a `Date` holds, in seconds. */
const furthest = 8.64e12;

/**
 * Takes a JWT apart that was pasted or came from a provider. White space around it is not of it; nothing else may be there.
 * A member that is there twice makes two readers see two tokens (RFC 7519, section 4), so that one is none.
 *
 * @returns Null for what is no signed JWT in compact form.
 */
export function readJwt(pasted: string): { text: string; token: CompactToken } | null {
  const text = pasted.trim();
  if (!isPasted('jwt', text)) return null;
  const read = readCompactToken(text);
  if (!read.ok) return null;
  const parts = text.split('.', 2).map((part) => Buffer.from(part, 'base64url').toString());
  return parts.some(hasDoubledMember) ? null : { text, token: read.token };
}

/** What stands in a JWT, as its text says. */
export function claimsOf({ header, claims }: CompactToken): PastedClaims {
  return {
    algorithm: textOf(header['alg']) ?? '',
    kid: textOf(header['kid']),
    subject: textOf(claims['sub']),
    issuer: textOf(claims['iss']),
    audience: audiencesOf(claims['aud']),
    issuedAt: timeOf(claims['iat']),
    notBefore: timeOf(claims['nbf']),
    endsAt: timeOf(claims['exp']),
    permissions: textsOf(claims['permissions']),
  };
}

/** Whom a JWT is for (RFC 7519, section 4.1.3). */
export function audiencesOf(aud: unknown): string[] {
  return [aud].flat().filter((one) => typeof one === 'string');
}

/**
 * Whom a JWT is for beside its issuer, which many a one is for as well (OpenID Connect Core 1.0, section 5.3). Null where
 * that is nobody, or not one alone.
 */
export function ownAudienceOf({ claims }: CompactToken): string | null {
  const issuer = URL.parse(String(claims['iss']))?.origin ?? null;
  const [own, ...more] = audiencesOf(claims['aud']).filter(
    (audience, _, all) => all.length === 1 || issuer === null || URL.parse(audience)?.origin !== issuer,
  );
  return own === undefined || more.length > 0 ? null : own;
}

/**
 * When a JWT ends, RFC 3339.
 *
 * @param now - Milliseconds since 1970, by this computer's clock.
 * @throws KeyholdError `token_over`; `token_not_yet`; `token_refused` for one that never ends, which no keeper takes.
 */
export function soundEnd({ claims }: CompactToken, now: number): string {
  const [endsAt, notBefore] = [timeOf(claims['exp']), timeOf(claims['nbf'])];
  if (endsAt === null) throw new KeyholdError('token_refused');
  if (Date.parse(endsAt) <= now) throw new KeyholdError('token_over');
  if (notBefore !== null && Date.parse(notBefore) > now + skewSeconds * 1000)
    throw new KeyholdError('token_not_yet');
  return endsAt;
}

/** A NumericDate (RFC 7519, section 2) as RFC 3339; null for what is none. */
function timeOf(value: unknown): string | null {
  return typeof value === 'number' && Math.abs(value) <= furthest
    ? new Date(value * 1000).toISOString()
    : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' ? printable(value, Infinity) : null;
}

/** As they are: whoever shows rules marks what cannot be seen in them. */
function textsOf(value: unknown): string[] | null {
  if (!Array.isArray(value)) return null;
  return value.every((each) => typeof each === 'string') ? value : null;
}

/** Strings, brackets and colons: what the members of well-formed JSON are found by (RFC 8259). */
const landmarks = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?|[[\]{}]/gs;

/** Whether an object in a well-formed JSON text has a member twice, however it is spelled. */
export function hasDoubledMember(json: string): boolean {
  const open: Set<string>[] = [];
  for (const { 0: found, groups } of json.matchAll(landmarks)) {
    if (found === '{' || found === '[') open.push(new Set());
    else if (found === '}' || found === ']') open.pop();
    else if (groups?.['colon'] !== undefined) {
      const name = String(JSON.parse(found.slice(0, -groups['colon'].length)));
      const names = open.at(-1);
      if (names?.has(name) === true) return true;
      names?.add(name);
    }
  }
  return false;
}
