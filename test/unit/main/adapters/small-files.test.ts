import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { diskSmallFiles } from '../../../../main/adapters/small-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'keyhold-small-'));
const path = join(folder, 'file');
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('a file that is read up to a size', () => {
  it('is given whole when it is that long, and not at all when it is longer', async () => {
    writeFileSync(path, '12345');
    expect(await diskSmallFiles.read(path, 5)).toEqual(Buffer.from('12345'));
    expect(await diskSmallFiles.read(path, 4)).toBe('too_large');
    writeFileSync(path, '');
    expect(await diskSmallFiles.read(path, 5)).toEqual(Buffer.alloc(0));
  });

  it('is missing when it is not there, is a folder, or would never end', async () => {
    expect(await diskSmallFiles.read(join(folder, 'nothing'), 5)).toBe('missing');
    expect(await diskSmallFiles.read(folder, 5)).toBe('missing');
    expect(await diskSmallFiles.read('/dev/zero', 5)).toBe('missing');
  });

  it('that is a pipe without a writer does not keep anyone waiting', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await diskSmallFiles.read(pipe, 5)).toBe('missing');
  });
});
