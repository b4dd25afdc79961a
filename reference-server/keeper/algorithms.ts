import { createECDH, createPrivateKey, createPublicKey, ECDH, randomBytes, sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { keyAlgorithms } from '../../contracts/server-api/tkeeper/keys.ts';
import type { KeyAlgorithm } from '../../contracts/server-api/tkeeper/keys.ts';
import type { ArbitraryArtifact } from '../../contracts/server-api/tkeeper/signing.ts';
import { KeeperError } from '../http/keeper-error.ts';
import { wipe } from './seal.ts';

/** What Node's cryptography calls a curve, and what stands around a key of it in DER (RFC 5480, 5915, 8410). */
interface Curve {
  /** Null for Ed25519. */
  ecdh: string | null;
  privateType: 'pkcs8' | 'sec1';
  privateHead: Buffer;
  privateTail: Buffer;
  publicHead: Buffer;
}

const hex = (text: string) => Buffer.from(text, 'hex');

const curves: Readonly<Record<KeyAlgorithm, Curve>> = {
  ED25519: {
    ecdh: null,
    privateType: 'pkcs8',
    privateHead: hex('302e020100300506032b657004220420'),
    privateTail: hex(''),
    publicHead: hex('302a300506032b6570032100'),
  },
  P256: {
    ecdh: 'prime256v1',
    privateType: 'sec1',
    privateHead: hex('30310201010420'),
    privateTail: hex('a00a06082a8648ce3d030107'),
    publicHead: hex('3039301306072a8648ce3d020106082a8648ce3d030107032200'),
  },
  SECP256K1: {
    ecdh: 'secp256k1',
    privateType: 'sec1',
    privateHead: hex('302e0201010420'),
    privateTail: hex('a00706052b8104000a'),
    publicHead: hex('3036301006072a8648ce3d020106052b8104000a032200'),
  },
};

const materialSize = 32;

/** @throws KeeperError UNSUPPORTED_KEY_ALGORITHM */
export function readAlgorithm(text: string): KeyAlgorithm {
  const found = keyAlgorithms.find((algorithm) => algorithm === text);
  if (found !== undefined) return found;
  const known = keyAlgorithms.join(', ');
  throw new KeeperError('UNSUPPORTED_KEY_ALGORITHM', `This keeper has no ${text}; it has ${known}.`);
}

/** New private key material: 32 bytes. Wipe it after use. */
export function newMaterial(algorithm: KeyAlgorithm): Buffer {
  for (;;) {
    const material = randomBytes(materialSize);
    if (isMaterial(algorithm, material)) return material;
  }
}

/** Whether bytes are a private key: of an elliptic curve, a number from 1 to the order of its group, that left out. */
export function isMaterial(algorithm: KeyAlgorithm, bytes: Buffer): boolean {
  if (bytes.length !== materialSize || bytes.every((byte) => byte === 0)) return false;
  const { ecdh } = curves[algorithm];
  if (ecdh === null) return true;
  try {
    createECDH(ecdh).setPrivateKey(bytes);
    return true;
  } catch {
    return false;
  }
}

/** Ed25519: 32 bytes. The other curves: a compressed point (SEC 1, 2.3.3) of 33. */
export function publicKeyOf(algorithm: KeyAlgorithm, material: Buffer): Buffer {
  const { ecdh, publicHead } = curves[algorithm];
  if (ecdh === null) {
    const spki = createPublicKey(privateKey(algorithm, material)).export({ type: 'spki', format: 'der' });
    return spki.subarray(publicHead.length);
  }
  const pair = createECDH(ecdh);
  pair.setPrivateKey(material);
  return pair.getPublicKey(null, 'compressed');
}

/** What both have in common on P-256: the x of the point (SEC 1, 3.3.1). @throws Error where it is no point of it */
export function sharedSecret(material: Buffer, point: Buffer): Buffer {
  const pair = createECDH('prime256v1');
  pair.setPrivateKey(material);
  return pair.computeSecret(
    ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'uncompressed') as Buffer,
  );
}

/** Ed25519: 64 bytes (RFC 8032). ECDSA: DER (RFC 3279, 2.2.3). */
export function signBytes(
  algorithm: KeyAlgorithm,
  material: Buffer,
  hash: string | null,
  bytes: Buffer,
): Buffer {
  return sign(hash, bytes, privateKey(algorithm, material));
}

export function verifyBytes(
  algorithm: KeyAlgorithm,
  publicKey: Buffer,
  hash: string | null,
  bytes: Buffer,
  signature: Buffer,
): boolean {
  return verify(hash, bytes, publicKeyObject(algorithm, publicKey), signature);
}

/**
 * How a key signs an artifact: the name of Node's hash, and null for Ed25519, which has its own.
 *
 * @throws KeeperError INVALID_SIG_SCHEME or INVALID_HASH_METHOD: what cannot be done exactly as asked is not done.
 */
export function hashOf(algorithm: KeyAlgorithm, { scheme, hash }: ArbitraryArtifact): string | null {
  const own = algorithm === 'ED25519' ? 'EdDSA' : 'ECDSA';
  if (scheme !== own) {
    throw new KeeperError(
      'INVALID_SIG_SCHEME',
      `A key of ${algorithm} signs by ${own} here, not by ${scheme}.`,
    );
  }
  const asked = hash ?? 'NONE';
  if (own === 'EdDSA') {
    if (asked === 'NONE') return null;
    throw new KeeperError(
      'INVALID_HASH_METHOD',
      'EdDSA hashes by itself: leave the hash out, or ask for NONE.',
    );
  }
  if (asked === 'SHA256' || asked === 'SHA512') return asked.toLowerCase();
  throw new KeeperError('INVALID_HASH_METHOD', `ECDSA signs by SHA256 or SHA512 here, not by ${asked}.`);
}

function privateKey(algorithm: KeyAlgorithm, material: Buffer): KeyObject {
  const { privateHead, privateTail, privateType } = curves[algorithm];
  const der = Buffer.concat([privateHead, material, privateTail]);
  try {
    return createPrivateKey({ key: der, format: 'der', type: privateType });
  } finally {
    wipe(der);
  }
}

function publicKeyObject(algorithm: KeyAlgorithm, bytes: Buffer): KeyObject {
  const key = Buffer.concat([curves[algorithm].publicHead, bytes]);
  return createPublicKey({ key, format: 'der', type: 'spki' });
}
