import { Worker } from 'node:worker_threads';
import type { SshKdf } from '../core/ports.ts';

/** What the thread is given. Its bytes are in memory of their own, which moves to the thread. */
export interface SshKdfWork {
  passphrase: Uint8Array<ArrayBuffer>;
  salt: Uint8Array<ArrayBuffer>;
  rounds: number;
  length: number;
}

/** OpenSSH's `bcrypt_pbkdf` on a thread of its own: it is JavaScript, and takes a second and more. */
export class ThreadSshKdf implements SshKdf {
  readonly #program: string;

  /** @param program the built ssh-kdf-worker, or its source where the runtime takes TypeScript */
  constructor(program: string) {
    this.#program = program;
  }

  bcryptPbkdf(passphrase: Buffer, salt: Buffer, rounds: number, length: number): Promise<Buffer> {
    const work: SshKdfWork = {
      passphrase: Uint8Array.from(passphrase),
      salt: Uint8Array.from(salt),
      rounds,
      length,
    };
    const transferList = [work.passphrase.buffer, work.salt.buffer];
    return new Promise((resolve, reject) => {
      const thread = new Worker(this.#program, { workerData: work, transferList });
      thread.once('message', (key: Uint8Array<ArrayBuffer>) => {
        resolve(Buffer.from(key.buffer));
      });
      thread.once('error', reject);
      thread.once('exit', () => {
        reject(new Error('The thread ended without a key.'));
      });
    });
  }
}
