import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import path from 'node:path';

/** How a program ended. */
export interface ToolResult {
  code: number;
  stdout: string;
  stderr: string;
}

/**
 * Whether a program is installed; when not, says so, for the tests that need it are then left out.
 *
 * @param program - Such as `skopeo`.
 * @param probe - Arguments with which it ends well.
 */
export function hasTool(program: string, probe: readonly string[] = ['--version']): boolean {
  const found = spawnSync(program, probe).status === 0;
  if (!found) process.stderr.write(`${program} is not installed: its tests are left out.\n`);
  return found;
}

/**
 * Runs a program with a home of its own, so that no credentials, caches or settings of this machine count.
 *
 * @param home - A folder of the test's own; the program runs in it.
 * @param env - Further variables, such as `PATH` or `REGISTRY_AUTH_FILE`.
 * @param input - What the program may read from standard input.
 * @param end - Ends the program when it is aborted.
 */
export async function runTool(
  home: string,
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  input: string | Uint8Array = '',
  end?: AbortSignal,
): Promise<ToolResult> {
  const runtime = path.join(home, 'run');
  mkdirSync(runtime, { recursive: true, mode: 0o700 });
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      {
        cwd: home,
        env: {
          PATH: process.env['PATH'],
          HOME: home,
          XDG_CONFIG_HOME: path.join(home, 'config'),
          XDG_DATA_HOME: path.join(home, 'data'),
          XDG_RUNTIME_DIR: runtime,
          ...env,
        },
        ...(end === undefined ? {} : { signal: end }),
      },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
        resolve({ code, stdout, stderr });
      },
    );
    // A program may end without having read all of it.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Runs podman as `runTool` does, with an image store of its own in that home. */
export async function runPodman(
  home: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ToolResult> {
  return runTool(home, 'podman', [...imageStore(home), ...args], env);
}

/** Where podman and buildah keep images, in a form that needs no right to mount. */
export function imageStore(home: string): string[] {
  const folders = ['--root', path.join(home, 'storage'), '--runroot', path.join(home, 'sr')];
  return [...folders, '--storage-driver', 'vfs'];
}
