import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/** The checkout this script belongs to. */
export const checkout = resolve(import.meta.dirname, '../..');

/**
 * Where this user's built runtimes are kept, outside any checkout, so that the next fresh checkout is quick.
 * @returns {string} `${XDG_CACHE_HOME:-~/.cache}/keyhold-dev`
 */
export function cacheRoot() {
  const configured = process.env['XDG_CACHE_HOME'];
  // The XDG Base Directory Specification wants relative values ignored.
  const base = configured !== undefined && isAbsolute(configured) ? configured : join(homedir(), '.cache');
  return join(base, 'keyhold-dev');
}

/**
 * The Node of the checkout's own `node` package, which the tools that need Node 22 or later are run with.
 * @param {string} root the checkout
 * @returns {string}
 */
export function toolNode(root) {
  return join(root, 'node_modules/node/bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/**
 * The environment for build tools: ours, with the checkout's own programs found first.
 * @param {string} root the checkout
 * @param {Readonly<Record<string, string>>} [extra] variables to add
 * @returns {NodeJS.ProcessEnv}
 */
export function toolEnvironment(root, extra = {}) {
  const path = [join(root, 'node_modules/.bin'), process.env['PATH'] ?? ''].join(delimiter);
  return { ...process.env, PATH: path, ...extra };
}
