import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileLogger } from '../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../main/adapters/text-files.ts';
import { runHelperMode } from '../../main/agent/helper-mode.ts';
import { agentSocketPath } from '../../main/agent/socket-path.ts';
import { HelperInstaller } from '../../main/core/registries/helper-installer.ts';
import { helperPath } from '../../main/core/registries/paths.ts';
import { packagedHelper } from '../unit/main/registries/registry-parts.ts';
import { hasTool, runTool } from './registry-tools.ts';
import type { ToolResult } from './registry-tools.ts';

/** One way in which the credential helper runs. */
export interface HelperProgram {
  name: string;
  /**
   * Runs it once.
   *
   * @param runtime - Stands for `XDG_RUNTIME_DIR`, under which the agent's socket is looked for.
   * @param input - Everything on standard input.
   */
  run: (runtime: string, args: readonly string[], input?: string | Uint8Array) => Promise<ToolResult>;
}

/**
 * Puts the helper script into a home as the app does.
 *
 * @param app - The program that the script starts where Perl and curl are missing.
 * @returns where it lies
 */
export async function installHelper(home: string, app: string): Promise<string> {
  const installed = helperPath(home);
  const files = new DiskTextFiles(fileLogger(home, 'silent'));
  const parts = { helperPath: installed, helperScript: packagedHelper, appExecutable: app, path: '' };
  await new HelperInstaller({ files, ...parts }).install();
  return installed;
}

/**
 * All ways in which the helper runs on this machine: the installed script by the system's shell and by others, and
 * the app's helper mode. For those that are not on this machine, says so.
 */
export function helperPrograms(home: string, version: string): HelperProgram[] {
  const script = helperPath(home);
  const shells: [string, string[], string[]?][] = [
    ['bash', ['--posix', script]],
    ['busybox', ['sh', script], ['true']],
  ];
  const others = shells
    .filter(([shell, , probe]) => hasTool(shell, probe))
    .map(([shell, words]) => byCommand(home, shell, words));
  const byCurl = byCommand(home, script, [], { PATH: onlyTool(home, 'curl') });
  return [
    byCommand(home, script, []),
    ...others,
    { ...byCurl, name: 'the script without Perl' },
    helperMode(home, version),
  ];
}

/** Makes a folder for PATH on which only one of the machine's programs is. */
export function onlyTool(home: string, tool: string): string {
  const folder = path.join(home, `nothing-but-${tool}`);
  mkdirSync(folder, { recursive: true });
  const link = path.join(folder, tool);
  if (!existsSync(link)) symlinkSync(path.join('/usr/bin', tool), link);
  return folder;
}

function byCommand(
  home: string,
  command: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): HelperProgram {
  return {
    name: words.length === 0 ? 'the script' : `the script by ${command}`,
    run: (runtime, args, input) =>
      runTool(home, command, [...words, ...args], { XDG_RUNTIME_DIR: runtime, ...env }, input),
  };
}

/** In this process, where it takes a tenth of the time; `writeAppProgram` makes a process of it. */
function helperMode(home: string, version: string): HelperProgram {
  return {
    name: 'helper mode',
    run: async (runtime, args, input = '') => {
      const [stdout, stderr] = [new PassThrough(), new PassThrough()];
      const written = Promise.all([text(stdout), text(stderr)]);
      const code = await runHelperMode({
        args,
        stdin: Readable.from(piecesOf(Buffer.from(input))),
        stdout,
        stderr,
        socketPath: agentSocketPath({ XDG_RUNTIME_DIR: runtime }, process.platform, home),
        version,
      });
      stdout.end();
      stderr.end();
      const [out, err] = await written;
      return { code, stdout: out, stderr: err };
    },
  };
}

/** As a pipe hands them on. */
function* piecesOf(bytes: Buffer): Generator<Buffer> {
  const length = 64 * 1024;
  for (let at = 0; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

/** Writes a program that answers `--credential-helper` as the packaged app does. */
export async function writeAppProgram(file: string): Promise<void> {
  const program = path.join(import.meta.dirname, 'helper-mode-program.ts');
  await writeProgram(file, `exec '${process.execPath}' '${program}' "$@"`);
}

/** Writes a shell script that can be executed, with its folder. */
export async function writeProgram(file: string, lines: string): Promise<void> {
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, `#!/bin/sh\n${lines}\n`);
  await chmod(file, 0o755);
}

/** The app's version, as package.json has it. */
export async function appVersion(): Promise<string> {
  const manifest = await readFile(path.join(import.meta.dirname, '../../package.json'), 'utf8');
  return (JSON.parse(manifest) as { version: string }).version;
}
