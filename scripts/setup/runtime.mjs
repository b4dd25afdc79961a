import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FALLBACK_VERSION, fallbackFolder } from './fallback-recipe.mjs';
import { officialElectron } from './official-electron.mjs';
import { cacheRoot, checkout } from './paths.mjs';
import { sqliteBinding } from './sqlite-binding.mjs';

/**
 * @typedef {{
 *   executable: string,
 *   kind: 'official' | 'fallback',
 *   version: string,
 *   nativeBinding: string | null,
 * }} ElectronRuntime
 * The Electron that this checkout runs on. `executable` is its absolute path, `version` its version without
 * "v"; `nativeBinding` is the file to give better-sqlite3 as its option of that name, null where the one in
 * its own package works.
 */

const SCREEN = '-screen 0 1400x900x24';

/**
 * Finds the Electron that set-up put in place: the official one where there is one, else the fallback.
 * @param {string} [root] the checkout
 * @param {string} [cache] the folder of fallback runtimes
 * @returns {ElectronRuntime}
 * @throws {Error} when set-up was not run
 */
export function electronRuntime(root = checkout, cache = cacheRoot()) {
  const runtime = findRuntime(root, cache);
  if (runtime !== null) return runtime;
  throw new Error('Electron is not set up in this checkout yet. Run: node scripts/setup.mjs --for start');
}

/**
 * @param {string} root
 * @param {string} cache
 * @returns {ElectronRuntime | null} null when there is none, or only a part of one
 */
function findRuntime(root, cache) {
  const official = officialElectron(root);
  if (official !== null) return { ...official, kind: 'official', nativeBinding: null };
  const executable = join(fallbackFolder(cache), 'electron');
  const nativeBinding = sqliteBinding(root, cache);
  if (nativeBinding === null || !existsSync(executable)) return null;
  return { executable, kind: 'fallback', version: FALLBACK_VERSION, nativeBinding };
}

/**
 * The Electron that set-up chose for this checkout, if it is still the one that is there: after a later official one
 * or other packages set-up looks anew.
 * @param {string} root the checkout
 * @param {string} cache the folder of fallback runtimes
 * @returns {ElectronRuntime | null}
 */
export function settledRuntime(root, cache) {
  const runtime = findRuntime(root, cache);
  const path = settledPath(root);
  return existsSync(path) && readFileSync(path, 'utf8') === runtime?.executable ? runtime : null;
}

/**
 * Notes that everything is in place for this Electron.
 * @param {string} root the checkout
 * @param {string} executable Electron's
 */
export function settleRuntime(root, executable) {
  writeFileSync(settledPath(root), executable);
}

/**
 * In node_modules, so that it is gone when they are made anew.
 * @param {string} root
 */
function settledPath(root) {
  return join(root, 'node_modules/.keyhold-electron');
}

/**
 * Gives a command a display where the machine has none: on Linux without an X or Wayland session it is
 * wrapped in xvfb-run.
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {{ command: string, args: string[] }}
 */
export function withDisplay(command, args) {
  if (hasDisplay()) return { command, args: [...args] };
  return { command: 'xvfb-run', args: ['-a', '-s', SCREEN, command, ...args] };
}

/**
 * Whether windows can be shown here without a virtual display.
 * @returns {boolean}
 */
export function hasDisplay() {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env['DISPLAY']) || Boolean(process.env['WAYLAND_DISPLAY']);
}

/**
 * Chromium refuses to run sandboxed as root, and must not run without its sandbox as anybody else.
 * @returns {string[]} arguments to start Electron with
 */
export function sandboxArgs() {
  return process.platform === 'linux' && process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}
