import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError } from '../support/registry-client.ts';

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';

let server: LocalServer;
let web: RepositoryClient;
let image: Awaited<ReturnType<RepositoryClient['newImage']>>;
/** Written documents that are all taken, by their types. */
const documents = new Map<string, string>();

beforeAll(async () => {
  server = await startLocalServer();
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
  image = await web.newImage('documents');
  const written = JSON.stringify(image);
  await web.putManifest(sha256(Buffer.from(written)), written);
  const entry = { mediaType: ociManifest, digest: sha256(Buffer.from(written)), size: written.length };
  documents.set(ociManifest, written);
  documents.set(dockerManifest, JSON.stringify({ ...image, mediaType: dockerManifest }));
  for (const mediaType of [ociIndex, dockerList])
    documents.set(mediaType, JSON.stringify({ schemaVersion: 2, mediaType, manifests: [entry] }));
});
afterAll(() => server.stop());

async function kept(text: string, mediaType: string): Promise<void> {
  const put = await web.putManifest('kept', text, mediaType);
  expect([put.status, put.headers.get('docker-content-digest')]).toEqual([201, sha256(Buffer.from(text))]);
  const pulled = await web.send('manifests/kept');
  expect([pulled.headers.get('content-type'), await pulled.text()]).toEqual([mediaType, text]);
}

async function refused(text: string | Uint8Array<ArrayBuffer>, mediaType: string): Promise<string> {
  const headers = { 'content-type': mediaType };
  const put = await web.send('manifests/refused', { method: 'PUT', headers, body: text });
  const { status, code, message } = await registryError(put);
  expect([status, code]).toEqual([400, 'MANIFEST_INVALID']);
  expect((await web.send('manifests/refused')).status).toBe(404);
  return message;
}

describe('a document', () => {
  it.each([ociManifest, dockerManifest, ociIndex, dockerList])(
    'of the type %s is kept as it was written, and refused when not all clients can read it',
    async (mediaType) => {
      const text = documents.get(mediaType) ?? '';
      await kept(text, mediaType);
      await kept(`\n${JSON.stringify(JSON.parse(text), null, 2)}\r\n`, mediaType);
      const size = /"size":(\d+)/.exec(text)?.[1] ?? '';
      const wrong: [body: string | Uint8Array<ArrayBuffer>, words: string][] = [
        [`\ufeff${text}`, 'byte order mark'],
        [Buffer.from(text.replace('{', '{"\u00e9":1,'), 'latin1'), 'UTF-8'],
        [text.replace(`"size":${size}`, `"size":${size}.0`), 'whole number'],
        [text.replace(`"size":${size}`, `"size":${size}e0`), 'whole number'],
        [text.replace(`"size":${size}`, `"size":"${size}"`), 'whole number'],
        [text.replace(`"size":${size}`, `"size":${size},"size":${size}`), 'twice'],
        [text.replace(`"size":${size}`, `"size":${size}${'0'.repeat(30)}`), 'whole number'],
        [text.replace('sha256:', 'sha1:'), 'digest'],
        [text.replace(`,"size":${size}`, ''), 'missing'],
      ];
      for (const [body, words] of wrong) expect(await refused(body, mediaType)).toContain(words);
    },
  );

  it('may have no layers, and is kept as the tool wrote that', async () => {
    for (const layers of [[], null]) {
      await kept(JSON.stringify({ ...image, layers }), ociManifest);
      await kept(JSON.stringify({ ...image, mediaType: dockerManifest, layers }), dockerManifest);
    }
    for (const manifests of [[], null])
      await kept(JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests }), ociIndex);
  });

  it('may have null for whatever it may leave out', async () => {
    const { config, layers } = image;
    const nothing = Object.fromEntries(
      ['urls', 'annotations', 'artifactType', 'platform', 'data'].map((name) => [name, null]),
    );
    const platform = { architecture: 'amd64', os: 'linux', variant: null, 'os.version': null };
    const none = { subject: null, artifactType: null, annotations: null };
    const parts = {
      config: { ...config, ...nothing },
      layers: layers.map((layer) => ({ ...layer, ...nothing })),
    };
    const text = documents.get(ociManifest) ?? '';
    const entry = {
      ...nothing,
      mediaType: ociManifest,
      digest: sha256(Buffer.from(text)),
      size: text.length,
    };
    const lists = { 'os.features': null, features: null };
    const manifests = [entry, { ...entry, platform: { ...platform, ...lists } }];
    for (const mediaType of [ociManifest, null, '']) {
      await kept(JSON.stringify({ schemaVersion: 2, mediaType, ...none, ...parts }), ociManifest);
      const index = { schemaVersion: 2, mediaType: mediaType === ociManifest ? ociIndex : mediaType };
      await kept(JSON.stringify({ ...index, ...none, manifests }), ociIndex);
    }
    await kept(
      JSON.stringify({ schemaVersion: 2, mediaType: dockerManifest, ...none, ...parts }),
      dockerManifest,
    );
    for (const mediaType of [null, ''])
      expect(
        await refused(JSON.stringify({ schemaVersion: 2, mediaType, ...parts }), dockerManifest),
      ).toContain('must name its type');
    for (const wrong of [{ config: null }, { layers: [null] }, { schemaVersion: null }])
      await refused(JSON.stringify({ ...image, ...wrong }), ociManifest);
  });

  it('is refused at the place of its fault, however many more there are', async () => {
    const { config } = image;
    const [layer] = image.layers;
    const many = Array.from({ length: 200_000 }, () => 1);
    const platform = { architecture: 'amd64', os: 'linux' };
    for (const [wrong, place] of [
      [{ config: { ...config, urls: many } }, '"config.urls" must be a list of texts'],
      [{ layers: [{ ...layer, platform: { ...platform, features: many } }] }, '"layers.0.platform.features"'],
      [{ config: { ...config, platform: { ...platform, 'os.features': many } } }, '"config.platform.os.fea'],
      [{ annotations: many }, '"annotations" must be names with texts'],
      [{ artifactType: 'none' }, '"artifactType" must be a media type'],
      [{ manifests: [] }, '"manifests" must not be in a document of this type'],
    ] as const)
      expect(await refused(JSON.stringify({ ...image, ...wrong }), ociManifest)).toContain(place);
    expect(await refused('{"a\\u0000":1,"a\\u0000":2}', ociManifest)).toContain(
      'has the field "a\\\\u{0}" twice',
    );
  });

  it('may be an artifact with the empty config, about another one, with fields that nobody here knows', async () => {
    const digest = await web.pushBlob(Buffer.from('{}'));
    const empty = { mediaType: 'application/vnd.oci.empty.v1+json', digest, size: 2 };
    const text = JSON.stringify({
      schemaVersion: 2,
      mediaType: ociManifest,
      artifactType: 'application/vnd.example+json',
      config: { ...empty, data: 'e30=' },
      layers: [empty],
      annotations: { 'a.example/b': 'c' },
      subject: { mediaType: ociManifest, digest: sha256(Buffer.from('not there')), size: 123 },
      'x-example': { size: 1.5, list: [null, 1e300] },
    });
    await kept(text, ociManifest);
  });

  it('may be the index of a cache, whose entries are layers', async () => {
    const [layer] = image.layers;
    const entry = { ...layer, mediaType: 'application/vnd.oci.image.layer.v1.tar+gzip', annotations: {} };
    const config = { ...image.config, mediaType: 'application/vnd.buildkit.cacheconfig.v0' };
    await kept(
      JSON.stringify({ schemaVersion: 2, mediaType: ociIndex, manifests: [entry, config] }),
      ociIndex,
    );
    // It needs them like an image.
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    const elsewhere = { schemaVersion: 2, mediaType: ociIndex, manifests: [entry] };
    expect(await registryError(await api.putManifest('cache', elsewhere, ociIndex))).toMatchObject({
      status: 400,
      code: 'MANIFEST_BLOB_UNKNOWN',
    });
  });
});

describe('a size that is not the one of what is there', () => {
  const wrong = (size: number) => [size + 1, size - 1, 0, Number.MAX_SAFE_INTEGER];

  it('is refused of config, layer and image of an index, and the right one is named', async () => {
    const { config, layers } = image;
    const [layer = config] = layers;
    const text = documents.get(ociManifest) ?? '';
    const whole = { mediaType: ociManifest, digest: sha256(Buffer.from(text)), size: text.length };
    const index = { schemaVersion: 2, mediaType: ociIndex };
    for (const [of, document] of [
      [config, (size: number) => ({ ...image, config: { ...config, size } })],
      [layer, (size: number) => ({ ...image, layers: [layer, { ...layer, size }] })],
      [whole, (size: number) => ({ ...index, manifests: [{ ...whole, size }] })],
    ] as const) {
      for (const size of wrong(of.size)) {
        const mediaType = document(size).mediaType;
        const message = await refused(JSON.stringify(document(size)), mediaType);
        expect(message).toContain(
          `says that ${of.digest} has ${String(size)} bytes; it has ${String(of.size)}`,
        );
      }
      await kept(JSON.stringify(document(of.size)), document(of.size).mediaType);
    }
  });
});
