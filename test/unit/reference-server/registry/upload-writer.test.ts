import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UploadWriter } from '../../../../reference-server/registry/upload-writer.ts';

let folder: string;
let path: string;
let file: FileHandle;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyhold-upload-'));
  path = join(folder, 'upload');
  file = await open(path, 'a');
});
afterEach(async () => {
  await file.close();
  await rm(folder, { recursive: true });
});

const mebibyte = 1024 * 1024;

describe('an upload', () => {
  it('is written as it came, whatever the sizes of its pieces, and seen in the same order', async () => {
    const seen: Buffer[] = [];
    const writer = new UploadWriter(file, (part) => seen.push(Buffer.from(part)));
    const pieces = [1, 3 * mebibyte + 7, 65_536, mebibyte - 1, 1, 12].map((size) => randomBytes(size));
    const all = Buffer.concat(pieces);
    for (const piece of pieces) await writer.add(piece);
    await writer.end();
    expect((await readFile(path)).equals(all)).toBe(true);
    expect(Buffer.concat(seen).equals(all)).toBe(true);
  });

  it('is in the file as it comes, however slowly', async () => {
    const writer = new UploadWriter(file, () => undefined);
    await writer.add(Buffer.from('half of it'));
    await expect.poll(() => readFile(path, 'utf8')).toBe('half of it');
    await writer.add(Buffer.from(', and more'));
    await writer.end();
    expect(await readFile(path, 'utf8')).toBe('half of it, and more');
  });

  it('gives back the memory of its pieces, but not of what others still look at', async () => {
    const writer = new UploadWriter(file, () => undefined);
    const own = Buffer.from(new ArrayBuffer(8));
    const shared = Buffer.from(new ArrayBuffer(8)).fill('x');
    await writer.add(own);
    await writer.add(shared.subarray(0, 4));
    await writer.end();
    expect(own.buffer.byteLength).toBe(0);
    expect(shared.toString()).toBe('xxxxxxxx');
  });

  it('fails with the disk, when it is written to, and shows nothing of what was not written', async () => {
    const unwritable = await open(path, 'r');
    const seen: Buffer[] = [];
    const writer = new UploadWriter(unwritable, (part) => seen.push(part));
    await writer.add(Buffer.alloc(mebibyte));
    await expect(writer.end()).rejects.toMatchObject({ code: 'EBADF' });
    expect(seen).toEqual([]);
    await unwritable.close();
  });

  it('fails with the disk, when that cannot keep what was written', async () => {
    // No disk here refuses to keep what it took: only that one call is another one.
    const failing = new Proxy(file, {
      get: (target, name: keyof FileHandle) =>
        name === 'datasync'
          ? () => Promise.reject(Object.assign(new Error('the disk is gone'), { code: 'EIO' }))
          : (target[name] as (...args: unknown[]) => unknown).bind(target),
    });
    const writer = new UploadWriter(failing, () => undefined);
    for (let written = 0; written < 20; written++) await writer.add(Buffer.alloc(mebibyte));
    await expect(writer.end()).rejects.toMatchObject({ code: 'EIO' });
  });
});
