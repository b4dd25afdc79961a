import { createCipheriv, createDecipheriv, hkdfSync } from 'node:crypto';
import type { Cipher } from '../../contracts/server-api/tkeeper/signing.ts';
import { newMaterial, publicKeyOf, sharedSecret } from './algorithms.ts';
import { wipe } from './seal.ts';

/*
 * Ciphertext for a key on P-256 (docs/keeper.md): 1 byte for the version, 1 for the cipher, a compressed point of 33 that
 * was made for this text alone, what is encrypted, and a tag of 16. Key and nonce come of the secret that both points have
 * in common, by HKDF-SHA256 over both points: so no nonce is ever used twice, and none has to be sent.
 */
const version = 1;
const pointSize = 33;
const headSize = 2 + pointSize;
const tagSize = 16;

const ciphers = {
  AES_GCM: { mark: 1, name: 'aes-256-gcm' },
  CHACHA20_POLY1305: { mark: 2, name: 'chacha20-poly1305' },
} as const satisfies Record<Cipher, { mark: number; name: string }>;

/** Encrypts for who has the private key of a point on P-256. */
export function encryptFor(publicKey: Buffer, cipher: Cipher, plaintext: Buffer): Buffer {
  const { mark, name } = ciphers[cipher];
  const once = newMaterial('P256');
  try {
    const head = Buffer.concat([Buffer.of(version, mark), publicKeyOf('P256', once)]);
    const { key, nonce } = keysFor(sharedSecret(once, publicKey), head, publicKey);
    // The types of Node do not know ChaCha20-Poly1305 as the same.
    const sealing = createCipheriv(name as 'aes-256-gcm', key, nonce, { authTagLength: tagSize }).setAAD(
      head,
    );
    const sealed = [sealing.update(plaintext), sealing.final()];
    return Buffer.concat([head, ...sealed, sealing.getAuthTag()]);
  } finally {
    wipe(once);
  }
}

/**
 * Decrypts what `encryptFor` encrypted.
 *
 * @param cipher - The one that it must have been encrypted by; null for either.
 * @returns null where it is no such text, was changed, or is for another key
 */
export function decryptWith(
  material: Buffer,
  publicKey: Buffer,
  cipher: Cipher | null,
  ciphertext: Buffer,
): Buffer | null {
  if (ciphertext.length < headSize + tagSize || ciphertext[0] !== version) return null;
  const found = Object.entries(ciphers).find(([, { mark }]) => mark === ciphertext[1]);
  if (found === undefined || (cipher !== null && cipher !== found[0])) return null;
  const head = ciphertext.subarray(0, headSize);
  try {
    const { key, nonce } = keysFor(sharedSecret(material, head.subarray(2)), head, publicKey);
    const opening = createDecipheriv(found[1].name as 'aes-256-gcm', key, nonce, { authTagLength: tagSize })
      .setAAD(head)
      .setAuthTag(ciphertext.subarray(-tagSize));
    return Buffer.concat([opening.update(ciphertext.subarray(headSize, -tagSize)), opening.final()]);
  } catch {
    return null;
  }
}

function keysFor(secret: Buffer, head: Buffer, publicKey: Buffer): { key: Buffer; nonce: Buffer } {
  const info = Buffer.concat([Buffer.from('keyhold ecies 1'), head, publicKey]);
  const bytes = Buffer.from(hkdfSync('sha256', secret, Buffer.alloc(0), info, 32 + 12));
  wipe(secret);
  return { key: bytes.subarray(0, 32), nonce: bytes.subarray(32) };
}
