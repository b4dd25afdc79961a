import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { splitDigest } from './names.ts';
import { SmallContents } from './small-contents.ts';

/** Large reads keep the hashing of a file from waiting on the thread pool for every 64 KiB. */
const readSize = 256 * 1024;

/**
 * Content by digest, one file each. A file gets its final name only when all of it is on the disk, so whatever has
 * that name is whole, and several writers of the same content cannot disturb each other or a reader.
 */
export class BlobStore {
  readonly #root: string;
  readonly #turns = new Map<string, Promise<unknown>>();
  readonly #small = new SmallContents();

  /** @param root - Folder of its own; made by `prepare`. */
  constructor(root: string) {
    this.#root = root;
  }

  /** Makes the folders. */
  async prepare(): Promise<void> {
    await mkdir(path.join(this.#root, 'uploads'), { recursive: true });
  }

  /**
   * Runs one piece of work on a content at a time: whoever stores it records its use in the same turn, so that
   * nobody who removes what is unused comes between.
   */
  async alone<T>(digest: string, work: () => Promise<T>): Promise<T> {
    const before = this.#turns.get(digest) ?? Promise.resolve();
    const turn = before.then(work);
    const settled = turn.catch(() => undefined);
    this.#turns.set(digest, settled);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(digest) === settled) this.#turns.delete(digest);
    }
  }

  /** The digests of everything that is stored. */
  async *digests(): AsyncGenerator<string> {
    for (const algorithm of ['sha256', 'sha512']) {
      const folder = path.join(this.#root, algorithm);
      for (const part of await readdir(folder).catch(emptyIfMissing)) {
        for (const hex of await readdir(path.join(folder, part))) yield `${algorithm}:${hex}`;
      }
    }
  }

  /** When a content was stored last, or null when there is none. */
  async storedAt(digest: string): Promise<Date | null> {
    const found = await stat(this.#path(digest)).catch(nullIfMissing);
    return found?.mtime ?? null;
  }

  /** Removes a content. For `alone` only. */
  async remove(digest: string): Promise<void> {
    this.#small.forget(digest);
    await rm(this.#path(digest), { force: true });
  }

  /** Where bytes are collected until their digest is proved. */
  temporaryPath(id: string): string {
    return path.join(this.#root, 'uploads', id);
  }

  /** Ids of all temporary files that are there. */
  async temporaryIds(): Promise<string[]> {
    return readdir(path.join(this.#root, 'uploads'));
  }

  /** Removes a temporary file, if it is there. */
  async removeTemporary(id: string): Promise<void> {
    await rm(this.temporaryPath(id), { force: true });
  }

  /** Size in bytes, or null when there is no such content. */
  async size(digest: string): Promise<number | null> {
    const found = await stat(this.#path(digest)).catch(nullIfMissing);
    return found?.size ?? null;
  }

  /** The file of a content, open for reading; whoever asks closes it. */
  async open(digest: string): Promise<FileHandle> {
    return open(this.#path(digest));
  }

  /** All of a small content at once, or null when there is no such content. */
  async readSmall(digest: string): Promise<Buffer | null> {
    const kept = this.#small.get(digest);
    if (kept !== undefined) return kept;
    const content = await readFile(this.#path(digest)).catch(nullIfMissing);
    if (content !== null) this.#small.add(digest, content);
    return content;
  }

  /** Stores a small content. The caller has computed the digest. */
  async writeSmall(digest: string, content: Uint8Array): Promise<void> {
    const id = randomUUID();
    const file = await open(this.temporaryPath(id), 'wx');
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    await this.adopt(id, digest);
  }

  /** Hashes a temporary file. */
  async hashTemporary(id: string, algorithm: string): Promise<string> {
    const hash = createHash(algorithm);
    const file = await open(this.temporaryPath(id));
    for await (const chunk of file.createReadStream({ highWaterMark: readSize }))
      hash.update(chunk as Buffer);
    return hash.digest('hex');
  }

  /** Makes a temporary file the content of a digest that it was checked against: on the disk first, then named. */
  async adopt(id: string, digest: string): Promise<void> {
    const target = this.#path(digest);
    await syncPath(this.temporaryPath(id));
    const made = await mkdir(path.dirname(target), { recursive: true });
    await rename(this.temporaryPath(id), target);
    await syncPath(path.dirname(target));
    if (made !== undefined) await syncPath(path.dirname(made));
  }

  #path(digest: string): string {
    const { algorithm, hex } = splitDigest(digest);
    return path.join(this.#root, algorithm, hex.slice(0, 2), hex);
  }
}

async function syncPath(target: string): Promise<void> {
  const handle = await open(target);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function emptyIfMissing(error: NodeJS.ErrnoException): string[] {
  nullIfMissing(error);
  return [];
}

/** For `catch`: a file that is not there is null, anything else stays an error. */
export function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
