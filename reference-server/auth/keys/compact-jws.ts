import { compactVerify } from 'jose';
import { createPublicKey } from 'node:crypto';
import { compactJwsPattern, maxTokenBytes } from '../../../contracts/server-api/tokens.ts';

/** A token's parts as JSON, not yet believed. */
interface DecodedJws {
  header: unknown;
  claims: unknown;
}

/**
 * Takes a compact JWS apart (RFC 7515, section 3.1) without verifying it. Only the one canonical spelling passes:
 * jose alone would let padding, white space and stray bits through, and one token would have many spellings
 * (RFC 8725, section 3).
 *
 * @returns The parts, or a sentence fragment that says what is wrong.
 */
export function decodeCompactJws(token: string): DecodedJws | string {
  if (token.length > maxTokenBytes) return `it is longer than ${String(maxTokenBytes)} characters`;
  if (!compactJwsPattern.test(token)) return 'it does not have the three parts of one, joined by dots';
  const [header = '', claims = '', signature = ''] = token.split('.');
  if (![header, claims, signature].every(isCanonical)) return 'its characters are incomplete or changed';
  const parsed = { header: parseJson(header), claims: parseJson(claims) };
  if (parsed.header === undefined || parsed.claims === undefined) return 'its parts cannot be read';
  return parsed;
}

/**
 * Whether the token is signed by an Ed25519 public key (RFC 8037). Nothing else in the token is checked.
 *
 * @param x - The key as 32 bytes in base64url.
 */
export async function isSignedBy(token: string, x: string): Promise<boolean> {
  try {
    const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
    await compactVerify(token, key, { algorithms: ['Ed25519', 'EdDSA'] });
    return true;
  } catch {
    return false;
  }
}

function isCanonical(part: string): boolean {
  return Buffer.from(part, 'base64url').toString('base64url') === part;
}

/** The JSON value of a part, or undefined. Bytes that are not UTF-8 are refused, never replaced. */
function parseJson(part: string): unknown {
  try {
    return JSON.parse(
      new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.from(part, 'base64url')),
    );
  } catch {
    return undefined;
  }
}
