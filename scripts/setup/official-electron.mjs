import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toolEnvironment, toolNode } from './paths.mjs';
import { reasonOf } from './problem.mjs';
import { step } from './progress.mjs';
import { ProgramFailed, run } from './run.mjs';

/**
 * The Electron that the electron package's own installer put in place.
 * @param {string} root the checkout
 * @returns {{ executable: string, version: string } | null} null when it is missing, incomplete or of
 *   another version than package-lock.json pins
 */
export function officialElectron(root) {
  const folder = join(root, 'node_modules/electron');
  try {
    const version = readFileSync(join(folder, 'dist/version'), 'utf8').trim().replace(/^v/, '');
    // Written last by the installer, so it is there only when all else is.
    const executable = join(folder, 'dist', readFileSync(join(folder, 'path.txt'), 'utf8').trim());
    return version === pinnedVersion(root) && existsSync(executable) ? { executable, version } : null;
  } catch {
    return null;
  }
}

/**
 * The version of Electron that is pinned.
 * @param {string} root the checkout
 * @returns {string}
 */
export function pinnedVersion(root) {
  const manifest = JSON.parse(readFileSync(join(root, 'node_modules/electron/package.json'), 'utf8'));
  return String(manifest.version);
}

/**
 * Whether Electron can be had from where its installer looks. That place depends on a dozen settings, so the
 * installer's own library is asked.
 * @param {string} root the checkout
 * @param {NodeJS.ProcessEnv} [env] the settings
 * @returns {Promise<string | null>} null when it can be had, else why not
 */
export async function officialUnreachable(root, env = toolEnvironment(root)) {
  try {
    const probe = fileURLToPath(import.meta.resolve('./probe-electron.mjs'));
    const answer = await run(toolNode(root), [probe, root], { env });
    return answer.trim() === 'reachable' ? null : answer.trim();
  } catch (error) {
    return error instanceof ProgramFailed ? (error.lastLines.split('\n').at(-1) ?? '') : reasonOf(error);
  }
}

/**
 * Runs Electron's own installer.
 * @param {string} root the checkout
 * @returns {Promise<string | null>} null when Electron is in place, else why not
 */
export async function installOfficial(root) {
  try {
    await step(`downloading Electron ${pinnedVersion(root)}`, () =>
      run(toolNode(root), [join(root, 'node_modules/electron/install.js')], { env: toolEnvironment(root) }),
    );
  } catch (error) {
    if (!(error instanceof ProgramFailed)) throw error;
    const said = error.output.split('\n').find((line) => line.trim() !== '') ?? error.message;
    return said.replace(/^\w*Error: /, '').replace(/\.$/, '');
  }
  return officialElectron(root) === null ? 'its installer left no complete Electron behind' : null;
}
