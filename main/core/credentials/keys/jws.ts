import type { Signer } from './ed25519.ts';

/** RFC 8037, section 2. */
export interface PublicJwk {
  kty: 'OKP';
  crv: 'Ed25519';
  x: string;
}

export interface JwtHeader {
  typ: string;
  /** RFC 9864 and, for services that do not know it yet, RFC 8037. The signature is the same. */
  alg: 'Ed25519' | 'EdDSA';
  kid?: string;
  jwk?: PublicJwk;
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part), 'utf8').toString('base64url');
}

/**
 * Signs claims, at once: an Ed25519 signature takes less time than another thread would to begin with it.
 *
 * @returns A JWS in compact serialization (RFC 7515, section 7.1).
 */
export function signJws(header: JwtHeader, claims: object, sign: Signer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${sign(Buffer.from(input, 'ascii')).toString('base64url')}`;
}
