import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import type { ProgramEnd, Programs } from '../core/ports.ts';

const mostOutput = 64 * 1024;

/** @param environment - What programs are started with, and whose PATH is looked through. */
export function systemPrograms(environment: Readonly<Record<string, string | undefined>>): Programs {
  return {
    async find(name) {
      for (const folder of (environment['PATH'] ?? '').split(delimiter)) {
        if (folder === '') continue;
        const file = join(folder, name);
        if (await isProgram(file)) return file;
      }
      return null;
    },
    run(file, args, input, timeoutMs) {
      return new Promise((resolve) => {
        const limits = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: mostOutput } as const;
        const child = execFile(file, args, { env: environment, ...limits }, (error, stdout, stderr) =>
          resolve(endOf(error, stdout, stderr)),
        );
        // The program may end before it has read all of its input.
        child.stdin?.on('error', () => undefined);
        child.stdin?.end(input);
      });
    },
  };
}

function endOf(error: Parameters<Callback>[0], stdout: string, stderr: string): ProgramEnd {
  if (error === null) return { kind: 'ended', code: 0, stdout, stderr };
  if (typeof error.code === 'number') return { kind: 'ended', code: error.code, stdout, stderr };
  return { kind: error.killed === true && error.code == null ? 'timed_out' : 'failed' };
}

type Callback = NonNullable<Parameters<typeof execFile>[3]>;

async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
