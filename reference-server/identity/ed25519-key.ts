import { Point } from '@noble/ed25519';
import { createHash } from 'node:crypto';

/**
 * Whether 32 bytes are a public key that a signature can prove anything with: a canonical point of the prime-order
 * subgroup (RFC 8032, section 5.1.3). A key of small order verifies signatures that nobody made.
 *
 * @param x - The key in base64url, as in a JWK.
 */
export function isSoundPublicKey(x: string): boolean {
  try {
    const bytes = Buffer.from(x, 'base64url');
    if (bytes.toString('base64url') !== x) return false;
    const point = Point.fromBytes(bytes, false);
    return !point.isSmallOrder() && point.isTorsionFree();
  } catch {
    return false;
  }
}

/** RFC 7638 thumbprint (SHA-256, base64url) of an Ed25519 public key: members in the order crv, kty, x. */
export function thumbprint(x: string): string {
  return createHash('sha256').update(`{"crv":"Ed25519","kty":"OKP","x":"${x}"}`).digest('base64url');
}

/** `SHA256:` and the unpadded base64 of the SHA-256 of the raw key. */
export function fingerprint(x: string): string {
  const digest = createHash('sha256').update(Buffer.from(x, 'base64url')).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
