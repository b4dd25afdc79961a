import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagedProgram } from '../../scripts/fuses.ts';
import { electronRuntime, sandboxArgs } from '../../scripts/setup/runtime.mjs';
import type { ToolResult } from './registry-tools.ts';

const root = join(import.meta.dirname, '..', '..');

/** The app as users get it. */
export interface PackagedApp {
  /** The file to start. */
  program: string;
  /** Holds `app.asar` and `bin/`. */
  resources: string;
  remove(): void;
}

/** Packages what `scripts/build.ts` built into a temporary folder; takes some ten seconds. */
export async function packageApp(): Promise<PackagedApp> {
  const output = mkdtempSync(join(tmpdir(), 'kh-package-'));
  const development = electronRuntime().kind === 'fallback' ? ['--development-runtime'] : [];
  const { code, stdout, stderr } = await runPackageScript([
    '--built',
    '--dir',
    '--output',
    output,
    ...development,
  ]);
  const folder = readdirSync(output, { withFileTypes: true }).find(
    (entry) => entry.isDirectory() && /^(linux|mac|win)/.test(entry.name),
  );
  if (code !== 0 || folder === undefined) throw new Error(`Nothing was packaged:\n${stdout}${stderr}`);
  const unpacked = join(output, folder.name);
  return {
    program: packagedProgram(unpacked),
    resources: join(unpacked, process.platform === 'darwin' ? 'Keyhold.app/Contents/Resources' : 'resources'),
    remove() {
      rmSync(output, { recursive: true, force: true });
    },
  };
}

/** Runs `scripts/package.ts` with these arguments. */
export function runPackageScript(args: readonly string[]): Promise<ToolResult> {
  return runToEnd(process.execPath, [join(root, 'scripts', 'package.ts'), ...args], process.env);
}

/** Runs a program to its end with a text as its input. */
export function runToEnd(
  program: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv,
  input = '',
): Promise<ToolResult> {
  return new Promise((resolve) => {
    const child = execFile(program, args, { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : -1;
      resolve({ code, stdout, stderr });
    });
    // Not every program reads to the end what it is given.
    child.stdin?.on('error', () => undefined);
    child.stdin?.end(input);
  });
}

/** Runs the helper mode of a program as a client does on a computer that shows nothing, such as over SSH. */
export function runHelperMode(
  program: string,
  action: string,
  env: NodeJS.ProcessEnv,
  input = '',
): Promise<ToolResult> {
  const args = [...sandboxArgs(), '--ozone-platform=headless', '--credential-helper', action];
  return runToEnd(program, args, withoutDisplay(env), input);
}

export function withoutDisplay(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, DISPLAY: undefined, WAYLAND_DISPLAY: undefined };
}

/** A packaged app that was started. */
export interface PackagedRun {
  /** Everything on its standard error so far. */
  stderr(): string;
  /** Asks it to end, waits for the end and gives the exit code, null after a signal. Safe to call twice. */
  stop(): Promise<number | null>;
}

/** Starts the packaged app; its own signs of life have to be waited for. */
export function startPackaged(program: string, args: readonly string[], env: NodeJS.ProcessEnv): PackagedRun {
  const child = spawn(program, [...sandboxArgs(), ...args], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  const ended = once(child, 'close').then((results) => results[0] as number | null);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return {
    stderr: () => stderr,
    stop: () => {
      child.kill();
      return ended;
    },
  };
}
