import type { FileHandle } from 'node:fs/promises';

/** Large enough that an upload does not wait on the thread pool all the time, in bytes. */
const partSize = 1024 * 1024;

/** How much is written between two syncs, in bytes. */
const syncEvery = 16 * 1024 * 1024;

/**
 * Adds bytes to the end of a file. Two buffers take turns: one is filled while the other is written, so that however
 * large an upload is, no more than both are held. The file is synced on the way, so that little is left to sync at the
 * end.
 */
export class UploadWriter {
  readonly #file: FileHandle;
  readonly #onPart: (part: Buffer) => void;
  #filling: Buffer = Buffer.allocUnsafeSlow(partSize);
  #other: Buffer | null = null;
  #filled = 0;
  #writes = false;
  #written = Promise.resolve();
  #unsynced = 0;
  #syncs = false;
  #synced = Promise.resolve();

  /**
   * @param file - Opened to append; stays open.
   * @param onPart - Sees each part in order, once all of it was written and while the next one is.
   */
  constructor(file: FileHandle, onPart: (part: Buffer) => void) {
    this.#file = file;
    this.#onPart = onPart;
  }

  /**
   * Takes bytes; settles when there is room for more.
   *
   * @param bytes - Belong to the writer from now on: it frees their memory.
   * @throws Error of the disk, for an earlier part.
   */
  async add(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      if (this.#filled === partSize) await this.#written;
      const copied = bytes.copy(this.#filling, this.#filled, at);
      at += copied;
      this.#filled += copied;
      if (!this.#writes) this.#writeNext();
    }
    release(bytes);
  }

  /** Settles when all that was added is in the file. @throws Error of the disk. */
  async end(): Promise<void> {
    while (this.#writes) await this.#written;
    await this.#written;
    // An error that the disk reports here is reported to nobody else.
    await this.#synced;
  }

  #writeNext(): void {
    const part = this.#filling.subarray(0, this.#filled);
    [this.#filling, this.#other] = [this.#other ?? Buffer.allocUnsafeSlow(partSize), this.#filling];
    this.#filled = 0;
    this.#writes = true;
    this.#written = this.#file.appendFile(part).then(() => {
      this.#writes = false;
      this.#syncAfter(part.length);
      if (this.#filled > 0) this.#writeNext();
      // Its buffer is filled anew only by what is added after this.
      this.#onPart(part);
    });
    // Awaited before more is taken; until then nobody else would notice that it failed.
    this.#written.catch(() => undefined);
  }

  #syncAfter(written: number): void {
    this.#unsynced += written;
    if (this.#unsynced < syncEvery || this.#syncs) return;
    this.#unsynced = 0;
    this.#syncs = true;
    this.#synced = this.#synced
      .then(() => this.#file.datasync())
      .then(() => {
        this.#syncs = false;
      });
    this.#synced.catch(() => undefined);
  }
}

/**
 * Gives the memory of copied bytes back at once. Left to the garbage collector, a thousand of them a second have it
 * search the whole heap over and over.
 */
function release({ buffer, byteLength }: Buffer): void {
  if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) buffer.transfer(0);
}
