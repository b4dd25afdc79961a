import { createHash } from 'node:crypto';

const shortLength = 12;

/**
 * RFC 7638 SHA-256 thumbprint of an Ed25519 public key: what identifies the key as `kid`.
 * @param x the public key as in its JWK: base64url, unpadded (RFC 8037, section 2)
 * @returns 43 characters of base64url
 */
export function thumbprint(x: string): string {
  // The members of RFC 7638 section 3.2 in their order; base64url needs no JSON escapes.
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}

/** The beginning of a fingerprint, for lists and logs. Not enough to trust a key by. */
export function shortFingerprint(full: string): string {
  return `${full.slice(0, 'SHA256:'.length + shortLength)}…`;
}
