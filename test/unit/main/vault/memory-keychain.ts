import type { Keychain } from '../../../../main/core/ports.ts';
import { decrypt, encrypt } from '../../../../main/core/vault/aes.ts';
import { systemRandom } from '../../../../main/adapters/random.ts';

/**
 * A keychain in memory. The real one is Electron's, which does not run in Node: `test/e2e/keychain.spec.ts` has it,
 * with a real GNOME keyring.
 */
export class MemoryKeychain implements Keychain {
  name: string | null = 'gnome_libsecret';
  #key = systemRandom.bytes(32);
  /** Runs before each answer, as a keychain that takes its time would let it. */
  meanwhile: () => void = () => undefined;
  refuses = false;
  /** Waits for its own password, which nobody gives. */
  hangs = false;
  readonly revealed: Buffer[] = [];

  backend(): Promise<string | null> {
    if (this.hangs) return new Promise(() => undefined);
    return Promise.resolve(this.name);
  }

  protect(secret: Buffer): Promise<Buffer | null> {
    this.meanwhile();
    if (this.refuses) return Promise.resolve(null);
    const nonce = systemRandom.bytes(12);
    return Promise.resolve(Buffer.concat([nonce, encrypt(this.#key, nonce, Buffer.alloc(0), secret)]));
  }

  reveal(sealed: Buffer): Promise<Buffer | null> {
    this.meanwhile();
    const plain = decrypt(this.#key, sealed.subarray(0, 12), Buffer.alloc(0), sealed.subarray(12));
    if (plain !== null) this.revealed.push(plain);
    return Promise.resolve(plain);
  }

  /** Loses all it ever encrypted, as a keyring does that was deleted. */
  forgetAll(): void {
    this.#key = systemRandom.bytes(32);
  }
}
