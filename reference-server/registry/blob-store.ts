import { randomUUID } from 'node:crypto';
import { constants, renameSync, statSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, truncate, utimes } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { LRUCache } from 'lru-cache';
import path from 'node:path';
import { Turns } from '../turns.ts';
import { hashFile, syncPath } from './content-files.ts';
import { isDigest, splitDigest } from './names.ts';
import { smallContents } from './small-contents.ts';

/** More contents than are asked for between two starts; beyond that some are read once more. */
const maxChecked = 100_000;

/** Is told of a content that did not have the digest it was named by, and of the file it was moved to. */
export type OnBadContent = (digest: string, movedTo: string) => Promise<void>;

/**
 * Content by digest, one file each. A file gets its final name only when all of it is on the disk, and one that has
 * it is never replaced. What does not have the digest it is named by is moved away as soon as that is seen: each
 * content is read through once after a start, and again when its file was changed, before anything of it is given.
 */
export class BlobStore {
  readonly #root: string;
  readonly #onBad: OnBadContent;
  readonly #turns = new Turns();
  readonly #small = smallContents();
  /** The files, by digest, that were found to be right. */
  // By size, not by `max`, which makes room for all of them at each start.
  readonly #checked = new LRUCache<string, string>({ maxSize: maxChecked, sizeCalculation: () => 1 });
  readonly #checks = new Map<string, Promise<number | null>>();

  /** @param root - Folder of its own; made by `prepare`. No other process writes to it. */
  constructor(root: string, onBad: OnBadContent) {
    this.#root = root;
    this.#onBad = onBad;
  }

  /** Makes the folders. */
  async prepare(): Promise<void> {
    for (const folder of ['uploads', 'set-aside']) {
      await mkdir(path.join(this.#root, folder), { recursive: true });
    }
  }

  /**
   * Runs one piece of work on a content at a time: whoever stores it records its use in the same turn, so that
   * nobody who removes what is unused comes between.
   */
  async alone<T>(digest: string, work: () => Promise<T>): Promise<T> {
    return this.#turns.run(digest, work);
  }

  /** The digests of everything that is stored. */
  async *digests(): AsyncGenerator<string> {
    for (const algorithm of ['sha256', 'sha512']) {
      const folder = path.join(this.#root, algorithm);
      for (const part of await readdir(folder).catch(emptyIfMissing)) {
        for (const hex of await readdir(path.join(folder, part)).catch(emptyIfMissing)) {
          const digest = `${algorithm}:${hex}`;
          if (isDigest(digest)) yield digest;
        }
      }
    }
  }

  /** When a content was stored last and its size in bytes, good or bad; null when there is none. */
  async stored(digest: string): Promise<{ at: Date; size: number } | null> {
    const found = await stat(this.#path(digest)).catch(nullIfMissing);
    return found === null ? null : { at: found.mtime, size: found.size };
  }

  /** Removes a content. For `alone` only. */
  async remove(digest: string): Promise<void> {
    this.#forget(digest);
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

  /** Ids of the temporary files that nobody has written to since. */
  async staleTemporaryIds(since: Date): Promise<string[]> {
    const stale: string[] = [];
    for (const id of await this.temporaryIds()) {
      const found = await stat(this.temporaryPath(id)).catch(nullIfMissing);
      if (found !== null && found.mtime < since) stale.push(id);
    }
    return stale;
  }

  /** Makes an empty temporary file. @throws Error when there is one of that id. */
  async createTemporary(id: string): Promise<void> {
    const file = await open(this.temporaryPath(id), 'wx');
    await file.close();
  }

  /** A temporary file, open to write at its end; whoever asks closes it. @throws Error when it is not there. */
  async appendTemporary(id: string): Promise<FileHandle> {
    return open(this.temporaryPath(id), constants.O_WRONLY | constants.O_APPEND);
  }

  /**
   * Size of a temporary file in bytes, and its state: another one after every write to it, whoever wrote. Null when it is
   * not there.
   */
  async temporaryFile(id: string): Promise<{ size: number; state: string } | null> {
    const found = await stat(this.temporaryPath(id)).catch(nullIfMissing);
    return found && { size: found.size, state: stateOf(found) };
  }

  /** Cuts a temporary file off behind its first bytes. */
  async truncateTemporary(id: string, size: number): Promise<void> {
    await truncate(this.temporaryPath(id), size);
  }

  /** Settles when the disk has a temporary file. @throws Error when it could not keep it. */
  async syncTemporary(id: string): Promise<void> {
    await syncPath(this.temporaryPath(id));
  }

  /** Hashes a temporary file; hex. */
  async hashTemporary(id: string, algorithm: string): Promise<string> {
    const file = await open(this.temporaryPath(id));
    try {
      return await hashFile(file, algorithm);
    } finally {
      await file.close();
    }
  }

  /** Removes a temporary file, if it is there. */
  async removeTemporary(id: string): Promise<void> {
    await rm(this.temporaryPath(id), { force: true });
  }

  /** Size in bytes, or null when there is no such content or only a bad one, which is then moved away. */
  async size(digest: string): Promise<number | null> {
    const found = await stat(this.#path(digest)).catch(nullIfMissing);
    if (found === null) return null;
    if (this.#checked.get(digest) === stateOf(found)) return found.size;
    const running = this.#checks.get(digest);
    if (running !== undefined) return running;
    const check = this.#check(digest).finally(() => this.#checks.delete(digest));
    this.#checks.set(digest, check);
    return check;
  }

  /** The file of a content that `size` found, open for reading; whoever asks closes it. Null when it is gone since. */
  async open(digest: string): Promise<FileHandle | null> {
    return open(this.#path(digest)).catch(nullIfMissing);
  }

  /** All of a small content at once, or null as `size`. */
  async readSmall(digest: string): Promise<Buffer | null> {
    const kept = this.#small.get(digest);
    if (kept !== undefined) return kept;
    if ((await this.size(digest)) === null) return null;
    const content = await readFile(this.#path(digest)).catch(nullIfMissing);
    if (content !== null) this.#small.set(digest, content);
    return content;
  }

  /** Stores a small content. The caller has computed the digest. For `alone` only. */
  async writeSmall(digest: string, content: Uint8Array): Promise<void> {
    const id = randomUUID();
    try {
      await this.createTemporary(id);
      const file = await this.appendTemporary(id);
      try {
        await file.writeFile(content);
        await file.sync();
      } finally {
        await file.close();
      }
      await this.adopt(id, digest);
    } catch (error) {
      await this.removeTemporary(id);
      throw error;
    }
  }

  /**
   * Makes a temporary file the content of its digest. Content that is there already stays, and the file goes; but
   * one that is bad is moved away first. For `alone` only.
   *
   * @param id - Of a file that is on the disk and was found to have the digest.
   */
  async adopt(id: string, digest: string): Promise<void> {
    const target = this.#path(digest);
    if ((await this.size(digest)) !== null) {
      const now = new Date();
      await utimes(target, now, now);
      await this.removeTemporary(id);
    } else {
      await mkdir(path.dirname(target), { recursive: true });
      await rename(this.temporaryPath(id), target);
    }
    // Each time: whoever made a folder may have been stopped before this.
    for (const folder of [path.dirname(target), path.dirname(path.dirname(target)), this.#root]) {
      await syncPath(folder);
    }
    this.#remember(digest, await stat(target));
  }

  async #check(digest: string): Promise<number | null> {
    const { algorithm, hex } = splitDigest(digest);
    // Without it, a pipe in the file's place would be waited for, and a few of them would stop all work on files.
    const flags = constants.O_RDONLY | constants.O_NONBLOCK;
    const file = await open(this.#path(digest), flags).catch(nullIfMissing);
    if (file === null) return null;
    try {
      const state = await file.stat();
      if ((await hashFile(file, algorithm).catch(nullIfDamaged)) === hex) {
        this.#remember(digest, state);
        return state.size;
      }
      await this.#setAside(digest, state);
      return null;
    } finally {
      await file.close();
    }
  }

  /** Moves a bad content out of reach, unless another file has come into its place meanwhile. */
  async #setAside(digest: string, bad: Stats): Promise<void> {
    this.#forget(digest);
    const movedTo = path.join(this.#root, 'set-aside', `${digest.replace(':', '-')}-${randomUUID()}`);
    // Synchronously, so that nothing else in this process comes between the look and the move.
    const found = statSync(this.#path(digest), { throwIfNoEntry: false });
    if (found?.ino !== bad.ino) return;
    renameSync(this.#path(digest), movedTo);
    await this.#onBad(digest, movedTo);
  }

  #remember(digest: string, found: Stats): void {
    this.#checked.set(digest, stateOf(found));
  }

  #forget(digest: string): void {
    this.#small.delete(digest);
    this.#checked.delete(digest);
  }

  #path(digest: string): string {
    const { algorithm, hex } = splitDigest(digest);
    return path.join(this.#root, algorithm, hex.slice(0, 2), hex);
  }
}

/** Changes with every write to a file, whatever its time of change is set to afterwards. */
function stateOf({ ino, size, ctimeMs }: Stats): string {
  return `${String(ino)} ${String(size)} ${String(ctimeMs)}`;
}

/** A file that somebody put among the folders is no folder of contents. */
function emptyIfMissing(error: NodeJS.ErrnoException): string[] {
  if (error.code !== 'ENOTDIR') nullIfMissing(error);
  return [];
}

/** How a file system says that a file's bytes are lost, or are none. */
const damage = new Set(['EIO', 'EBADMSG', 'EUCLEAN', 'EISDIR', 'ESPIPE']);

/** For `catch`: bytes that cannot be read have no digest; anything else stays an error. */
function nullIfDamaged(error: NodeJS.ErrnoException): null {
  if (error.code !== undefined && damage.has(error.code)) return null;
  throw error;
}

/** For `catch`: a file that is not there is null, anything else stays an error. */
function nullIfMissing(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}
