import { constants } from 'node:fs';
import { open, readFile, truncate } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BlobStore } from '../../../../reference-server/registry/blob-store.ts';
import { UploadStore } from '../../../../reference-server/registry/uploads.ts';
import { digestOf, fileOf, openTestRegistry, web } from '../../../support/test-registry.ts';
import type { TestRegistry } from '../../../support/test-registry.ts';

/** What goes wrong with the disk during one call. */
type Fault = 'none' | 'write' | 'part' | 'close' | 'sync' | 'remove' | 'adopt' | 'lost';

const diskError = () => Object.assign(new Error('The disk is full.'), { code: 'ENOSPC' });

/** Stands before the real store and makes its disk fail as it is told. */
class FaultyDisk {
  fault: Fault = 'none';
  readonly blobs: BlobStore;

  constructor(real: BlobStore) {
    const faulty: Partial<BlobStore> = {
      appendTemporary: async (id) => this.#failing(await real.appendTemporary(id)),
      syncTemporary: async (id) => this.#unless('sync', () => real.syncTemporary(id)),
      removeTemporary: async (id) => this.#unless('remove', () => real.removeTemporary(id)),
      adopt: async (id, digest) => {
        if (this.fault === 'adopt') throw diskError();
        await real.adopt(id, digest);
        if (this.fault === 'lost') throw diskError();
      },
    };
    this.blobs = new Proxy(real, {
      get: (target, name: keyof BlobStore) => faulty[name] ?? bound(target, name),
    });
  }

  async #unless<T>(fault: Fault, work: () => Promise<T>): Promise<T> {
    if (this.fault === fault) throw diskError();
    return work();
  }

  #failing(file: FileHandle): FileHandle {
    const faulty: Partial<FileHandle> = {
      appendFile: async (data) => {
        if (this.fault === 'part') await file.appendFile((data as Buffer).subarray(0, 1));
        if (['part', 'write', 'remove'].includes(this.fault)) throw diskError();
        await file.appendFile(data);
      },
      close: async () => {
        await file.close();
        if (this.fault === 'close') throw diskError();
      },
    };
    return new Proxy(file, { get: (target, name: keyof FileHandle) => faulty[name] ?? bound(target, name) });
  }
}

function bound<T extends object>(target: T, name: keyof T): unknown {
  const value = target[name];
  return typeof value === 'function' ? (value as (...args: unknown[]) => unknown).bind(target) : value;
}

/** Few different ones of few bytes, so that lengths and contents meet again and again. */
const chunk = fc.uint8Array({ minLength: 0, maxLength: 3, max: 1 }).map((bytes) => Buffer.from(bytes));
const fault = fc.constantFrom<Fault[]>(
  'none',
  'none',
  'none',
  'write',
  'part',
  'close',
  'sync',
  'remove',
  'adopt',
  'lost',
);
const step = fc.oneof(
  fc.record({
    kind: fc.constant('append' as const),
    chunk,
    fault,
    breaks: fc.boolean(),
    announce: fc.option(fc.nat(3)),
  }),
  fc.record({ kind: fc.constant('foreign' as const), chunk }),
  fc.record({ kind: fc.constant('cut' as const), size: fc.nat(3) }),
  fc.record({ kind: fc.constant('restart' as const) }),
);
const scenario = fc.record({
  steps: fc.array(step, { maxLength: 8 }),
  // What the attacker says it was: all that was sent, what arrived, or a content that somebody else has.
  claim: fc.constantFrom('sent' as const, 'file' as const, 'other' as const),
  other: chunk,
  last: fault,
});

/** Somebody else's bytes, as many as were sent. */
const sameLength = {
  steps: [
    {
      kind: 'append' as const,
      ...{ chunk: Buffer.from([1, 1]), fault: 'none' as const, breaks: false, announce: null },
    },
    { kind: 'cut' as const, size: 0 },
    { kind: 'cut' as const, size: 2 },
  ],
  ...{ claim: 'sent' as const, other: Buffer.alloc(0), last: 'none' as const },
};

let registry: TestRegistry;
beforeAll(async () => {
  registry = await openTestRegistry();
});
afterAll(() => registry.close());

it('whatever fails where, what is stored under a digest has it, and what did not fail can be finished', async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async ({ steps, claim, other, last }) => {
      const disk = new FaultyDisk(registry.blobs);
      const start = () => new UploadStore(registry.context, disk.blobs, registry.quota);
      let uploads = start();
      const id = await uploads.begin(web);
      const sent: Buffer[] = [];
      let failed = false;
      for (const action of steps) {
        if (action.kind === 'restart') uploads = start();
        else if (action.kind === 'foreign') {
          await appendTo(registry.blobs.temporaryPath(id), action.chunk);
        } else if (action.kind === 'cut') {
          await truncate(registry.blobs.temporaryPath(id), action.size).catch(() => undefined);
        } else {
          sent.push(action.chunk);
          disk.fault = action.fault;
          await uploads
            .append(web, id, source(action.chunk, action.breaks), action.announce)
            .catch(() => undefined);
          disk.fault = 'none';
          failed ||= (await uploads.offset(web, id).catch(() => null)) === null;
        }
      }
      // The oracle: what is in the file now.
      const held = await readFile(registry.blobs.temporaryPath(id)).catch(() => Buffer.alloc(0));
      const claimed = digestOf(claim === 'sent' ? Buffer.concat(sent) : claim === 'file' ? held : other);
      disk.fault = last;
      const finished = await uploads.finish(web, id, claimed).then(
        () => true,
        () => false,
      );
      disk.fault = 'none';
      const stored = await readFile(fileOf(registry, claimed)).catch(() => null);
      if (stored !== null) expect(digestOf(stored)).toBe(claimed);
      if (finished) expect([failed, stored !== null, claimed]).toEqual([false, true, digestOf(held)]);
      if (!failed && claimed === digestOf(held) && last === 'none') expect(finished).toBe(true);
      await expect(uploads.offset(web, id)).rejects.toMatchObject({ code: 'BLOB_UPLOAD_UNKNOWN' });
      await uploads.sweep();
    }),
    { numRuns: 200, examples: [[sameLength]] },
  );
  expect(registry.bad).toEqual([]);
});

/** Writes to a file, if it is there, behind the back of the uploads. */
async function appendTo(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, constants.O_WRONLY | constants.O_APPEND).catch(() => null);
  await handle?.writeFile(bytes);
  await handle?.close();
}

/** A body of one byte a piece, which may break off at its end. */
function source(bytes: Buffer, breaks: boolean): Readable {
  return Readable.from(
    (function* () {
      for (const byte of bytes) yield Buffer.from([byte]);
      if (breaks) throw new Error('The cable is out.');
    })(),
  );
}
