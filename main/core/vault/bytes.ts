import { hkdfSync } from 'node:crypto';

const nullLength = 0xffffffff;
const keyLength = 32;

/**
 * Joins fields so that no two different lists give the same bytes: each field follows its length in four
 * bytes, big-endian; null is the length 0xffffffff with nothing after it.
 */
export function lengthPrefixed(fields: readonly (string | number | Buffer | null)[]): Buffer {
  const parts = fields.map((field) =>
    field === null || Buffer.isBuffer(field) ? field : Buffer.from(String(field), 'utf8'),
  );
  const joined = Buffer.alloc(parts.reduce((total, part) => total + 4 + (part?.length ?? 0), 0));
  let at = 0;
  for (const part of parts) {
    at = joined.writeUInt32BE(part?.length ?? nullLength, at);
    if (part !== null) at += part.copy(joined, at);
  }
  return joined;
}

/** HKDF-SHA256 without salt (RFC 5869): 32 bytes that are good for `info` only. */
export function deriveKey(secret: Buffer, info: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, keyLength));
}

/** Overwrites secrets with zeros. */
export function wipe(...secrets: readonly Buffer[]): void {
  for (const secret of secrets) secret.fill(0);
}
