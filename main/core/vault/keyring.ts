import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { deriveKey, wipe } from './bytes.ts';

/** Length of a data key in bytes (256 bits). */
export const dataKeyLength = 32;

/** The data key of an unlocked vault and the keys made from it, one for each purpose. */
export class Keyring {
  readonly #dataKey: Buffer;
  readonly #keys = new Map<string, Buffer>();
  /** Those that authenticate, in the form that OpenSSL takes without a copy for each use. */
  readonly #macKeys = new Map<string, KeyObject>();

  /** @param dataKey 32 bytes; the keyring owns them from now on */
  constructor(dataKey: Buffer) {
    this.#dataKey = dataKey;
  }

  /** The key for one purpose, 32 bytes. It belongs to the keyring: neither change nor keep it. */
  key(purpose: string): Buffer {
    const known = this.#keys.get(purpose);
    if (known !== undefined) return known;
    const derived = deriveKey(this.#dataKey, `keyhold ${purpose} v1`);
    this.#keys.set(purpose, derived);
    return derived;
  }

  /** HMAC-SHA256 with the key for `purpose`, 32 bytes. */
  mac(purpose: string, data: Buffer): Buffer {
    return createHmac('sha256', this.#macKey(purpose)).update(data).digest();
  }

  /** The data key itself, 32 bytes, to be wrapped in a slot. The caller zeroes it. */
  copyDataKey(): Buffer {
    return Buffer.from(this.#dataKey);
  }

  /** Zeroes every key. The keyring is of no use afterwards. */
  wipe(): void {
    wipe(this.#dataKey, ...this.#keys.values());
    this.#keys.clear();
    this.#macKeys.clear();
  }

  #macKey(purpose: string): KeyObject {
    const known = this.#macKeys.get(purpose);
    if (known !== undefined) return known;
    const made = createSecretKey(this.key(purpose));
    this.#macKeys.set(purpose, made);
    return made;
  }
}
