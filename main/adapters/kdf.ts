import type { Kdf } from '../core/ports.ts';

const outputLength = 32;

/**
 * Argon2id by a native module that is loaded at its first use and works on libuv's threads. Argon2id and
 * version 0x13 are its defaults; their names in its types are const enums, which do not exist at run time.
 */
export const argon2Kdf: Kdf = {
  async argon2id(passphrase, salt, parameters) {
    const { hashRaw } = await import('@node-rs/argon2');
    return hashRaw(passphrase, {
      memoryCost: parameters.memoryKiB,
      timeCost: parameters.iterations,
      parallelism: parameters.parallelism,
      outputLen: outputLength,
      salt,
    });
  },
};
