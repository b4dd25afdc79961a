import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, stat, truncate, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BlobStore } from '../../../../reference-server/registry/blob-store.ts';
import { scrubContents } from '../../../../reference-server/registry/scrub-contents.ts';
import { api, digestOf, fileOf, openTestRegistry, pushBlob, web } from '../../../support/test-registry.ts';
import type { TestRegistry } from '../../../support/test-registry.ts';

let registry: TestRegistry;
beforeEach(async () => {
  registry = await openTestRegistry();
});
afterEach(() => registry.close());

const content = Buffer.from('the true bytes of a layer');
const digest = digestOf(content);
const setAside = () => readdir(path.join(registry.folder, 'set-aside'));

const damages: [string, (file: string) => Promise<void>][] = [
  [
    'other bytes of the same length',
    (file) =>
      writeFile(
        file,
        content.map((byte) => byte ^ 1),
      ),
  ],
  ['one bit changed, and the time put back', flipOneBit],
  ['a part of it', (file) => truncate(file, 5)],
  ['nothing in it', (file) => truncate(file, 0)],
  ['more behind it', (file) => writeFile(file, Buffer.concat([content, content]))],
];

async function flipOneBit(file: string): Promise<void> {
  const { atime, mtime } = await stat(file);
  const bytes = await readFile(file);
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  await writeFile(file, bytes);
  await utimes(file, atime, mtime);
}

async function restartRegistry(): Promise<void> {
  Object.assign(registry, await registry.restart());
}

describe.each([
  ['since the server looked at it', () => Promise.resolve()],
  ['while no server ran', restartRegistry],
] as const)('a content that was damaged %s', (_when, restart) => {
  beforeEach(async () => {
    await pushBlob(registry, web, content);
  });

  it.each(damages)(
    'into %s is not there any more for those who read, but kept for those who look',
    async (_what, damage) => {
      await damage(fileOf(registry, digest));
      const damaged = await readFile(fileOf(registry, digest));
      await restart();
      expect(await registry.blobs.size(digest)).toBeNull();
      expect(await registry.blobs.readSmall(digest)).toBeNull();
      expect(registry.bad).toEqual([digest]);
      const [name = ''] = await setAside();
      expect(await readFile(path.join(registry.folder, 'set-aside', name))).toEqual(damaged);
      const events = await registry.context.db.selectFrom('audit_events').selectAll().execute();
      expect(events.map(({ action, target }) => [action, target])).toEqual([
        ['registry.bad_content', digest],
      ]);
    },
  );

  it.each(damages)('into %s is mended by who pushes it again', async (_what, damage) => {
    await damage(fileOf(registry, digest));
    await restart();
    await pushBlob(registry, api, content);
    expect(await readFile(fileOf(registry, digest))).toEqual(content);
    expect(await registry.blobs.readSmall(digest)).toEqual(content);
    expect([registry.bad, (await setAside()).length]).toEqual([[digest], 1]);
  });

  it.each(damages)('into %s is mended by a manifest of the same bytes', async (_what, damage) => {
    await damage(fileOf(registry, digest));
    await restart();
    await registry.blobs.alone(digest, () => registry.blobs.writeSmall(digest, content));
    expect(await readFile(fileOf(registry, digest))).toEqual(content);
    expect(registry.bad).toEqual([digest]);
  });
});

it('a small content is found to be bad also when it was read through before', async () => {
  await registry.blobs.alone(digest, () => registry.blobs.writeSmall(digest, content));
  const large = Buffer.alloc(100_000, 7);
  await registry.blobs.alone(digestOf(large), () => registry.blobs.writeSmall(digestOf(large), large));
  expect(await registry.blobs.readSmall(digestOf(large))).toEqual(large);
  await flipOneBit(fileOf(registry, digestOf(large)));
  expect(await registry.blobs.readSmall(digestOf(large))).toBeNull();
});

it('content that is there stays the same file, whoever brings the same bytes', async () => {
  await pushBlob(registry, web, content);
  const before = await stat(fileOf(registry, digest));
  await pushBlob(registry, api, content);
  await registry.blobs.alone(digest, () => registry.blobs.writeSmall(digest, content));
  expect((await stat(fileOf(registry, digest))).ino).toBe(before.ino);
  expect(await readdir(path.join(registry.folder, 'uploads'))).toEqual([]);
  expect(registry.bad).toEqual([]);
});

it('is read through once for many that ask at once, and moved away once', async () => {
  await pushBlob(registry, web, content);
  await flipOneBit(fileOf(registry, digest));
  const asked = await Promise.all(Array.from({ length: 10 }, () => registry.blobs.size(digest)));
  expect(asked.every((size) => size === null)).toBe(true);
  expect([registry.bad, (await setAside()).length]).toEqual([[digest], 1]);
});

it('two stores on one folder never leave a content that does not have its digest', async () => {
  const other = new BlobStore(registry.folder, () => Promise.resolve());
  for (let round = 0; round < 20; round++) {
    if (round > 0) await flipOneBit(fileOf(registry, digest)).catch(() => undefined);
    const pushes = [registry.blobs, other].map((blobs) =>
      blobs.alone(digest, () => blobs.writeSmall(digest, content)),
    );
    await Promise.allSettled(pushes);
    const stored = await readFile(fileOf(registry, digest)).catch(() => content);
    expect(stored).toEqual(content);
  }
});

it('of a manifest leaves nothing when it cannot be written', async () => {
  const folder = path.join(registry.folder, 'sha256');
  await writeFile(folder, 'no folder');
  await expect(
    registry.blobs.alone(digest, () => registry.blobs.writeSmall(digest, content)),
  ).rejects.toThrow();
  expect(await readdir(path.join(registry.folder, 'uploads'))).toEqual([]);
  await rm(folder);
  await registry.blobs.alone(digest, () => registry.blobs.writeSmall(digest, content));
  expect(await registry.blobs.readSmall(digest)).toEqual(content);
});

describe('scrubbing', () => {
  const scrub = async () => {
    const lines: string[] = [];
    const { db, write } = registry.context;
    const report = await scrubContents({ db, write, blobDir: registry.folder }, (line) => lines.push(line));
    return { ...report, lines };
  };

  it('finds nothing where all is well', async () => {
    await pushBlob(registry, web, content);
    expect(await scrub()).toEqual({ contents: 1, bytes: content.length, faults: 0, lines: [] });
  });

  it('names what is bad with who has it, moves it away, and calls it missing until it is pushed again', async () => {
    const good = await pushBlob(registry, web, Buffer.from('good'));
    await pushBlob(registry, web, content);
    await pushBlob(registry, api, content);
    await flipOneBit(fileOf(registry, digest));
    const first = await scrub();
    expect(first).toMatchObject({ contents: 1, bytes: 4, faults: 1 });
    expect(first.lines[0]).toMatch(`${digest} does not have its digest and was moved to ${registry.folder}`);
    expect(first.lines[0]).toMatch(/; in acme\/api, acme\/web$/);
    expect((await scrub()).lines).toEqual([`${digest} is missing; in acme/api, acme/web`]);
    await pushBlob(registry, api, content);
    expect(await scrub()).toMatchObject({ contents: 2, faults: 0 });
    expect(await registry.blobs.size(good)).toBe(4);
  });
});

describe('a content that cannot be read', () => {
  /** Reading a folder fails as reading a bad sector does. */
  async function makeUnreadable(): Promise<void> {
    await rm(fileOf(registry, digest));
    await mkdir(fileOf(registry, digest));
  }

  /** Who opens it to read waits for one who writes. */
  async function makePipe(): Promise<void> {
    await rm(fileOf(registry, digest));
    await promisify(execFile)('mkfifo', [fileOf(registry, digest)]);
  }

  it.each([
    ['since the server looked at it', makeUnreadable, () => Promise.resolve()],
    ['while no server ran', makeUnreadable, restartRegistry],
    ['because a pipe is in its place', makePipe, () => Promise.resolve()],
  ])('%s is moved away, and pushing it again mends it', async (_why, damage, restart) => {
    await pushBlob(registry, web, content);
    await damage();
    await restart();
    expect(await registry.blobs.size(digest)).toBeNull();
    expect(registry.bad).toEqual([digest]);
    expect(await setAside()).toHaveLength(1);
    await pushBlob(registry, api, content);
    expect(await registry.blobs.size(digest)).toBe(content.length);
  });

  it('and what is no content at all do not keep the scrub from reading the rest', async () => {
    await pushBlob(registry, web, content);
    const other = await pushBlob(registry, web, Buffer.from('another content'));
    await makeUnreadable();
    for (const stray of ['note', path.join(path.basename(path.dirname(fileOf(registry, other))), 'note')])
      await writeFile(path.join(registry.folder, 'sha256', stray), 'not ours');
    const { db, write } = registry.context;
    const lines: string[] = [];
    const report = await scrubContents({ db, write, blobDir: registry.folder }, (line) => lines.push(line));
    expect(report).toMatchObject({ contents: 1, faults: 1 });
    expect(lines.join()).toContain(digest);
  });
});
