import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ending = pathToFileURL(join(import.meta.dirname, 'end-with-starter.mjs')).href;

/** The arguments for Node that run a program of a package in `node_modules`, so that it ends with its starter. */
export function endingProgram(name: string, args: readonly string[]): string[] {
  return ['--import', ending, join(import.meta.dirname, '..', 'node_modules', '.bin', name), ...args];
}

/**
 * Runs a command in the checkout, on the streams of this process. It does not block, so that this process still notices
 * when its own starter ends (`end-with-starter.mjs`).
 *
 * @param output - An open file that takes what it prints, in place of the streams.
 * @returns the exit code; 1 where a signal ended it
 * @throws Error where it cannot be started
 */
export async function runToEnd(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  output: number | 'inherit' = 'inherit',
): Promise<number> {
  const child = spawn(command, args, {
    cwd: join(import.meta.dirname, '..'),
    stdio: ['inherit', output, output],
    env: { ...process.env, ...env },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
