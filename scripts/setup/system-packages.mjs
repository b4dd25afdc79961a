import { existsSync } from 'node:fs';
import { reasonOf, SetupProblem } from './problem.mjs';
import { say, step } from './progress.mjs';
import { ProgramFailed, run } from './run.mjs';
import { debianPackages, missingLibraries, missingTools } from './system-needs.mjs';

const INSTALL = ['install', '-y', '--no-install-recommends'];

/**
 * Sees to the libraries and programs that do not come from npm: installs them as root on Debian and Ubuntu,
 * else says how to. On macOS and Windows the app runs without them, so there it only says what is missing.
 * @param {{ purpose: import('./system-needs.mjs').Purpose, executable: string, compiler: boolean }} needs
 *   `executable` is Electron's, `compiler` whether better-sqlite3 is going to be built
 * @returns {Promise<void>}
 * @throws {SetupProblem} when something that is needed cannot be installed
 */
export async function ensureSystemPackages({ purpose, executable, compiler }) {
  const look = async () => ({
    libraries: await missingLibraries(executable),
    tools: missingTools(purpose, { compiler }),
  });
  const { libraries, tools } = await look();
  const names = [...libraries, ...tools.map((tool) => tool.command)];
  if (names.length === 0) return;
  const missing = `Not on this machine: ${names.join(', ')}.`;
  if (process.platform !== 'linux') {
    say(`${missing} What needs them cannot run; the app itself can.`);
    return;
  }
  await installOnLinux(missing, debianPackages(libraries, tools));
  const after = await look();
  const still = [...after.libraries, ...after.tools.map((tool) => tool.command)];
  if (still.length === 0) return;
  throw new SetupProblem(
    `The packages were installed, but this is still not on the machine: ${still.join(', ')}.`,
    'install what has it, then run the command again',
  );
}

/**
 * @param {string} missing a sentence that says what is missing
 * @param {readonly string[]} packages
 */
async function installOnLinux(missing, packages) {
  if (!existsSync('/usr/bin/apt-get')) {
    throw new SetupProblem(missing, `install what has them (on Debian: ${packages.join(' ')})`);
  }
  const root = process.getuid?.() === 0;
  const available = await availableNames(packages, root);
  if (!root) throw new SetupProblem(missing, `sudo apt-get ${[...INSTALL, ...available].join(' ')}`);
  say(`${missing} Installing Debian packages: ${available.join(' ')}`);
  try {
    await aptGet([...INSTALL, ...available]);
  } catch {
    // The package lists may be older than the mirror's files.
    await aptGet(['update']);
    await aptGet([...INSTALL, ...available]);
  }
}

/**
 * The names under which this release of Debian or Ubuntu has the packages.
 * @param {readonly string[]} packages
 * @param {boolean} mayUpdate whether the package lists can be fetched
 */
async function availableNames(packages, mayUpdate) {
  let policy = await aptPolicy(packages);
  if (mayUpdate && chooseNames(packages, policy).unknown.length > 0) {
    await aptGet(['update']);
    policy = await aptPolicy(packages);
  }
  const { names, unknown } = chooseNames(packages, policy);
  if (mayUpdate && unknown.length > 0) {
    throw new SetupProblem(
      `This system's package sources do not have: ${unknown.join(', ')}.`,
      'add a source that has them, or install the programs in another way; then run the command again',
    );
  }
  return [...names, ...unknown];
}

/** @param {readonly string[]} packages */
async function aptPolicy(packages) {
  const both = packages.flatMap((name) => [name, `${name}t64`]);
  return run('apt-cache', ['policy', ...both], { env: { ...process.env, LC_ALL: 'C' } });
}

/**
 * Chooses between a package's name and the one with "t64" that newer releases gave to many libraries.
 * @param {readonly string[]} packages
 * @param {string} policy what `apt-cache policy` says of both names of each
 * @returns {{ names: string[], unknown: string[] }} `unknown`: those that can be had under neither name
 */
export function chooseNames(packages, policy) {
  const available = new Set(
    [...policy.matchAll(/^(\S+):\n(?: .*\n)*? +Candidate: (?!\(none\))/gm)].map(([, name]) => name),
  );
  /** @type {string[]} */
  const names = [];
  /** @type {string[]} */
  const unknown = [];
  for (const name of packages) {
    const found = [name, `${name}t64`].find((candidate) => available.has(candidate));
    if (found === undefined) unknown.push(name);
    else names.push(found);
  }
  return { names, unknown };
}

/** @param {readonly string[]} args */
async function aptGet(args) {
  try {
    await step(`apt-get ${args[0] ?? ''}`, () =>
      run('apt-get', ['-o', 'DPkg::Lock::Timeout=300', ...args], {
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }),
    );
  } catch (error) {
    const details = error instanceof ProgramFailed ? error.lastLines : reasonOf(error);
    throw new SetupProblem(`apt-get failed:\n${details}`, `apt-get update && apt-get ${args.join(' ')}`);
  }
}
