import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SetupProblem } from './problem.mjs';

/** Where npm's own lock files say that packages come from, whatever registry answers in its place. */
const REGISTRY = 'https://registry.npmjs.org/';

/** One SHA-512 in the form of the Subresource Integrity specification: 64 bytes, in Base64. */
const INTEGRITY = /^sha512-[A-Za-z0-9+/]{86}==$/;

/** A version as the registry has it: no address, no folder, no other package's name. */
const VERSION = /^\d+\.\d+\.\d+(?:[-+][0-9A-Za-z.+-]+)?$/;

/** What a package can want of another that is no version of the registry: an address, a folder, an archive. */
const ADDRESS = /^(?!npm:).*[:/\\]|^\.|\.(?:tgz|tar|tar\.gz)$/i;

/** How `npm ci` finds an entry in node_modules; the last part is the package's name. */
const PLACE = /(?:^|\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/;

/**
 * @typedef {{ version?: string, integrity?: string, resolved?: string, name?: string, link?: boolean,
 *   optional?: boolean, hasInstallScript?: boolean } & Wants} LockEntry
 * @typedef {{ dependencies?: object, devDependencies?: object, optionalDependencies?: object,
 *   peerDependencies?: object, overrides?: object }} Wants
 */

/**
 * @param {string} root the checkout
 * @returns {{ packages: Record<string, LockEntry>, scripts: ReadonlySet<string>, manifest?: Wants,
 *   shrinkwrap?: boolean }} the entries of package-lock.json, the packages whose install scripts package.json has an
 *   opinion on (`allowScripts`), what it wants, and whether npm would read another lock file
 */
export function readPackageLock(root) {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return {
    packages: lock.packages,
    scripts: new Set(Object.keys(manifest.allowScripts ?? {})),
    manifest,
    shrinkwrap: existsSync(join(root, 'npm-shrinkwrap.json')),
  };
}

/**
 * What in package-lock.json would let npm install something that nobody looked at: an archive without a hash, one
 * from elsewhere than the registry, a script that is not on the list.
 * @param {ReturnType<typeof readPackageLock>} lock
 * @returns {string[]} a sentence for each; none when all is well
 */
export function lockProblems({ packages, scripts, manifest = {}, shrinkwrap = false }) {
  const entries = Object.entries(packages);
  return [
    ...(shrinkwrap ? ['npm-shrinkwrap.json would be read instead: delete it.'] : []),
    ...addressProblems('package.json', manifest),
    ...entries.flatMap(([place, entry]) => [
      ...addressProblems(place, entry),
      ...(place === '' ? [] : entryProblems(place, entry, scripts)),
    ]),
  ];
}

/**
 * npm takes an address that is wanted over the entry of the lock file, and its hash, when that has no address.
 * @param {string} place
 * @param {Wants} wants
 */
function addressProblems(place, wants) {
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, overrides } = wants;
  return [dependencies, devDependencies, optionalDependencies, peerDependencies, overrides]
    .flatMap(leaves)
    .filter((wanted) => ADDRESS.test(wanted))
    .map((wanted) => `${place} wants ${wanted}, which is no version of the registry.`);
}

/**
 * @param {unknown} value
 * @returns {string[]}
 */
function leaves(value) {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
  return typeof value === 'string' ? [value] : [];
}

/**
 * @param {string} place
 * @param {LockEntry} entry
 * @param {ReadonlySet<string>} scripts
 */
function entryProblems(place, entry, scripts) {
  const name = PLACE.exec(place)?.[1];
  const problems = [];
  if (name === undefined || entry.link === true) problems.push('is a folder, not a package of the registry');
  if (entry.name !== undefined && entry.name !== name) problems.push(`is another package, ${entry.name}`);
  if (!VERSION.test(entry.version ?? '')) problems.push('has no version of the registry');
  if (!INTEGRITY.test(entry.integrity ?? '')) problems.push('has no sha512');
  if (entry.resolved?.startsWith(`${REGISTRY}${name}/-/`) === false)
    problems.push('comes from elsewhere than its place in the registry');
  if (entry.hasInstallScript === true && !scripts.has(name ?? '')) {
    problems.push('has an install script that is not in allowScripts of package.json');
  }
  return problems.map((problem) => `${place} ${problem}.`);
}

/**
 * Refuses a lock file that does not pin all it names, before npm reads it.
 * @param {string} root the checkout
 * @throws {SetupProblem}
 */
export function requirePinned(root) {
  const problems = lockProblems(readPackageLock(root));
  if (problems.length === 0) return;
  const shown = problems.slice(0, 5).join('\n');
  throw new SetupProblem(
    `package-lock.json does not pin every package (${problems.length} problems):\n${shown}`,
    'git checkout package-lock.json; after a change of yours, node scripts/lock-file.mjs --fill',
  );
}
