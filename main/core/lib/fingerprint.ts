import { createHash } from 'node:crypto';

/**
 * What people compare: `SHA256:` and the unpadded base64 form of the SHA-256 of a public key.
 *
 * @param publicKey - Its bytes, as its algorithm has them.
 */
export function fingerprint(publicKey: Uint8Array): string {
  const digest = createHash('sha256').update(publicKey).digest('base64');
  return `SHA256:${digest.replace(/=+$/, '')}`;
}
