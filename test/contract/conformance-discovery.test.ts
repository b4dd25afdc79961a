import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError } from '../support/registry-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';

const indexType = 'application/vnd.oci.image.index.v1+json';
const tagsSchema = z.strictObject({ name: z.literal('acme/api'), tags: z.array(z.string()) });
const indexSchema = z.looseObject({
  schemaVersion: z.literal(2),
  mediaType: z.literal(indexType),
  manifests: z.array(z.looseObject({ digest: z.string(), artifactType: z.string().optional() })),
});
const names = ['1.0', '1.0.1', 'A', '_b', 'a', 'latest'];

let server: TestServer;
let api: RepositoryClient;
let none: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  api = await RepositoryClient.open(server, 'maya', 'acme/api');
  none = await RepositoryClient.open(server, 'maya', 'acme/none');
  const image = await api.newImage('tags');
  for (const tag of [...names].reverse()) await api.putManifest(tag, image);
});
afterAll(() => server.stop());

async function tags(query: string): Promise<{ tags: string[]; link: string | null }> {
  const response = await api.send(`tags/list${query}`);
  expect(response.status).toBe(200);
  return { tags: tagsSchema.parse(await response.json()).tags, link: response.headers.get('link') };
}

async function referrersOf(digest: string) {
  const response = await api.send(`referrers/${digest}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, indexType]);
  return indexSchema.parse(await response.json()).manifests;
}

describe('listing tags, as the distribution specification asks', () => {
  it('end-8a: gives all of them in the order of their bytes', async () => {
    expect(await tags('')).toEqual({ tags: names, link: null });
  });

  it('end-8a: answers 404 for a repository that is not there', async () => {
    expect(await registryError(await none.send('tags/list'))).toMatchObject({
      status: 404,
      code: 'NAME_UNKNOWN',
    });
  });

  it.each([
    ['?n=2', names.slice(0, 2), 'n=2&last=1.0.1'],
    ['?n=6', names, null],
    ['?n=100', names, null],
    ['?n=0', [], null],
    ['?n=2&last=A', ['_b', 'a'], 'n=2&last=a'],
    ['?last=_b', ['a', 'latest'], null],
    ['?n=3&last=B', ['_b', 'a', 'latest'], null],
    ['?n=3&last=zzz', [], null],
    ['?n=1&last=2', ['A'], 'n=1&last=A'],
  ])('end-8b: gives the page %s, with a link only where there is more', async (query, expected, next) => {
    const link = next === null ? null : `</v2/acme/api/tags/list?${next}>; rel="next"`;
    expect(await tags(query)).toEqual({ tags: expected, link });
  });
});

describe('listing referrers, as the distribution specification asks', () => {
  const digestOf = (document: unknown) => sha256(Buffer.from(JSON.stringify(document)));

  it('end-12a: answers 400 for what is no digest', async () => {
    for (const client of [api, none]) {
      expect(await registryError(await client.send('referrers/sha256:short'))).toMatchObject({
        status: 400,
        code: 'DIGEST_INVALID',
      });
    }
  });

  it('end-12a: gives an empty index of a name that holds nothing yet, to who has a right on it', async () => {
    const path = `referrers/${sha256(Buffer.from('x'))}`;
    for (const client of [api, none]) {
      for (const query of ['', '?artifactType=application%2Fvnd.example', '?last=sha256:0']) {
        const response = await client.send(`${path}${query}`);
        expect([response.status, response.headers.get('content-type')]).toEqual([200, indexType]);
        expect(response.headers.get('oci-filters-applied')).toBe(
          query.includes('artifactType') ? 'artifactType' : null,
        );
        expect(await response.json()).toEqual({ schemaVersion: 2, mediaType: indexType, manifests: [] });
      }
    }
    for (const [caller, name] of [
      ['jonas', 'acme/none'],
      ['maya', 'nobody/none'],
    ] as const) {
      const client = await RepositoryClient.open(server, caller, name);
      expect(await registryError(await client.send(path))).toMatchObject({
        status: 404,
        code: 'NAME_UNKNOWN',
      });
    }
  });

  it('end-12a: names the type of an index that has one, and none for one that has none', async () => {
    const subject = { mediaType: indexType, digest: sha256(Buffer.from('indexed')), size: 7 };
    const index = { schemaVersion: 2, mediaType: indexType, manifests: [], subject };
    const typed = { ...index, artifactType: 'application/vnd.example.list' };
    for (const document of [index, typed]) {
      expect((await api.putManifest(digestOf(document), document, indexType)).status).toBe(201);
    }
    const found = new Map((await referrersOf(subject.digest)).map((entry) => [entry.digest, entry]));
    expect(found.get(digestOf(typed))).toMatchObject({ artifactType: 'application/vnd.example.list' });
    expect(found.get(digestOf(index))).not.toHaveProperty('artifactType');
    expect(found.size).toBe(2);
  });

  it('end-12a: takes the type of the config for that of an image whose own is empty or missing', async () => {
    const image = await api.newImage('untyped');
    const subject = { mediaType: image.mediaType, digest: sha256(Buffer.from('untyped')), size: 7 };
    const documents = [
      { ...image, subject },
      { ...image, subject, artifactType: '' },
    ];
    for (const document of documents) {
      expect((await api.putManifest(digestOf(document), document)).status).toBe(201);
    }
    const types = (await referrersOf(subject.digest)).map((entry) => entry.artifactType);
    expect(types).toEqual([image.config.mediaType, image.config.mediaType]);
  });

  it('end-12b: says that it filtered only when it did', async () => {
    const path = `referrers/${sha256(Buffer.from('filtered'))}`;
    expect((await api.send(path)).headers.get('oci-filters-applied')).toBeNull();
    const filtered = await api.send(`${path}?artifactType=application%2Fvnd.example`);
    expect(filtered.headers.get('oci-filters-applied')).toBe('artifactType');
  });
});
