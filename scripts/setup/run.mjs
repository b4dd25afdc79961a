import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { SetupProblem } from './problem.mjs';

const KEPT_OUTPUT = 4 * 1024 * 1024;
const OWN_GROUP = process.platform !== 'win32';

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/** A program that ended with an error: `output` holds what it wrote. */
export class ProgramFailed extends Error {
  /**
   * @param {string} program the name of the program
   * @param {string} ending how it ended, such as "exit code 1"
   * @param {string} output what it wrote to standard output and standard error
   */
  constructor(program, ending, output) {
    super(`${program} failed (${ending})`);
    this.name = 'ProgramFailed';
    this.output = output;
  }

  /** The last lines of the program's output that say something. */
  get lastLines() {
    return this.output
      .split('\n')
      .map((line) => line.trimEnd())
      .filter((line) => line !== '')
      .slice(-8)
      .join('\n');
  }
}

/**
 * Runs a program to its end, without input and without a shell.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, shell?: boolean }} [options]
 * @returns {Promise<string>} its standard output
 * @throws {SetupProblem} when there is no such program
 * @throws {ProgramFailed} when it ends with anything but exit code 0
 */
export function run(command, args, options = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: OWN_GROUP,
    });
    running.add(child);
    let stdout = '';
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      stdout = (stdout + text).slice(-KEPT_OUTPUT);
      output = (output + text).slice(-KEPT_OUTPUT);
    });
    child.stderr.setEncoding('utf8').on('data', (/** @type {string} */ text) => {
      output = (output + text).slice(-KEPT_OUTPUT);
    });
    child.on('error', (error) => {
      running.delete(child);
      reject(new SetupProblem(`"${command}" could not be started: ${error.message}.`, `install ${command}`));
    });
    child.on('close', (code, signal) => {
      running.delete(child);
      if (code === 0) resolve(stdout);
      else reject(new ProgramFailed(command, signal ?? `exit code ${String(code)}`, output));
    });
  });
}

/**
 * Lets a signal that ends the set-up also end the programs it runs, with their children: otherwise an
 * abandoned `npm ci` would go on writing beside the next set-up.
 */
export function endProgramsWithUs() {
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.once(signal, () => {
      for (const child of running) end(child);
      process.exit(128 + constants.signals[signal]);
    });
  }
}

/** @param {import('node:child_process').ChildProcess} child */
function end(child) {
  if (child.pid === undefined) return;
  try {
    if (OWN_GROUP) process.kill(-child.pid, 'SIGKILL');
    else child.kill();
  } catch {
    // It ended by itself in the meantime.
  }
}
