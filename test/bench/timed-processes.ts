import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Rounds } from './rounds.ts';

/** A program to run from start to end. */
export interface Command {
  /** Its file, so that no search of the path counts. */
  readonly file: string;
  readonly args: readonly string[];
  /** What it reads on standard input. */
  readonly input: string;
  readonly env: Readonly<Record<string, string>>;
  /** What its output must hold, or the run has failed. */
  readonly answer: string;
}

export interface Job {
  readonly commands: Readonly<Record<string, Command>>;
  readonly rounds: Rounds;
}

const worker = join(import.meta.dirname, 'process-timer.ts');

/**
 * Times whole processes, interleaved. A small process of its own starts them: starting one from a big process
 * such as ours, which holds a builder and a browser driver, costs as much as a helper itself.
 *
 * @returns the median of each command, milliseconds
 * @throws Error when one of them fails
 */
export async function timeProcesses(job: Job): Promise<Record<string, number>> {
  const run = promisify(execFile)(process.execPath, [worker]);
  run.child.stdin?.end(JSON.stringify(job));
  const { stdout } = await run;
  return JSON.parse(stdout) as Record<string, number>;
}
