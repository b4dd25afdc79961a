import { createHash, randomBytes } from 'node:crypto';
import { appendFile, mkdir, mkdtemp, readdir, rm, rmdir, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../../reference-server/identity/principals.ts';
import { openRegistry } from '../../../../reference-server/registry/registry.ts';
import type { Registry } from '../../../../reference-server/registry/registry.ts';
import { hasBlob } from '../../../../reference-server/registry/repository-content.ts';
import { newTestContext } from '../../../support/server-context.ts';
import type { TestContext } from '../../../support/server-context.ts';

const principal: Principal = { kind: 'user', id: 'u_test', name: 'test' };
const owner = { repositoryId: 'r_test', principal };
const day = 24 * 60 * 60;

let folder: string;
let context: TestContext;
let registry: Registry;
let bad: string[];
const onBad = (digest: string) => {
  bad.push(digest);
  return Promise.resolve();
};
beforeEach(async () => {
  bad = [];
  folder = await mkdtemp(path.join(tmpdir(), 'keyhold-uploads-'));
  context = await newTestContext();
  context.config = { ...context.config, blobDir: folder };
  const at = context.now().toISOString();
  await context.db.insertInto('principals').values({ id: principal.id, kind: 'user' }).execute();
  await context.db
    .insertInto('organizations')
    .values({ id: 'o_test', slug: 'acme', display_name: 'Acme', kind: 'team', created_at: at })
    .execute();
  await context.db
    .insertInto('repositories')
    .values({ id: owner.repositoryId, org_id: 'o_test', full_name: 'acme/web', public: 0, created_at: at })
    .execute();
  registry = await openRegistry(context, onBad);
});
afterEach(async () => {
  await context.db.destroy();
  await rm(folder, { recursive: true, force: true });
});

const digestOf = (content: Buffer, algorithm = 'sha256') =>
  `${algorithm}:${createHash(algorithm).update(content).digest('hex')}`;
const temporary = () => readdir(path.join(folder, 'uploads'));

describe('unfinished uploads', () => {
  it('are removed after a day of silence, and not before', async () => {
    const id = await registry.uploads.begin(owner);
    await registry.uploads.append(owner, id, Readable.from([Buffer.from('one')]), null);
    context.advance(day - 1);
    await registry.uploads.sweep();
    expect(await registry.uploads.offset(owner, id)).toBe(3);
    await registry.uploads.append(owner, id, Readable.from([Buffer.from('two')]), null);
    context.advance(day - 1);
    await registry.uploads.sweep();
    expect(await registry.uploads.offset(owner, id)).toBe(6);
    context.advance(2);
    await registry.uploads.sweep();
    await expect(registry.uploads.offset(owner, id)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
    expect(await temporary()).toEqual([]);
  });

  it('are not swept while bytes come in', async () => {
    const id = await registry.uploads.begin(owner);
    const source = new Readable({ read: () => undefined });
    const appending = registry.uploads.append(owner, id, source, null);
    source.push('slow');
    await expect.poll(() => registry.uploads.offset(owner, id)).toBe(4);
    context.advance(2 * day);
    await registry.uploads.sweep();
    source.push(null);
    expect(await appending).toBe(4);
    await registry.uploads.finish(owner, id, digestOf(Buffer.from('slow')));
    expect(await hasBlob(context.db, owner.repositoryId, digestOf(Buffer.from('slow')))).toBe(true);
  });

  it('that cannot be removed keep none of the others', async () => {
    const [stuck, other] = [await registry.uploads.begin(owner), await registry.uploads.begin(owner)];
    // A folder in the file's place is what even root cannot remove like a file.
    await rm(registry.blobs.temporaryPath(stuck));
    await mkdir(registry.blobs.temporaryPath(stuck));
    context.advance(day + 1);
    await expect(registry.uploads.sweep()).rejects.toThrow(AggregateError);
    await expect(registry.uploads.offset(owner, other)).rejects.toMatchObject({ status: 404 });
    await expect(registry.uploads.offset(owner, stuck)).rejects.toMatchObject({ status: 404 });
    expect(await temporary()).toEqual([stuck]);
    await rmdir(registry.blobs.temporaryPath(stuck));
    await registry.uploads.sweep();
  });

  it('are removed at the next start when they are old, with files that belong to none', async () => {
    const old = await registry.uploads.begin(owner);
    context.advance(day + 1);
    const young = await registry.uploads.begin(owner);
    await writeFile(path.join(folder, 'uploads', 'left-over'), 'bytes');
    const restarted = await openRegistry(context, onBad);
    expect(await temporary()).toEqual([young]);
    await expect(restarted.uploads.offset(owner, old)).rejects.toMatchObject({ status: 404 });
  });
});

describe('an upload', () => {
  it.each(['sha256', 'sha512'])(
    'can be finished with %s by a process that did not see it begin',
    async (algorithm) => {
      const content = randomBytes(100_000);
      const id = await registry.uploads.begin(owner);
      await registry.uploads.append(owner, id, Readable.from([content.subarray(0, 70_000)]), null);
      const restarted = await openRegistry(context, onBad);
      await restarted.uploads.append(owner, id, Readable.from([content.subarray(70_000)]), 30_000);
      const digest = digestOf(content, algorithm);
      await restarted.uploads.finish(owner, id, digest);
      expect(await restarted.blobs.readSmall(digest)).toEqual(content);
    },
  );

  it('keeps what came before the source broke, and can be finished after it', async () => {
    const content = randomBytes(1000);
    const id = await registry.uploads.begin(owner);
    const broken = Readable.from(
      (function* () {
        yield content.subarray(0, 600);
        throw new Error('The cable is out.');
      })(),
    );
    await expect(registry.uploads.append(owner, id, broken, null)).rejects.toThrow('cable');
    expect(await registry.uploads.offset(owner, id)).toBe(600);
    await registry.uploads.append(owner, id, Readable.from([content.subarray(600)]), null);
    await registry.uploads.finish(owner, id, digestOf(content));
  });

  it('is proved by what is in its file, also where a write failed half-way', async () => {
    const id = await registry.uploads.begin(owner);
    await registry.uploads.append(owner, id, Readable.from([Buffer.from('one ')]), null);
    await appendFile(registry.blobs.temporaryPath(id), 'two ');
    await registry.uploads.append(owner, id, Readable.from([Buffer.from('three')]), null);
    await registry.uploads.finish(owner, id, digestOf(Buffer.from('one two three')));
  });

  it('is never proved by a hash that once did not fit its file', async () => {
    const id = await registry.uploads.begin(owner);
    await registry.uploads.append(owner, id, Readable.from([Buffer.from('aaa')]), null);
    await truncate(registry.blobs.temporaryPath(id), 0);
    for (const piece of ['bb', 'b']) {
      await registry.uploads.append(owner, id, Readable.from([Buffer.from(piece)]), null);
    }
    const claimed = digestOf(Buffer.from('aaa'));
    await expect(registry.uploads.finish(owner, id, claimed)).rejects.toMatchObject({
      code: 'DIGEST_INVALID',
    });
    expect(await registry.blobs.size(claimed)).toBeNull();
  });

  it('leaves one file and no temporary one when the same blob is finished several times at once', async () => {
    const content = randomBytes(50_000);
    await Promise.all(
      Array.from({ length: 5 }, async () => {
        const id = await registry.uploads.begin(owner);
        await registry.uploads.append(owner, id, Readable.from([Buffer.from(content)]), null);
        await registry.uploads.finish(owner, id, digestOf(content));
      }),
    );
    expect(await temporary()).toEqual([]);
    expect(await registry.blobs.readSmall(digestOf(content))).toEqual(content);
  });

  it('is gone with its file when the digest is wrong', async () => {
    const id = await registry.uploads.begin(owner);
    await registry.uploads.append(owner, id, Readable.from([Buffer.from('content')]), null);
    const wrong = digestOf(Buffer.from('other'));
    await expect(registry.uploads.finish(owner, id, wrong)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    expect(await temporary()).toEqual([]);
    expect(await registry.blobs.size(wrong)).toBeNull();
    expect(await hasBlob(context.db, owner.repositoryId, wrong)).toBe(false);
  });

  it('does not exist for another principal or repository', async () => {
    const id = await registry.uploads.begin(owner);
    const others = [
      { ...owner, principal: { ...principal, id: 'u_other' } },
      { ...owner, repositoryId: 'r_other' },
    ];
    for (const other of others) {
      await expect(registry.uploads.offset(other, id)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
      await expect(registry.uploads.cancel(other, id)).rejects.toMatchObject({ status: 404 });
    }
    expect(await registry.uploads.offset(owner, id)).toBe(0);
  });
});
