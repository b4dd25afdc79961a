import type { KeyForm } from '../../../../../contracts/domain/key-form.ts';

/** Object identifiers, as `DerReader.oid` gives them. */
export const oid = {
  /** 1.3.101.112 (RFC 8410, section 3). */
  ed25519: '2b6570',
  /** 1.2.840.113549.1.5.13, .12 (RFC 8018, appendix A). */
  pbes2: '2a864886f70d01050d',
  pbkdf2: '2a864886f70d01050c',
  /** 1.3.6.1.4.1.11591.4.11 (RFC 7914, section 7). */
  scrypt: '2b06010401da47040b',
  /** 1.2.840.113549.1.7.2 (RFC 5652, section 5): a bundle of certificates. */
  signedData: '2a864886f70d010702',
} as const;

/** What keys of other algorithms are. */
export const otherAlgorithms: ReadonlyMap<string, KeyForm> = new Map([
  ['2a864886f70d010101', 'rsa'],
  ['2a864886f70d010107', 'rsa'],
  ['2a864886f70d01010a', 'rsa'],
  ['2a8648ce380401', 'dsa'],
  ['2a8648ce3d0201', 'ecdsa'],
  ['2b656e', 'x25519'],
  ['2b656f', 'x448'],
  ['2b6571', 'ed448'],
]);

/** Names in Node of the hashes that PBKDF2 uses by HMAC (RFC 8018, appendix B.1.2). */
export const hashes: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d0207', 'sha1'],
  ['2a864886f70d0208', 'sha224'],
  ['2a864886f70d0209', 'sha256'],
  ['2a864886f70d020a', 'sha384'],
  ['2a864886f70d020b', 'sha512'],
  ['2a864886f70d020d', 'sha512-256'],
]);

/** Ciphers of PBES2 (RFC 8018, appendix B.2; RFC 3565, section 4.1), of those that BoringSSL has. Lengths in bytes. */
export const ciphers: ReadonlyMap<string, { name: string; keyLength: number; ivLength: number }> = new Map([
  ['608648016503040102', { name: 'aes-128-cbc', keyLength: 16, ivLength: 16 }],
  ['608648016503040116', { name: 'aes-192-cbc', keyLength: 24, ivLength: 16 }],
  ['60864801650304012a', { name: 'aes-256-cbc', keyLength: 32, ivLength: 16 }],
  ['2a864886f70d0307', { name: 'des-ede3-cbc', keyLength: 24, ivLength: 8 }],
]);
