import { createHash } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Principal } from '../../../../reference-server/identity/principals.ts';
import { collectGarbage, garbageGrace, removeUnused } from '../../../../reference-server/registry/garbage.ts';
import { parseManifest } from '../../../../reference-server/registry/manifest-document.ts';
import { openRegistry } from '../../../../reference-server/registry/registry.ts';
import type { Registry } from '../../../../reference-server/registry/registry.ts';
import {
  deleteBlobLink,
  hasBlob,
  saveManifest,
} from '../../../../reference-server/registry/repository-content.ts';
import { newTestContext } from '../../../support/server-context.ts';
import type { TestContext } from '../../../support/server-context.ts';

const principal: Principal = { kind: 'user', id: 'u_test', name: 'test' };
const owner = { repositoryId: 'r_test', principal };
const mediaType = 'application/vnd.oci.image.manifest.v1+json';

let folder: string;
let context: TestContext;
let registry: Registry;
const onBad = () => Promise.resolve();
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'keyhold-garbage-'));
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

const digestOf = (content: Buffer) => `sha256:${createHash('sha256').update(content).digest('hex')}`;

async function pushBlob(text: string): Promise<string> {
  const content = Buffer.from(text);
  const id = await registry.uploads.begin(owner);
  await registry.uploads.append(owner, id, Readable.from([Buffer.from(content)]), null);
  await registry.uploads.finish(owner, id, digestOf(content));
  return digestOf(content);
}

function manifestOf(config: string): Buffer {
  const descriptor = { mediaType: 'application/vnd.oci.image.config.v1+json', digest: config, size: 1 };
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType, config: descriptor, layers: [] }));
}

/** @param before - Bytes that an older server took before the document. */
async function pushManifest(config: string, before = ''): Promise<string> {
  const content = Buffer.concat([Buffer.from(before), manifestOf(config)]);
  const digest = digestOf(content);
  await registry.blobs.writeSmall(digest, content);
  const parsed = parseManifest(manifestOf(config), mediaType);
  const manifest = { digest, size: content.length, parsed };
  await context.write({}, (tx) => saveManifest(tx, owner.repositoryId, manifest, [], context.now()));
  return digest;
}

const isThere = async (digest: string) =>
  (await hasBlob(context.db, owner.repositoryId, digest)) && (await registry.blobs.size(digest)) !== null;

describe('garbage', () => {
  it('is what no manifest needs, once it is old enough; what one needs stays', async () => {
    const needed = await pushBlob('needed');
    const manifest = await pushManifest(needed);
    const loose = await pushBlob('loose');
    context.advance(garbageGrace / 1000 - 60);
    expect(await collectGarbage(registry)).toEqual({ links: 0, contents: 0 });
    context.advance(120);
    expect(await collectGarbage(registry)).toEqual({ links: 1, contents: 1 });
    expect([await isThere(needed), await isThere(loose)]).toEqual([true, false]);
    expect(await registry.blobs.size(loose)).toBeNull();
    expect(await registry.blobs.size(manifest)).not.toBeNull();
  });

  it('is all of a manifest that was deleted, but not what another one shares', async () => {
    const shared = await pushBlob('shared');
    const kept = await pushManifest(shared);
    const own = await pushBlob('own');
    const gone = await pushManifest(own);
    await context.db.deleteFrom('registry_manifests').where('digest', '=', gone).execute();
    context.advance(garbageGrace / 1000 + 1);
    await collectGarbage(registry);
    expect([await isThere(shared), await isThere(own)]).toEqual([true, false]);
    expect([await registry.blobs.size(kept), await registry.blobs.size(gone)]).toEqual([
      manifestOf(shared).length,
      null,
    ]);
  });

  it('counts as new when it is pushed again', async () => {
    const digest = await pushBlob('again');
    context.advance(garbageGrace / 1000 + 1);
    await pushBlob('again');
    // The content's own age is the file's, which this clock does not move; the link alone keeps it.
    expect(await collectGarbage(registry)).toEqual({ links: 0, contents: 0 });
    expect(await isThere(digest)).toBe(true);
  });

  it('never takes a content from under a push of the same bytes', async () => {
    const digest = await pushBlob('contested');
    context.advance(garbageGrace / 1000 + 1);
    await Promise.all([collectGarbage(registry), pushBlob('contested'), collectGarbage(registry)]);
    expect(await isThere(digest)).toBe(true);
  });

  it('and deletion never take a content from under a push of the same bytes', async () => {
    for (let round = 0; round < 20; round++) {
      const digest = await pushBlob('contested');
      const remove = async () => {
        await context.write({}, (tx) => deleteBlobLink(tx, owner.repositoryId, digest));
        await removeUnused(registry, digest);
      };
      await Promise.all([remove(), pushBlob('contested'), remove()]);
      const linked = await hasBlob(context.db, owner.repositoryId, digest);
      expect((await registry.blobs.size(digest)) !== null).toBe(linked);
    }
  });

  it('knows what manifests need that an older server stored without a record', async () => {
    const needed = await pushBlob('from before');
    await pushManifest(needed);
    await context.db.deleteFrom('registry_references').execute();
    registry = await openRegistry(context, onBad);
    context.advance(garbageGrace / 1000 + 1);
    expect(await collectGarbage(registry)).toEqual({ links: 0, contents: 0 });
    expect(await isThere(needed)).toBe(true);
  });

  it('does not keep a server from starting that an older one took for a manifest', async () => {
    const manifest = await pushManifest(await pushBlob('from before'), '\ufeff');
    await context.db.deleteFrom('registry_references').execute();
    registry = await openRegistry(context, onBad);
    expect(await registry.blobs.size(manifest)).toBeGreaterThan(0);
  });
});
