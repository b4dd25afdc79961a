import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const ending = pathToFileURL(join(import.meta.dirname, 'end-with-starter.mjs')).href;

/** The words for Node that run a program of a package in `node_modules`, which ends with whoever started it. */
export function endingProgram(name: string, args: readonly string[]): string[] {
  return ['--import', ending, join(import.meta.dirname, '..', 'node_modules', '.bin', name), ...args];
}

/**
 * Runs a command in the checkout, on the streams of this process, which can end meanwhile: what waits without an eye for
 * anything else does not learn that its starter has.
 *
 * @returns the exit code; 1 where a signal ended it
 * @throws Error where it cannot be started
 */
export async function runToEnd(
  command: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): Promise<number> {
  const child = spawn(command, args, {
    cwd: join(import.meta.dirname, '..'),
    stdio: 'inherit',
    env: { ...process.env, ...env },
  });
  const [code] = (await once(child, 'exit')) as [number | null];
  return code ?? 1;
}
