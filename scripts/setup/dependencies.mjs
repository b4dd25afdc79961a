import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirePinned } from './package-lock.mjs';
import { toolNode } from './paths.mjs';
import { SetupProblem } from './problem.mjs';
import { step } from './progress.mjs';
import { npm, npmErrors } from './registry-package.mjs';
import { ProgramFailed } from './run.mjs';

/**
 * Installs the packages of package-lock.json, unless they are installed. No install script is run: all of them work
 * without theirs, and what is not run can neither need a compiler nor do harm.
 * @param {string} root the checkout
 * @returns {Promise<void>}
 * @throws {SetupProblem} when the lock file does not pin every package, or npm fails
 */
export async function ensureDependencies(root) {
  requirePinned(root);
  if (packagesCurrent(root)) return;
  await step('installing the packages of package-lock.json (npm ci)', () =>
    npmIn(root, ['ci', '--ignore-scripts']),
  );
  if (existsSync(toolNode(root))) return;
  throw new SetupProblem(
    'npm left the Node out that the scripts use.',
    'remove "omit=optional" from your npm configuration, then npm ci --ignore-scripts',
  );
}

/**
 * @param {string} root
 * @param {readonly string[]} args
 */
async function npmIn(root, args) {
  try {
    await npm(args, { cwd: root });
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new SetupProblem(
      `npm could not install the packages:\n${npmErrors(error.output)}`,
      // npm's code for a package.json and a package-lock.json that contradict each other.
      error.output.includes('npm error code EUSAGE')
        ? 'npm install, which brings package-lock.json up to date'
        : `npm ${args.join(' ')}`,
    );
  }
}

/**
 * Whether node_modules holds what package-lock.json says. npm writes its own list there as the last thing it
 * does, so an installation that was killed is seen as well.
 * @param {string} root the checkout
 * @returns {boolean}
 */
export function packagesCurrent(root) {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const installed = packagesOf(join(root, 'node_modules/.package-lock.json'));
  if (wanted === null || installed === null) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    // Optional packages for other platforms are left out.
    if (present === undefined) return entry.optional === true;
    return present.version === entry.version && present.integrity === entry.integrity;
  });
}

/**
 * @param {string} path
 * @returns {Record<string, { version?: string, integrity?: string, optional?: boolean }> | null} null when it
 *   cannot be read
 */
function packagesOf(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}
