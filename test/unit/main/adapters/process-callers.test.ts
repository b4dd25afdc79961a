import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { procCallers } from '../../../../main/adapters/process-callers.ts';

let folder: string;
const children: ChildProcess[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyhold-callers-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await rm(folder, { recursive: true });
});

/** Starts a program that starts a shell, which says its process id and waits. */
async function shellUnder(program: string): Promise<number> {
  const child = spawn(program, ['-c', 'sh -c "echo \\$\\$; read _"; true'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  return Number(line.toString('utf8'));
}

it('names the program that started the one that asks, and who started that', async () => {
  const program = join(folder, 'my (odd) tool');
  await copyFile('/bin/sh', program);
  const caller = procCallers.callerOf(await shellUnder(program));
  expect(caller).toMatchObject({ program: 'my (odd) tool', path: program });
  expect(caller?.parents[0]?.pid).toBe(process.pid);
  expect(caller?.parents.length).toBeLessThanOrEqual(8);
});

it('knows nobody behind a process that is not there', () => {
  expect(procCallers.callerOf(999_999_999)).toBeNull();
});
