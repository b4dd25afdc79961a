import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fileLogger } from '../../../../main/adapters/logger.ts';
import { DiskTextFiles } from '../../../../main/adapters/text-files.ts';
import { WindowMemory } from '../../../../main/core/window/window-memory.ts';
import { parseWindowState, type WindowState } from '../../../../main/core/window/window-placement.ts';
import { ManualClock } from '../signin/manual-clock.ts';

let folder: string;
let clock: ManualClock;
let writes: number;
let memory: WindowMemory;

function at(x: number): WindowState {
  return { bounds: { x, y: 0, width: 900, height: 600 }, maximized: false };
}

function kept(): WindowState | null {
  return parseWindowState(readFileSync(join(folder, 'window.json'), 'utf8'));
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyhold-window-'));
  clock = new ManualClock(new Date());
  writes = 0;
  class CountedFiles extends DiskTextFiles {
    override async writeAtomic(...args: Parameters<DiskTextFiles['writeAtomic']>): Promise<void> {
      writes += 1;
      await super.writeAtomic(...args);
    }
  }
  const files = new CountedFiles(fileLogger(folder, 'silent'));
  memory = new WindowMemory({ files, clock, path: join(folder, 'window.json') });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

it('writes a moved window once, where it came to rest', async () => {
  for (let x = 0; x < 100; x += 1) {
    memory.remember(at(x));
    clock.advance(10);
  }
  await new Promise(setImmediate);
  expect(writes).toBe(0);
  clock.advance(500);
  await memory.settle();
  expect(writes).toBe(1);
  expect(kept()).toEqual(at(99));
});

it('writes what is not yet written when Keyhold quits', async () => {
  memory.remember(at(3));
  await memory.settle();
  expect(kept()).toEqual(at(3));
  clock.advance(10_000);
  await memory.settle();
  expect(writes).toBe(1);
});

it('bears a folder that cannot be written to', async () => {
  writeFileSync(join(folder, 'file'), '');
  const blocked = new WindowMemory({
    files: new DiskTextFiles(fileLogger(folder, 'silent')),
    clock,
    path: join(folder, 'file', 'window.json'),
  });
  blocked.remember(at(1));
  await expect(blocked.settle()).resolves.toBeUndefined();
});
