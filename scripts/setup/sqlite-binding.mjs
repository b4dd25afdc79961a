import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildFolder } from './atomic-folder.mjs';
import { BINDING_FLAGS, bindingFolder, HEADERS_PACKAGE } from './fallback-recipe.mjs';
import { toolEnvironment, toolNode } from './paths.mjs';
import { SetupProblem } from './problem.mjs';
import { step } from './progress.mjs';
import { fetchPackage } from './registry-package.mjs';
import { ProgramFailed, run } from './run.mjs';

const BINDING_FILE = 'better_sqlite3.node';

const CHECK = `
  const Database = require(process.argv[1]);
  const database = new Database(':memory:', { nativeBinding: process.argv[2] });
  if (database.prepare('select 41 + 1').pluck().get() !== 42) process.exit(1);
`;

/**
 * @param {string} root
 * @returns {string | null} null when better-sqlite3 is not installed
 */
function sqliteVersion(root) {
  try {
    return JSON.parse(readFileSync(join(root, 'node_modules/better-sqlite3/package.json'), 'utf8')).version;
  } catch {
    return null;
  }
}

/**
 * The native file for the fallback Electron.
 * @param {string} root the checkout
 * @param {string} cache the folder of all runtimes
 * @returns {string | null} its path; null when it is not built, or better-sqlite3 is not installed
 */
export function sqliteBinding(root, cache) {
  const version = sqliteVersion(root);
  if (version === null) return null;
  const path = join(bindingFolder(cache, version), BINDING_FILE);
  return existsSync(path) ? path : null;
}

/**
 * Builds better-sqlite3 for the fallback Electron, unless it is in the cache: the native file in its package
 * needs Node-API 10 and would end the process there without a word.
 * @param {string} root the checkout
 * @param {string} cache the folder of all runtimes
 * @param {string} executable the fallback Electron, which the result is tried on
 * @returns {Promise<void>} `sqliteBinding` finds the result
 * @throws {SetupProblem} when it cannot be built or does not work
 */
export async function makeSqliteBinding(root, cache, executable) {
  const version = sqliteVersion(root);
  if (version === null) throw new SetupProblem('better-sqlite3 is not in node_modules.', 'npm ci');
  await buildFolder(bindingFolder(cache, version), async (folder) => {
    const work = join(folder, '.work');
    const headers = await step('fetching the header files of Node (42 MB)', () =>
      fetchHeaders(join(work, 'headers')),
    );
    const file = join(folder, BINDING_FILE);
    await step(`building better-sqlite3 ${version} (about a minute)`, async () => {
      await rename(await build(root, join(work, 'build'), headers), file);
      await rm(work, { recursive: true });
    });
    await check(root, executable, file);
  });
}

/**
 * @param {string} folder
 * @returns {Promise<string>} a folder as node-gyp's --nodedir wants it
 */
async function fetchHeaders(folder) {
  const archive = await fetchPackage(HEADERS_PACKAGE, folder);
  await run('tar', ['-xzf', archive, '-C', folder, 'package/include']);
  return join(folder, 'package');
}

/**
 * @param {string} root
 * @param {string} folder empty folder to build in
 * @param {string} headers
 * @returns {Promise<string>} the native file
 */
async function build(root, folder, headers) {
  const nodeGyp = join(root, 'node_modules/node-gyp/bin/node-gyp.js');
  if (!existsSync(nodeGyp)) {
    throw new SetupProblem('node-gyp, which builds better-sqlite3, is not in node_modules.', 'npm ci');
  }
  const modules = join(folder, 'node_modules');
  await mkdir(modules, { recursive: true });
  for (const name of ['better-sqlite3', 'node-addon-api']) {
    await cp(join(root, 'node_modules', name), join(modules, name), { recursive: true });
  }
  const sources = join(modules, 'better-sqlite3');
  const args = ['rebuild', '--release', '--force_build=1', `--nodedir=${headers}`, '--jobs=max'];
  try {
    await run(toolNode(root), [nodeGyp, ...args], {
      cwd: sources,
      env: toolEnvironment(root, { CXXFLAGS: BINDING_FLAGS }),
    });
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new SetupProblem(
      `better-sqlite3 could not be built for the fallback Electron:\n${error.lastLines}`,
      'check that g++ 10 or later, make and python3 work, then run the command again',
    );
  }
  return join(sources, 'build/Release/better_sqlite3.node');
}

/**
 * @param {string} root
 * @param {string} executable
 * @param {string} file
 */
async function check(root, executable, file) {
  try {
    await run(executable, ['-e', CHECK, join(root, 'node_modules/better-sqlite3'), file], {
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
    });
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    throw new SetupProblem(
      `better-sqlite3 was built but does not work in the fallback Electron:\n${error.lastLines}`,
      'report this with the output of "node -v" and "g++ --version"',
    );
  }
}
