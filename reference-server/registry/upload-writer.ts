import type { FileHandle } from 'node:fs/promises';

/** Large enough that an upload does not wait on the thread pool all the time, in bytes. */
const partSize = 1024 * 1024;

/** The disk is told to keep what it has each time that so much more was written, in bytes. */
const syncEvery = 16 * 1024 * 1024;

/**
 * Adds bytes to the end of a file. Two buffers take turns: one is filled while the other is written, so that however
 * large an upload is, no more than both are ever held. The disk works meanwhile: what is synced at the end is then no
 * more than the last part.
 */
export class UploadWriter {
  readonly #file: FileHandle;
  readonly #onPart: (part: Buffer) => void;
  #filling: Buffer = Buffer.allocUnsafeSlow(partSize);
  #other: Buffer | null = null;
  #filled = 0;
  #unsynced = 0;
  #writing = Promise.resolve();
  #syncing = Promise.resolve();
  #syncs = false;

  /**
   * @param file - Opened to append; stays open.
   * @param onPart - Sees each part in order, just before it is written.
   */
  constructor(file: FileHandle, onPart: (part: Buffer) => void) {
    this.#file = file;
    this.#onPart = onPart;
  }

  /** Takes bytes; settles when there is room for more. @throws Error of the disk, for an earlier part too. */
  async add(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const copied = bytes.copy(this.#filling, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (this.#filled === partSize) await this.#turn();
    }
    release(bytes);
  }

  /** Settles when all that was added is in the file. @throws Error of the disk. */
  async end(): Promise<void> {
    if (this.#filled > 0) await this.#turn();
    await this.#writing;
    // An error that the disk reports here is reported to nobody else.
    await this.#syncing;
  }

  async #turn(): Promise<void> {
    const part = this.#filling.subarray(0, this.#filled);
    await this.#writing;
    this.#onPart(part);
    this.#writing = this.#write(part);
    // Awaited before the next part is written; until then nobody else would notice that it failed.
    this.#writing.catch(() => undefined);
    [this.#filling, this.#other] = [this.#other ?? Buffer.allocUnsafeSlow(partSize), this.#filling];
    this.#filled = 0;
  }

  async #write(part: Buffer): Promise<void> {
    await this.#file.appendFile(part);
    this.#unsynced += part.length;
    if (this.#unsynced < syncEvery || this.#syncs) return;
    this.#unsynced = 0;
    this.#syncs = true;
    this.#syncing = this.#syncing
      .then(() => this.#file.datasync())
      .finally(() => {
        this.#syncs = false;
      });
    this.#syncing.catch(() => undefined);
  }
}

/**
 * Gives the memory of copied bytes back at once. Left to the garbage collector, a thousand of them a second have it
 * search the whole heap over and over.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
}
