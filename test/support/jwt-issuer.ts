import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import type { JsonWebKey, KeyObject } from 'node:crypto';

/** A key of an issuer of JWTs for the keeper. */
export interface IssuerKey {
  kid: string;
  alg: string;
  privateKey: KeyObject;
  /** As the issuer publishes it. */
  jwk: JsonWebKey & { kid: string };
}

const curves: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

/** Makes a key for an algorithm; `EdDSA` and short RSA keys too, which no keeper takes. */
export function newIssuerKey(alg: string, { kid = 'made', bits = 2048 } = {}): IssuerKey {
  const { privateKey, publicKey } = pairFor(alg, bits);
  const jwk = { ...publicKey.export({ format: 'jwk' }), use: 'sig', alg, kid };
  return { kid, alg, privateKey, jwk };
}

function pairFor(alg: string, bits: number) {
  const namedCurve = curves[alg];
  if (namedCurve !== undefined) return generateKeyPairSync('ec', { namedCurve });
  if (alg === 'EdDSA') return generateKeyPairSync('ed25519');
  return generateKeyPairSync('rsa', { modulusLength: bits });
}

/** Claims that a keeper takes for an hour. */
export function keeperClaims(permissions: readonly string[] = [], now = Date.now()): Record<string, unknown> {
  const seconds = Math.floor(now / 1000);
  return {
    iss: 'https://id.example',
    sub: 'user:alice',
    aud: 'tkeeper',
    iat: seconds,
    exp: seconds + 3600,
    permissions,
  };
}

/**
 * A JWS of any header and claims, right or wrong.
 *
 * @param signature - Instead of the one that the header's `alg` names.
 */
export function tokenOf(
  key: IssuerKey,
  claims: unknown,
  header: Record<string, unknown> = {},
  signature?: (input: string) => Buffer,
): string {
  const all = { alg: key.alg, typ: 'JWT', kid: key.kid, ...header };
  const input = [all, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const made = signature?.(input) ?? signed(key.alg, key.privateKey, input);
  return `${input}.${made.toString('base64url')}`;
}

function signed(alg: string, key: KeyObject, input: string): Buffer {
  if (alg === 'EdDSA') return sign(null, Buffer.from(input), key);
  return sign(`sha${alg.slice(2)}`, Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
}

/** Signs by a secret, as `HS256` does. */
export function hmac(secret: string | Buffer): (input: string) => Buffer {
  return (input) => createHmac('sha256', secret).update(input).digest();
}
