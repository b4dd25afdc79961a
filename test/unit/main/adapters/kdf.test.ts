import { describe, expect, it } from 'vitest';
import { argon2Kdf } from '../../../../main/adapters/kdf.ts';

// Argon2id, version 0x13, from the test program of the reference implementation (phc-winner-argon2, test.c).
const vectors = [
  [65_536, 2, 1, '09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7'],
  [256, 2, 2, '6d093c501fd5999645e0ea3bf620d7b8be7fd2db59c20d9fff9539da2bf57037'],
] as const;

describe('Argon2id', () => {
  it.each(vectors)('with %d KiB, %d passes and %d lanes is that of the reference', async (...vector) => {
    const [memoryKiB, iterations, parallelism, expected] = vector;
    const passphrase = Buffer.from('password');
    const parameters = { memoryKiB, iterations, parallelism };
    const key = await argon2Kdf.argon2id(passphrase, Buffer.from('somesalt'), parameters);
    expect(key.toString('hex')).toBe(expected);
    // The caller still owns the passphrase; it is not consumed.
    expect(passphrase.toString()).toBe('password');
  });
});
