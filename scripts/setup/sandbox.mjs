import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { SetupProblem } from './problem.mjs';
import { ProgramFailed, run } from './run.mjs';

/**
 * Sees that Chromium's sandbox can start: it needs user namespaces, which some systems keep from ordinary
 * users, or else a helper program that belongs to root. Electron would only abort, and must not run without.
 * @param {string} executable Electron's
 * @param {number | undefined} [user] the user's number; undefined outside Linux and macOS
 * @returns {Promise<void>}
 * @throws {SetupProblem} with the command that lets the sandbox start
 */
export async function ensureSandbox(executable, user = process.getuid?.()) {
  if (process.platform !== 'linux' || user === 0) return;
  const helper = join(dirname(executable), 'chrome-sandbox');
  if (belongsToRoot(helper) || (await mayMakeNamespaces())) return;
  throw new SetupProblem(
    "Electron's sandbox cannot start: this system does not let you make user namespaces.",
    `sudo chown root:root "${helper}" && sudo chmod 4755 "${helper}", then run the command again`,
  );
}

/** @param {string} helper */
function belongsToRoot(helper) {
  const stat = statSync(helper, { throwIfNoEntry: false });
  return stat !== undefined && stat.uid === 0 && (stat.mode & 0o4001) === 0o4001;
}

async function mayMakeNamespaces() {
  try {
    await run('unshare', ['--user', '--map-root-user', 'true']);
    return true;
  } catch (error) {
    // Without the program nobody can tell, so Electron has to.
    return !(error instanceof ProgramFailed);
  }
}
