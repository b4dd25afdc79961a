import {
  createHash,
  createPrivateKey,
  createPublicKey,
  sign,
  verify as verifyNative,
  type KeyObject,
} from 'node:crypto';
import { getPublicKey, hashes, verify } from '@noble/ed25519';

/** Length of a seed and of a public key in bytes (RFC 8032, section 5.1.5). */
export const keyLength = 32;

/** All that a PKCS#8 private key (RFC 8410, section 7) has before the seed. */
const pkcs8Prefix = Buffer.from('302e020100300506032b657004220420', 'hex');

hashes.sha512 = (message) => new Uint8Array(createHash('sha512').update(message).digest());

/** The public key for a seed, 32 bytes each. */
export function derivePublicKey(seed: Buffer): Buffer {
  return Buffer.from(getPublicKey(seed));
}

/** The seed as PKCS#8 DER, which the native implementations read. The caller zeroes it. */
export function toPkcs8(seed: Buffer): Buffer {
  return Buffer.concat([pkcs8Prefix, seed]);
}

function nativeKey(seed: Buffer): KeyObject {
  const der = toPkcs8(seed);
  try {
    return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  } finally {
    der.fill(0);
  }
}

/** Signs a message (RFC 8032, section 5.1.6): 64 bytes. */
export type Signer = (message: Buffer) => Buffer;

/**
 * A private key that can only sign. It lies outside what JavaScript can reach, and is gone with the last reference to
 * the signer.
 *
 * @param seed - 32 bytes; the caller zeroes them.
 */
export function makeSigner(seed: Buffer): Signer {
  const key = nativeKey(seed);
  return (message) => sign(null, message, key);
}

/** The public key that the native implementation derives: a check on what a row says. */
export function nativePublicKey(seed: Buffer): Buffer {
  const spki = createPublicKey(nativeKey(seed)).export({ format: 'der', type: 'spki' });
  // RFC 8410, section 4: the key is the last part.
  return spki.subarray(spki.length - keyLength);
}

/**
 * Whether a signature (RFC 8032, section 5.1.7) is of a public key's holder. Runs off the main thread.
 * @param publicKey 32 bytes
 */
export function verifySignature(publicKey: Buffer, message: Buffer, signature: Buffer): Promise<boolean> {
  const jwk = { kty: 'OKP', crv: 'Ed25519', x: publicKey.toString('base64url') };
  return new Promise((resolve, reject) =>
    verifyNative(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature, (error, genuine) => {
      if (error === null) resolve(genuine);
      else reject(error);
    }),
  );
}

/**
 * Signs with the native implementation and verifies with the other one, so that a fault in either is found
 * before a key is used.
 * @throws Error when they do not agree
 */
export function crossCheck(seed: Buffer, publicKey: Buffer): void {
  const message = Buffer.from('keyhold key check', 'utf8');
  const signature = sign(null, message, nativeKey(seed));
  // RFC 8032's rules, not the looser ones of ZIP 215.
  if (!verify(signature, message, publicKey, { zip215: false })) {
    throw new Error('The two Ed25519 implementations do not agree on a new key.');
  }
}
