import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PARTIAL = '.partial-';

/**
 * Makes a folder that is either there and whole or not there at all: the content is built in a temporary
 * sibling, which gets its name when everything is in it.
 * @param {string} target the folder to make; when it exists, nothing is done
 * @param {(folder: string) => Promise<void>} build fills the folder it is given
 * @returns {Promise<void>}
 * @throws whatever `build` throws; then nothing is left behind
 */
export async function buildFolder(target, build) {
  if (existsSync(target)) return;
  const partial = `${target}${PARTIAL}${randomBytes(6).toString('hex')}`;
  await mkdir(partial, { recursive: true });
  try {
    await build(partial);
    await rename(partial, target);
  } catch (error) {
    await removeFolder(partial);
    throw error;
  }
}

/**
 * Removes what earlier, killed runs left half-built. Call it only while holding the set-up lock: nobody
 * else is building then.
 * @param {string} parent the folder that holds the targets of `buildFolder`
 * @returns {Promise<string[]>} the names of the folders that were removed
 */
export async function removePartials(parent) {
  if (!existsSync(parent)) return [];
  const names = (await readdir(parent)).filter((name) => name.includes(PARTIAL));
  for (const name of names) await removeFolder(join(parent, name));
  return names;
}

/** @param {string} folder */
async function removeFolder(folder) {
  // Retried, because a program that outlived its killed set-up may still be writing into the folder.
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
