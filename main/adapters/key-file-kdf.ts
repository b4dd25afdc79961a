import { Worker } from 'node:worker_threads';
import type { KeyFileKdf, ScryptTerms } from '../core/ports.ts';

/** What the thread is to work out. */
type KdfTerms = { kind: 'bcrypt'; rounds: number } | ({ kind: 'scrypt' } & ScryptTerms);

/** What the thread is given. Its bytes are in memory of their own, which moves to the thread. */
export interface KdfWork {
  passphrase: Uint8Array<ArrayBuffer>;
  salt: Uint8Array<ArrayBuffer>;
  length: number;
  terms: KdfTerms;
}

/**
 * The derivations of keys from elsewhere that would stop the main thread, on a thread of their own: OpenSSH's
 * `bcrypt_pbkdf` is JavaScript, and Electron's scrypt works everything out once before it leaves the thread that calls
 * it.
 */
export class ThreadKeyFileKdf implements KeyFileKdf {
  readonly #program: string;

  /** @param program the built key-file-kdf-worker, or its source where the runtime takes TypeScript */
  constructor(program: string) {
    this.#program = program;
  }

  bcryptPbkdf(passphrase: Buffer, salt: Buffer, rounds: number, length: number): Promise<Buffer> {
    return this.#derive(passphrase, salt, length, { kind: 'bcrypt', rounds });
  }

  scrypt(passphrase: Buffer, salt: Buffer, terms: ScryptTerms, length: number): Promise<Buffer> {
    return this.#derive(passphrase, salt, length, { kind: 'scrypt', ...terms });
  }

  #derive(passphrase: Buffer, salt: Buffer, length: number, terms: KdfTerms): Promise<Buffer> {
    const work: KdfWork = {
      passphrase: Uint8Array.from(passphrase),
      salt: Uint8Array.from(salt),
      length,
      terms,
    };
    const transferList = [work.passphrase.buffer, work.salt.buffer];
    return new Promise((resolve, reject) => {
      const thread = new Worker(this.#program, { workerData: work, transferList });
      thread.once('message', (key: Uint8Array<ArrayBuffer>) => resolve(Buffer.from(key.buffer)));
      thread.once('error', reject);
      thread.once('exit', () => reject(new Error('The thread ended without a key.')));
    });
  }
}
