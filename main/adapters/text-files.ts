import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import {
  access,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  stat,
  unlink,
} from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { KeyholdError } from '../../contracts/errors.ts';
import { NotText } from '../core/ports.ts';
import type { Logger, NoText, TextFiles } from '../core/ports.ts';

/** As many links in a row as Linux follows. */
const maxLinks = 40;

const modeBits = 0o7777;

/** In bytes. Passwords for thousands of registries need less than one MiB; what is larger only fills the memory. */
const maxBytes = 64 * 2 ** 20;

/** Text files on this computer's disk. */
export class DiskTextFiles implements TextFiles {
  readonly #logger: Logger;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  async read(path: string): Promise<string | null> {
    const bytes = await this.#guard('read', () => readBytes(path));
    if (bytes === 'missing') return null;
    if (typeof bytes === 'string') throw new NotText(bytes);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new NotText('encoding', bytes.toString('utf8'));
    }
  }

  async writeAtomic(path: string, content: string, modeIfNew: number): Promise<void> {
    await this.#guard('write', async () => {
      const target = await followLinks(path);
      await writeNew(target, content, (await modeOf(target)) ?? modeIfNew);
      await this.#settle(target);
    });
  }

  async replace(path: string, content: string | Buffer, mode: number): Promise<void> {
    await this.#guard('replace', async () => {
      await writeNew(path, content, mode);
      await this.#settle(path);
    });
  }

  async remove(path: string): Promise<void> {
    await this.#guard('remove', async () => {
      const target = await followLinks(path);
      try {
        await unlink(target);
      } catch (error) {
        if (isMissing(error)) return;
        throw error;
      }
      await this.#settle(target);
    });
  }

  async move(from: string, to: string): Promise<void> {
    await this.#guard('move', async () => {
      await rename(from, to);
      await this.#settle(to);
    });
  }

  async isExecutable(path: string): Promise<boolean> {
    try {
      await access(path, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  }

  async isSame(one: string, other: string): Promise<boolean> {
    try {
      const [a, b] = await Promise.all([realpath(one), realpath(other)]);
      return a === b;
    } catch {
      return resolve(one) === resolve(other);
    }
  }

  /**
   * Has a rename or removal survive a power cut. A failure is only logged: the change is done, and an error would make
   * callers undo what belongs to it.
   */
  async #settle(path: string): Promise<void> {
    try {
      await syncFolder(dirname(path));
    } catch (error) {
      this.#logger.error('text_files.settle_failed', error);
    }
  }

  /** What the system says goes to the log; the window only learns that storing failed. */
  async #guard<T>(operation: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.#logger.error(`text_files.${operation}_failed`, error);
      throw Object.assign(new KeyholdError('storage_failed'), { cause: error });
    }
  }
}

async function readBytes(path: string): Promise<Buffer | 'missing' | NoText> {
  try {
    // Opening or reading a pipe would never end.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const stats = await handle.stat();
      if (stats.isDirectory()) return 'folder';
      if (!stats.isFile()) return 'special';
      return stats.size > maxBytes ? 'too_large' : await handle.readFile();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (isMissing(error)) return 'missing';
    if (codeOf(error) === 'ENXIO') return 'special';
    if (noAccess.has(codeOf(error))) return 'no_access';
    throw error;
  }
}

/** Not this user's to open, links that lead in a circle, a file in the place of a folder. */
const noAccess: ReadonlySet<unknown> = new Set(['EACCES', 'EPERM', 'ELOOP', 'ENOTDIR']);

/** The file that a path stands for, which need not exist. */
async function followLinks(path: string, left = maxLinks): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
  if (left === 0) throw new Error('too many links');
  const link = await linkTarget(path);
  return link === null ? path : followLinks(resolve(dirname(path), link), left - 1);
}

/** Where a link leads; null for what is no link or is not there. */
async function linkTarget(path: string): Promise<string | null> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

async function modeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).mode & modeBits;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

/** Temporary files that are being written. */
const underWay = new Set<string>();

/**
 * Writes a temporary file and renames it. Its name cannot be guessed, and `wx` refuses a file or link that was put
 * there. When it throws, the target is as it was.
 */
async function writeNew(target: string, content: string | Buffer, mode: number): Promise<void> {
  const folder = dirname(target);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await removeLeftovers(target);
  const temporary = join(folder, `${temporaryPrefix(target)}${randomBytes(8).toString('hex')}`);
  underWay.add(temporary);
  try {
    const handle = await open(temporary, 'wx', 0o600);
    try {
      await handle.writeFile(content, 'utf8');
      await handle.chmod(mode);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  } finally {
    underWay.delete(temporary);
  }
}

function temporaryPrefix(target: string): string {
  return `.${basename(target)}.keyhold-`;
}

/** Removes temporary files of writes that were killed: they may hold passwords. */
async function removeLeftovers(target: string): Promise<void> {
  const folder = dirname(target);
  const prefix = temporaryPrefix(target);
  for (const name of await readdir(folder).catch(() => [])) {
    const path = join(folder, name);
    const isOurs = name.startsWith(prefix) && /^[0-9a-f]{16}$/.test(name.slice(prefix.length));
    if (isOurs && !underWay.has(path)) await unlink(path).catch(() => undefined);
  }
}

/** Windows has no such call for folders. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT';
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
