import { createCipheriv, createDecipheriv } from 'node:crypto';

const algorithm = 'aes-256-gcm';

/** Length of a nonce for AES-GCM in bytes (96 bits; NIST SP 800-38D, section 8.2). */
export const nonceLength = 12;

/** Length of an authentication tag in bytes. */
export const tagLength = 16;

/**
 * AES-256-GCM (NIST SP 800-38D).
 * @param nonce 12 bytes, never used twice with the same key
 * @param bound what the result is bound to; the same bytes are needed to decrypt
 * @returns cipher text and tag
 */
export function encrypt(key: Buffer, nonce: Buffer, bound: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  cipher.setAAD(bound);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** The other way round. Answers null when anything differs from what was encrypted. */
export function decrypt(key: Buffer, nonce: Buffer, bound: Buffer, sealed: Buffer): Buffer | null {
  if (sealed.length < tagLength) return null;
  const decipher = createDecipheriv(algorithm, key, nonce, { authTagLength: tagLength });
  decipher.setAAD(bound);
  decipher.setAuthTag(sealed.subarray(sealed.length - tagLength));
  const plain = decipher.update(sealed.subarray(0, sealed.length - tagLength));
  try {
    decipher.final();
    return plain;
  } catch {
    plain.fill(0);
    return null;
  }
}
