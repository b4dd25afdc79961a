import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir, readdir, rename, rm, rmdir, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { SetupProblem } from './problem.mjs';

const POLL_MS = 300;
const PATIENCE_MS = 20 * 60 * 1000;

/**
 * @typedef {{
 *   onWait?: (holder: string) => void,
 *   onTakeover?: (owner: string) => void | Promise<void>,
 *   patience?: number,
 * }} LockEvents
 * What happens on the way to a lock: `onWait` once, when another process holds it (told as a sentence part);
 * `onTakeover` after the lock of a dead process was taken over; `patience` in milliseconds.
 */

/**
 * Runs the work while no other process runs work under the same lock. The lock is a folder that holds one
 * file, named after its owner. Both ways to get it are one atomic rename each: of a prepared folder to the
 * lock's name, which fails while somebody's file is in there; or of a dead owner's file to one's own name,
 * which only one of several waiters can do.
 * @template T
 * @param {string} path where the lock's folder belongs
 * @param {(owner: string) => Promise<T>} work is given the name of its owner
 * @param {LockEvents} [events]
 * @returns {Promise<T>} what the work returns
 * @throws {SetupProblem} when the lock does not come free
 */
export async function withLock(path, work, events = {}) {
  const me = ownerName();
  await mkdir(dirname(path), { recursive: true });
  await acquire(path, me, events);
  try {
    return await work(me);
  } finally {
    await rm(join(path, me), { force: true });
    // Somebody else may have come in between already; then the folder is theirs.
    await tolerating(['ENOTEMPTY', 'ENOENT', 'EEXIST', 'EPERM'], () => rmdir(path));
  }
}

/**
 * @param {string} path
 * @param {string} me
 * @param {LockEvents} events
 */
async function acquire(path, me, events) {
  const giveUpAt = Date.now() + (events.patience ?? PATIENCE_MS);
  let waiting = false;
  while (!(await enter(path, me))) {
    const owner = await currentOwner(path);
    if (owner === null) continue;
    if (!isAlive(owner)) {
      if (!(await tolerating(['ENOENT'], () => rename(join(path, owner), join(path, me))))) continue;
      await events.onTakeover?.(owner);
      return;
    }
    const { pid, host } = parseOwner(owner);
    if (!waiting) events.onWait?.(`process ${String(pid)} on ${host}`);
    waiting = true;
    if (Date.now() > giveUpAt) {
      throw new SetupProblem(
        `Another set-up (process ${String(pid)} on ${host}) does not come to an end.`,
        `end it, or if there is none remove its lock: rm -r "${path}"`,
      );
    }
    await pause(POLL_MS);
  }
}

/**
 * @param {string} path
 * @param {string} me
 * @returns {Promise<boolean>} whether the lock is ours now
 */
async function enter(path, me) {
  const prepared = `${path}.partial-${me}`;
  const entered = await tolerating(['ENOTEMPTY', 'EEXIST', 'EPERM', 'ENOENT'], async () => {
    await mkdir(prepared);
    await writeFile(join(prepared, me), '');
    await rename(prepared, path);
  });
  if (!entered) await rm(prepared, { recursive: true, force: true });
  return entered;
}

/**
 * @param {string} path
 * @returns {Promise<string | null>} null when the lock has just been left
 */
async function currentOwner(path) {
  /** @type {string[]} */
  let names = [];
  await tolerating(['ENOENT'], async () => {
    names = await readdir(path);
  });
  const [owner] = names;
  // Windows does not let a folder replace an empty one.
  if (owner === undefined) await tolerating(['ENOENT', 'ENOTEMPTY', 'EPERM'], () => rmdir(path));
  return owner ?? null;
}

/** The name of this process as an owner: no two processes ever have the same, even where numbers come again. */
export function ownerName() {
  const host = hostname().replaceAll(/[^A-Za-z0-9.-]/g, '_');
  return [process.pid, startOf(process.pid) ?? '', host, randomBytes(4).toString('hex')].join('@');
}

/** @param {string} owner */
function parseOwner(owner) {
  const [pid = '', start = '', host = ''] = owner.split('@');
  return { pid: Number(pid), start, host };
}

/**
 * Whether the process that an owner's name names still runs. One on another machine (a home folder can be
 * shared) counts as running, as nobody can tell from here.
 * @param {string} owner
 * @returns {boolean}
 */
function isAlive(owner) {
  const { pid, start, host } = parseOwner(owner);
  if (host !== parseOwner(ownerName()).host) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
  return start === (startOf(pid) ?? '');
}

/**
 * When a process was started, in clock ticks since boot (proc(5), field 22 of stat); null where the system
 * does not say.
 * @param {number} pid
 */
function startOf(pid) {
  try {
    const stat = readFileSync(`/proc/${String(pid)}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}

/**
 * @param {readonly string[]} codes system errors that may happen
 * @param {() => Promise<void>} action
 * @returns {Promise<boolean>} false when one of them did
 */
async function tolerating(codes, action) {
  try {
    await action();
    return true;
  } catch (error) {
    if (codes.includes(codeOf(error))) return false;
    throw error;
  }
}

/** @param {unknown} error */
function codeOf(error) {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}
