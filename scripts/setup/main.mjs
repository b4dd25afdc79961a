import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { removePartials } from './atomic-folder.mjs';
import { ensureDependencies, packagesCurrent } from './dependencies.mjs';
import { ensureElectron } from './electron.mjs';
import { withLock } from './lock.mjs';
import { endOrphans, RUN_MARK } from './orphans.mjs';
import { requirePinned } from './package-lock.mjs';
import { cacheRoot, checkout } from './paths.mjs';
import { reasonOf, SetupProblem } from './problem.mjs';
import { say } from './progress.mjs';
import { endProgramsWithUs, ProgramFailed } from './run.mjs';
import { settledRuntime, settleRuntime } from './runtime.mjs';
import { ensureSandbox } from './sandbox.mjs';
import { makeSqliteBinding, sqliteBinding } from './sqlite-binding.mjs';
import { missingLibraries, missingTools, needsElectron, PURPOSES } from './system-needs.mjs';
import { ensureSystemPackages } from './system-packages.mjs';

/** @typedef {import('./system-needs.mjs').Purpose} Purpose */

/**
 * Makes the checkout ready for a purpose, or says what is in the way.
 * @param {readonly string[]} args the command line: nothing, or `--for` and a purpose
 * @returns {Promise<number>} the exit code: 0 when all is ready
 */
export async function main(args) {
  endProgramsWithUs();
  try {
    await setUp(parsePurpose(args), checkout, cacheRoot());
    return 0;
  } catch (error) {
    const { message, remedy } = describe(error);
    for (const line of message.split('\n')) say(line);
    say(`To mend it: ${remedy}`);
    return 1;
  }
}

/**
 * @param {readonly string[]} args
 * @returns {Purpose}
 * @throws {SetupProblem} when they are anything else
 */
export function parsePurpose(args) {
  if (args.length === 0) return 'start';
  const purpose = PURPOSES.find((name) => name === args[1]);
  if (args[0] === '--for' && purpose !== undefined && args.length === 2) return purpose;
  throw new SetupProblem(
    `Set-up does not understand "${args.join(' ')}".`,
    `node scripts/setup.mjs --for ${PURPOSES.join('|')}`,
  );
}

/**
 * @param {Purpose} purpose
 * @param {string} root
 * @param {string} cache
 */
async function setUp(purpose, root, cache) {
  // Each time: a lock file can name what is installed, and yet not pin it.
  requirePinned(root);
  if (await isReady(purpose, root, cache)) return;
  await mkdir(cache, { recursive: true });
  await withLock(join(cache, 'setup.lock'), (owner) => setUpAlone(owner, purpose, root, cache), {
    onWait: (holder) => {
      say(`Another set-up is running (${holder}); waiting for it …`);
    },
    onTakeover: (owner) => {
      if (endOrphans(owner) > 0) say('Ended what an earlier set-up, which was killed, had left running.');
    },
  });
}

/**
 * @param {string} owner
 * @param {Purpose} purpose
 * @param {string} root
 * @param {string} cache
 */
async function setUpAlone(owner, purpose, root, cache) {
  process.env[RUN_MARK] = owner;
  await removePartials(cache);
  await ensureDependencies(root);
  if (!needsElectron(purpose)) return;
  const { executable, kind } = settledRuntime(root, cache) ?? (await ensureElectron(root, cache));
  const build = kind === 'fallback' && sqliteBinding(root, cache) === null;
  await ensureSystemPackages({ purpose, executable, compiler: build });
  if (build) await makeSqliteBinding(root, cache, executable);
  await ensureSandbox(executable);
  settleRuntime(root, executable);
}

/**
 * The quick look of every later run.
 * @param {Purpose} purpose
 * @param {string} root
 * @param {string} cache
 */
async function isReady(purpose, root, cache) {
  if (!packagesCurrent(root)) return false;
  if (!needsElectron(purpose)) return true;
  const runtime = settledRuntime(root, cache);
  if (runtime === null || process.platform !== 'linux') return runtime !== null;
  return missingTools(purpose).length === 0 && (await missingLibraries(runtime.executable)).length === 0;
}

/**
 * @param {unknown} error
 * @returns {{ message: string, remedy: string }}
 */
export function describe(error) {
  if (error instanceof SetupProblem) return error;
  if (error instanceof ProgramFailed) {
    return {
      message: `${error.message}:\n${error.lastLines}`,
      remedy: 'see what it says (is the disk full?), then run the command again',
    };
  }
  const code = error instanceof Error && 'code' in error ? error.code : '';
  const message = `Set-up cannot go on: ${reasonOf(error)}.`;
  if (code === 'ENOSPC')
    return { message, remedy: 'free about 2 GB of disk space, then run the command again' };
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return {
      message,
      remedy: 'give yourself the right to write there, or set XDG_CACHE_HOME to another folder',
    };
  }
  return { message, remedy: 'run the command again; if it happens again, report it with this output' };
}
