import { spawn, spawnSync } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { ownerName, withLock } from '../../../scripts/setup/lock.mjs';
import { endOrphans, RUN_MARK } from '../../../scripts/setup/orphans.mjs';
import { temporaryFolder } from './setup-folders.ts';

const MODULE = pathToFileURL(join(import.meta.dirname, '../../../scripts/setup/lock.mjs')).href;

function lockPath(): string {
  return join(temporaryFolder(), 'cache', 'setup.lock');
}

/** Leaves a lock behind as a killed set-up does. */
function abandon(path: string): void {
  const script = `
    import { withLock } from ${JSON.stringify(MODULE)};
    await withLock(${JSON.stringify(path)}, async () => {
      process.kill(process.pid, 'SIGKILL');
      await new Promise(() => {});
    });`;
  spawnSync(process.execPath, ['--input-type=module', '-e', script]);
}

/** A lock that is held by somebody with this name. */
function holdAs(path: string, owner: string): void {
  mkdirSync(path, { recursive: true });
  writeFileSync(join(path, owner), '');
}

describe('withLock', () => {
  it('gives the result of the work and leaves no lock', async () => {
    const path = lockPath();
    const held = await withLock(path, () => Promise.resolve(readdirSync(path)));
    expect(held).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is released when the work fails', async () => {
    const path = lockPath();
    await expect(withLock(path, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    expect(existsSync(path)).toBe(false);
  });

  it('lets one in at a time, and says once that it waits', async () => {
    const path = lockPath();
    const steps: string[] = [];
    const waits: string[] = [];
    const signals = new EventEmitter();
    const firstIsIn = once(signals, 'first is in');
    const one = withLock(path, async () => {
      signals.emit('first is in');
      await once(signals, 'second waits');
      steps.push('first done');
    });
    await firstIsIn;
    const two = withLock(
      path,
      () => {
        steps.push('second begins');
        return Promise.resolve();
      },
      {
        onWait: (holder) => {
          waits.push(holder);
          signals.emit('second waits');
        },
      },
    );
    await Promise.all([one, two]);
    expect(steps).toEqual(['first done', 'second begins']);
    expect(waits).toHaveLength(1);
    expect(waits[0]).toContain(`process ${process.pid}`);
  });

  it('takes over from a killed process, one waiter at a time', async () => {
    const path = lockPath();
    abandon(path);
    expect(readdirSync(path)).toHaveLength(1);
    let inside = 0;
    let most = 0;
    const takeovers: string[] = [];
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await new Promise(setImmediate);
      inside -= 1;
    };
    const events = { onTakeover: (owner: string) => void takeovers.push(owner) };
    await Promise.all([1, 2, 3, 4].map(() => withLock(path, work, events)));
    expect(most).toBe(1);
    expect(takeovers).toHaveLength(1);
    expect(existsSync(path)).toBe(false);
  });

  it('is not fooled by a new process with the number of the dead one', async () => {
    const path = lockPath();
    const [pid, , host] = ownerName().split('@');
    holdAs(path, [pid, 'another start', host, '00000000'].join('@'));
    expect(await withLock(path, () => Promise.resolve('done'))).toBe('done');
  });

  it('gives up on a living holder with the command that removes its lock', async () => {
    const path = lockPath();
    holdAs(path, '1@1@another-machine@00000000');
    const attempt = withLock(path, () => Promise.resolve(), { patience: 0 });
    await expect(attempt).rejects.toThrow('process 1 on another-machine');
    await expect(attempt).rejects.toMatchObject({
      remedy: expect.stringContaining(`rm -r "${path}"`) as string,
    });
  });
});

describe('endOrphans', () => {
  // Only Linux tells the environment of a process, by /proc.
  it.runIf(process.platform === 'linux')(
    'ends what carries the mark of a dead run (Linux only)',
    async () => {
      const mark = ownerName();
      const start = (value: string) =>
        spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)'], {
          env: { ...process.env, [RUN_MARK]: value },
          stdio: ['ignore', 'pipe', 'ignore'],
        });
      const orphan = start(mark);
      const other = start(`${mark}0`);
      await Promise.all([once(orphan.stdout, 'data'), once(other.stdout, 'data')]);
      expect(endOrphans(mark)).toBe(1);
      const [, signal] = (await once(orphan, 'exit')) as [number | null, string | null];
      expect(signal).toBe('SIGKILL');
      expect(other.exitCode).toBe(null);
      other.kill();
    },
  );
});
