import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { collectGarbage, garbageGrace, removeUnused } from '../../../../reference-server/registry/garbage.ts';
import { deleteBlobLink, linkBlob } from '../../../../reference-server/registry/repository-content.ts';
import { maxOpenUploads } from '../../../../reference-server/registry/upload-records.ts';
import type { UploadOwner } from '../../../../reference-server/registry/upload-records.ts';
import { api, digestOf, foreign, openTestRegistry, pushBlob, web } from '../../../support/test-registry.ts';
import type { TestRegistry } from '../../../support/test-registry.ts';

const limit = 100_000;
const denied = { status: 403, code: 'DENIED' };

let registry: TestRegistry;
beforeEach(async () => {
  // No answer of the database is slow, however busy the machine is.
  vi.spyOn(performance, 'now').mockReturnValue(0);
  registry = await openTestRegistry(limit);
});
afterEach(async () => {
  vi.restoreAllMocks();
  await registry.close();
});

/** Sends bytes in pieces to an upload. */
async function send(owner: UploadOwner, id: string, bytes: Buffer): Promise<number> {
  const pieces = Array.from({ length: Math.ceil(bytes.length / 1000) }, (_, at) =>
    Buffer.from(bytes.subarray(at * 1000, at * 1000 + 1000)),
  );
  return registry.uploads.append(owner, id, Readable.from(pieces), null);
}

/** How large a blob the organization of a repository can still push, in bytes. */
async function room(owner: UploadOwner): Promise<number> {
  let [fits, tooMuch] = [0, limit + 1];
  while (tooMuch - fits > 1) {
    const size = Math.floor((fits + tooMuch) / 2);
    const content = { digest: digestOf(randomBytes(32)), size };
    const taken = registry.quota.withRoom(owner.repositoryId, content, () => Promise.resolve());
    await taken.then(
      () => (fits = size),
      () => (tooMuch = size),
    );
  }
  return fits;
}

describe('what an organization keeps', () => {
  it('counts once, however many of its repositories have it, and for each organization by itself', async () => {
    const content = randomBytes(30_000);
    for (const owner of [web, web, api]) await pushBlob(registry, owner, content);
    expect([await room(web), await room(api), await room(foreign)]).toEqual([70_000, 70_000, limit]);
    await pushBlob(registry, foreign, content);
    expect(await room(foreign)).toBe(70_000);
  });

  it('counts as 4 KiB where it is less', async () => {
    for (let at = 0; at < 10; at++) await pushBlob(registry, web, Buffer.from([at]));
    expect(await room(web)).toBe(limit - 10 * 4096);
  });

  it('counts also where an older server did not note how large it is', async () => {
    await pushBlob(registry, web, randomBytes(30_000));
    await registry.context.db.updateTable('registry_blobs').set({ size: -1 }).execute();
    Object.assign(registry, await registry.restart());
    expect(await room(web)).toBe(70_000);
  });

  it('is given room again by deletion, from the disk as well', async () => {
    const content = randomBytes(90_000);
    const digest = await pushBlob(registry, web, content);
    await expect(pushBlob(registry, api, randomBytes(20_000))).rejects.toMatchObject(denied);
    await registry.context.write({}, (tx) => deleteBlobLink(tx, web.repositoryId, digest));
    expect(await removeUnused(registry, digest)).toBe(true);
    expect(await registry.blobs.size(digest)).toBeNull();
    await pushBlob(registry, api, randomBytes(limit));
  });

  it('is given room again by the removal of what nobody needs', async () => {
    await pushBlob(registry, web, randomBytes(90_000));
    registry.context.advance(garbageGrace / 1000 + 1);
    await collectGarbage(registry);
    expect(await room(web)).toBe(limit);
  });

  it('may be used to the last byte, and not one more', async () => {
    await expect(pushBlob(registry, web, randomBytes(limit + 1))).rejects.toMatchObject(denied);
    expect(await room(web)).toBe(limit);
    const content = randomBytes(limit);
    await pushBlob(registry, web, content);
    expect(await room(web)).toBe(0);
    await expect(registry.uploads.begin(api)).rejects.toMatchObject(denied);
    // What the organization has already takes no room.
    const mounted = { digest: digestOf(content), size: limit };
    await registry.quota.withRoom(api.repositoryId, mounted, () =>
      registry.context.write({}, (tx) => linkBlob(tx, api.repositoryId, mounted, new Date())),
    );
  });
});

describe('unfinished uploads', () => {
  it('count with what has arrived, also after a start, and no more once they end', async () => {
    const kept = await registry.uploads.begin(web);
    await send(web, kept, randomBytes(40_000));
    const other = await registry.uploads.begin(api);
    await send(api, other, randomBytes(20_000));
    expect(await room(web)).toBe(40_000);
    Object.assign(registry, await registry.restart());
    expect(await room(web)).toBe(40_000);
    await registry.uploads.cancel(api, other);
    expect(await room(web)).toBe(60_000);
    const refused = registry.uploads.append(web, kept, Readable.from([Buffer.alloc(20_000)]), 10_000);
    await expect(refused).rejects.toMatchObject({ code: 'SIZE_INVALID' });
    expect(await room(web)).toBe(60_000);
    registry.context.advance(garbageGrace / 1000 + 1);
    await registry.uploads.sweep();
    expect(await room(web)).toBe(limit);
  });

  it('that need too much end, and give their room back', async () => {
    const id = await registry.uploads.begin(web);
    await send(web, id, randomBytes(90_000));
    await expect(send(web, id, randomBytes(20_000))).rejects.toMatchObject(denied);
    await expect(registry.uploads.offset(web, id)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
    expect(await registry.blobs.temporaryIds()).toEqual([]);
    expect(await room(web)).toBe(limit);
  });

  it('beside each other cannot pass the limit together', async () => {
    const size = 30_000;
    const pushes = Array.from({ length: 12 }, (_, at) =>
      pushBlob(registry, at % 2 ? web : api, randomBytes(size)),
    );
    const done = (await Promise.allSettled(pushes)).filter(({ status }) => status === 'fulfilled').length;
    expect(done).toBeLessThanOrEqual(Math.floor(limit / size));
    expect(await room(web)).toBe(limit - done * size);
  });

  it('of one principal are so many and not more, however they are begun', async () => {
    await registry.close();
    registry = await openTestRegistry();
    const begun = Array.from({ length: maxOpenUploads + 10 }, () => registry.uploads.begin(web));
    const results = await Promise.allSettled(begun);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(10);
    expect(refused[0]?.reason).toMatchObject({ status: 429, code: 'TOOMANYREQUESTS' });
    expect(await registry.blobs.temporaryIds()).toHaveLength(maxOpenUploads);
    await registry.uploads.begin(foreign);
    const [first] = results;
    if (first?.status === 'fulfilled') await registry.uploads.cancel(web, first.value);
    await registry.uploads.begin(web);
  });
});

it('whatever is pushed, broken off and deleted, the count is what a naive one says', async () => {
  const owners = [web, api, foreign];
  const contents = [500, 5000, 30_000, 60_000].map((size) => randomBytes(size));
  const step = fc.record({
    kind: fc.constantFrom('push' as const, 'leave' as const, 'delete' as const, 'restart' as const),
    owner: fc.nat(2),
    content: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const all = await openTestRegistry(limit);
      await registry.close();
      registry = all;
      const orgOf = (owner: number) => (owner === 2 ? 'other' : 'acme');
      const links = new Set<string>();
      const left = { acme: 0, other: 0 };
      const stored = (org: string) => {
        const has = new Set(
          [...links].filter((link) => orgOf(Number(link[0])) === org).map((link) => link[2]),
        );
        return [...has].reduce((sum, at) => sum + Math.max(4096, contents[Number(at)]?.length ?? 0), 0);
      };
      for (const { kind, owner: at, content: which } of steps) {
        const [owner = web, content = Buffer.alloc(0)] = [owners[at], contents[which]];
        const org = orgOf(at);
        const fits = stored(org) + left[org] + Math.max(4096, content.length) <= limit;
        if (kind === 'restart') Object.assign(registry, await registry.restart());
        if (kind === 'push') {
          const pushed = await pushBlob(registry, owner, content).then(
            () => true,
            () => false,
          );
          expect(pushed).toBe(fits);
          if (pushed) links.add(`${String(at)} ${String(which)}`);
        }
        if (kind === 'leave' && fits) {
          await send(owner, await registry.uploads.begin(owner), content);
          left[org] += Math.max(4096, content.length);
        }
        if (kind === 'delete') {
          const digest = digestOf(content);
          await registry.context.write({}, (tx) => deleteBlobLink(tx, owner.repositoryId, digest));
          await removeUnused(registry, digest);
          links.delete(`${String(at)} ${String(which)}`);
        }
      }
      expect([await room(web), await room(foreign)]).toEqual([
        roomLeft(limit - stored('acme') - left.acme),
        roomLeft(limit - stored('other') - left.other),
      ]);
    }),
    { numRuns: 30 },
  );
});

/** Nothing fits that is smaller than what a file takes at least. */
function roomLeft(bytes: number): number {
  return bytes < 4096 ? 0 : bytes;
}

describe('the database', () => {
  /** Counts how often it has to add up all that an organization has. */
  function countSums(): () => number {
    const spy = vi.spyOn(registry.context.db, 'selectFrom');
    onTestFinished(() => {
      spy.mockRestore();
    });
    return () => spy.mock.calls.filter(([table]) => typeof table !== 'string').length;
  }

  it('adds up what is stored once, and not for each upload that begins, is kept or goes', async () => {
    const sums = countSums();
    for (let at = 0; at < 5; at++) {
      await pushBlob(registry, web, Buffer.from(`content ${String(at)}`));
      await registry.uploads.cancel(web, await registry.uploads.begin(web));
    }
    expect(sums()).toBe(1);
    expect(await room(web)).toBe(limit - 5 * 4096);
  });

  it('that takes long is not asked again at once by those who have no room', async () => {
    let time = 0;
    const clock = vi.spyOn(performance, 'now').mockImplementation(() => (time += 200));
    onTestFinished(() => {
      clock.mockRestore();
    });
    const digest = await pushBlob(registry, web, randomBytes(90_000));
    time += 100_000;
    const sums = countSums();
    const tooMuch = () => pushBlob(registry, web, randomBytes(50_000));
    for (let times = 0; times < 5; times++) await expect(tooMuch()).rejects.toMatchObject(denied);
    expect(sums()).toBe(1);
    await registry.context.write({}, (tx) => deleteBlobLink(tx, 'r_web', digest));
    time += 100_000;
    await tooMuch();
  });
});
