import type { BigIntStats } from 'node:fs';
import { chmod, lstat, mkdir, rename, rm, stat } from 'node:fs/promises';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { socketAddress } from './socket-address.ts';

/** Who lies at a path: nobody that matters, a program that serves a socket, or something that is no socket. */
type Occupant = 'none' | 'program' | 'file';

/** A socket that a server of ours listens on, and its file, which others may take away or replace. */
export class SocketFile {
  readonly #path: string;
  readonly #made: BigIntStats;
  readonly #folder: BigIntStats;

  private constructor(path: string, made: BigIntStats, folder: BigIntStats) {
    this.#path = path;
    this.#made = made;
    this.#folder = folder;
  }

  /**
   * Listens on a path: makes its folder for this user alone, takes the place of a socket that nobody serves any more,
   * and of nothing else.
   *
   * The socket is made under a name of this process's own, gets its mode and then its place. So nobody reaches it
   * before; and Node, which takes away the name it has listened on, takes away nothing that lies in its place by then.
   *
   * @returns who is in the way, if anybody is
   * @throws Error of the file system
   */
  static async listen(server: Server, path: string): Promise<SocketFile | Exclude<Occupant, 'none'>> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    await chmod(folder, 0o700);
    const occupant = await occupantOf(path);
    if (occupant !== 'none') return occupant;
    // No longer than the name of the socket itself.
    const made = join(folder, `new.${process.pid.toString(36)}`);
    await rm(made, { force: true });
    const { address, close } = await socketAddress(made);
    try {
      await listening(server, address);
    } finally {
      await close();
    }
    await chmod(made, 0o600);
    await rename(made, path);
    const [file, inFolder] = await Promise.all([
      lstat(path, { bigint: true }),
      stat(folder, { bigint: true }),
    ]);
    return new SocketFile(path, file, inFolder);
  }

  /** Whether it is still in its place and this user may use it: the mode counts, for root may use anything. */
  isInPlace(): Promise<boolean> {
    return this.#isNow((file, folder) => (file & 0o600n) === 0o600n && (folder & 0o700n) === 0o700n);
  }

  /** Whether it is still in its place with the modes that it was given: for this user, and for nobody else. */
  isAsMade(): Promise<boolean> {
    return this.#isNow((file, folder) => file === this.#made.mode && folder === this.#folder.mode);
  }

  async #isNow(hasModes: (file: bigint, folder: bigint) => boolean): Promise<boolean> {
    try {
      const [file, folder] = await Promise.all([
        lstat(this.#path, { bigint: true }),
        stat(dirname(this.#path), { bigint: true }),
      ]);
      return this.#is(file) && hasModes(file.mode, folder.mode);
    } catch {
      return false;
    }
  }

  /** Takes the socket away, if it is still this one. */
  async remove(): Promise<void> {
    const file = await lstat(this.#path, { bigint: true }).catch(() => null);
    if (file !== null && this.#is(file)) await rm(this.#path, { force: true });
  }

  #is(file: BigIntStats): boolean {
    return file.dev === this.#made.dev && file.ino === this.#made.ino;
  }
}

/** @throws Error when the server cannot listen there */
export function listening(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(address, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** A socket that refuses connections was left behind by a program that was killed. */
async function occupantOf(path: string): Promise<Occupant> {
  const file = await lstat(path).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  });
  if (file === null) return 'none';
  if (!file.isSocket()) return 'file';
  const { address, close } = await socketAddress(path);
  const isRefused = await new Promise<boolean>((resolve) => {
    const probe = connect(address);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', ({ code }: NodeJS.ErrnoException) => {
      // A socket of this user's own that is closed to them as well serves nobody.
      const isClosed = code === 'EACCES' && file.uid === process.geteuid?.();
      resolve(code === 'ECONNREFUSED' || code === 'ENOENT' || isClosed);
    });
  });
  await close();
  return isRefused ? 'none' : 'program';
}
