import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hasTool } from '../support/registry-tools.ts';
import { compileCache } from '../support/server.ts';

// The server ends with what started it, or is started by a supervisor that talks to it alone.

const root = join(import.meta.dirname, '../..');
const cliFile = join(root, 'reference-server', 'cli.ts');

let folder: string;
let started: ChildProcess[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-starter-'));
  started = [];
});
afterEach(() => {
  for (const { pid } of started) endGroup(pid, 'SIGKILL');
  rmSync(folder, { recursive: true });
});

function endGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    process.kill(-(pid ?? 0), signal);
  } catch {
    // Nobody of it is left.
  }
}

function environment(): NodeJS.ProcessEnv {
  return { ...process.env, TMPDIR: folder, NODE_COMPILE_CACHE: compileCache };
}

/** Starts a program in a group of its own. What a server keeps in memory lies in a folder of the test's until it stops. */
function start(program: string, args: readonly string[]): ChildProcess {
  const env = environment();
  const child = spawn(program, args, {
    cwd: root,
    env,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.push(child);
  return child;
}

/** Waits until a server, or another program by its own words, says that it is ready. */
async function whenReady({ stdout }: ChildProcess, words = '{"origin"'): Promise<void> {
  if (stdout === null) throw new Error('no pipe');
  const lines = createInterface({ input: stdout });
  await new Promise<void>((resolve, reject) => {
    lines.on('line', (line) => {
      if (line.includes(words)) resolve();
    });
    lines.once('close', () => {
      reject(new Error('It ended before it was ready.'));
    });
  });
}

const server = ['--port', '0', '--log-level', 'silent'];

describe.runIf(process.platform !== 'win32')('the server that npm started', () => {
  it.each([
    ['SIGTERM', 'npm, which hands it to the shell'],
    ['SIGKILL', 'npm, which hands it to nobody'],
    ['SIGINT', 'all of them, as Ctrl+C'],
  ] as const)('ends in good order with %s to %s', async (signal, whom) => {
    // Set-up, which npm would run first, is tested by itself.
    const npm = start('npm', ['run', '--silent', '--ignore-scripts', 'server', '--', ...server]);
    await whenReady(npm);
    expect(readdirSync(folder)).toHaveLength(1);
    // Closed when the last of them has ended: npm, the shell and the server.
    const ended = npm.stdout === null ? Promise.resolve() : once(npm.stdout, 'close');
    if (whom.startsWith('npm')) npm.kill(signal);
    else endGroup(npm.pid, signal);
    await ended;
    expect(readdirSync(folder)).toEqual([]);
  });

  it('ends with a script between that is killed', async () => {
    const words = ['-c', '"$@"; exit', 'sh', process.execPath, join(root, 'scripts', 'server.ts'), ...server];
    const shell = start('/bin/sh', words);
    await whenReady(shell);
    const ended = shell.stdout === null ? Promise.resolve() : once(shell.stdout, 'close');
    shell.kill('SIGKILL');
    await ended;
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe.runIf(process.platform !== 'win32')('a program that a script of npm runs', () => {
  it('ends with npm’s shell and the script', async () => {
    const file = join(folder, 'tiny.ts');
    writeFileSync(file, 'export const tiny = 1;\n');
    const scripts = join(root, 'scripts');
    const script = `import '${scripts}/end-with-starter.mjs';
      import { endingProgram, runToEnd } from '${scripts}/run-to-end.ts';
      const words = ['--watch', '--noEmit', '--noLib', '--ignoreConfig', '${file}'];
      await runToEnd(process.execPath, endingProgram('tsc', words));`;
    const node = [process.execPath, '--input-type=module', '--eval', script];
    const shell = start('/bin/sh', ['-c', '"$@"; exit', 'sh', ...node]);
    await whenReady(shell, 'Watching for file changes');
    const ended = shell.stdout === null ? Promise.resolve() : once(shell.stdout, 'close');
    shell.kill('SIGTERM');
    await ended;
  });
});

describe('the server that a supervisor starts', () => {
  it('stays when the shell that started it in the background has ended', async () => {
    const words = ['-c', '"$@" & echo $!', 'sh', process.execPath, cliFile, ...server];
    const shell = start('/bin/sh', words);
    await Promise.all([once(shell, 'exit'), whenReady(shell)]);
    expect(readdirSync(folder)).toHaveLength(1);
    const ended = shell.stdout === null ? Promise.resolve() : once(shell.stdout, 'close');
    // As from a terminal that is closed; what SIGTERM does is tested with the server's process.
    endGroup(shell.pid, 'SIGHUP');
    await ended;
    expect(readdirSync(folder)).toEqual([]);
  });

  it('is not ended by a log that nobody can keep', async () => {
    const words = ['-c', '"$@" 2>/dev/full', 'sh', process.execPath, cliFile, '--port', '0'];
    const shell = start('/bin/sh', words);
    await whenReady(shell);
    const exit = once(shell, 'exit');
    endGroup(shell.pid, 'SIGINT');
    await exit;
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([['--help'], server])('says that nobody can read what it writes: %s', (...args) => {
    const words = ['-c', '"$@" >/dev/full', 'sh', process.execPath, cliFile, ...args];
    const { status, stderr } = spawnSync('/bin/sh', words, { encoding: 'utf8', env: environment() });
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /^keyhold server: Standard output cannot be written \(ENOSPC.*\)\.\n$/m,
      ) as string,
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  const verify = hasTool('systemd-analyze');
  it.runIf(verify)('has a unit file that systemd takes without a word', () => {
    const text = readFileSync(join(root, 'reference-server', 'keyhold-server.service'), 'utf8');
    const unit = join(folder, 'keyhold-server.service');
    writeFileSync(unit, text.replaceAll('/opt/keyhold', root).replace('/usr/bin/node', process.execPath));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', unit], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: '', stderr: '' });
  });
});
