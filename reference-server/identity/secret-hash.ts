import { createHash } from 'node:crypto';

/** SHA-256 of an API key or token, hex: under it the database knows it. Its random bits need no slow hash. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
