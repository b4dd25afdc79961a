import { createPrivateKey, createPublicKey } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  crossCheck,
  derivePublicKey,
  nativePublicKey,
  toPkcs8,
} from '../../../../main/core/credentials/keys/ed25519.ts';

// RFC 8032, section 7.1, tests 1 to 3.
const vectors = [
  [
    '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60',
    'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
  ],
  [
    '4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb',
    '3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c',
  ],
  [
    'c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7',
    'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
  ],
] as const;

const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));

describe('an Ed25519 public key', () => {
  it.each(vectors)('for the seed %s is the one of RFC 8032', (seed, publicKey) => {
    expect(derivePublicKey(Buffer.from(seed, 'hex')).toString('hex')).toBe(publicKey);
    expect(nativePublicKey(Buffer.from(seed, 'hex')).toString('hex')).toBe(publicKey);
  });

  it('is the same in both implementations, for any seed', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const publicKey = derivePublicKey(seed);
        expect(nativePublicKey(seed)).toEqual(publicKey);
        crossCheck(seed, publicKey);
      }),
      { numRuns: 20 },
    );
  });

  it('of another seed fails the cross-check', () => {
    const [first, second] = vectors;
    expect(() => {
      crossCheck(Buffer.from(first[0], 'hex'), Buffer.from(second[1], 'hex'));
    }).toThrow('do not agree');
  });
});

describe('a PKCS#8 private key', () => {
  it('is read by OpenSSL as the key of the seed', () => {
    const [seed, publicKey] = vectors[0];
    const key = createPrivateKey({ key: toPkcs8(Buffer.from(seed, 'hex')), format: 'der', type: 'pkcs8' });
    const { x } = createPublicKey(key).export({ format: 'jwk' });
    expect(x).toBe(Buffer.from(publicKey, 'hex').toString('base64url'));
  });
});
