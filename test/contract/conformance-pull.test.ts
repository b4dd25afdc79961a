import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError } from '../support/registry-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
});
afterAll(() => server.stop());

const nowhere = sha256(Buffer.from('nowhere'));

describe('pulling, as the distribution specification asks', () => {
  it('end-2: gives a blob byte for byte, with its digest', async () => {
    const content = randomBytes(3000);
    const digest = await web.pushBlob(content);
    const response = await web.send(`blobs/${digest}`);
    expect([response.status, response.headers.get('docker-content-digest')]).toEqual([200, digest]);
    expect(Buffer.from(await response.arrayBuffer())).toEqual(content);
  });

  it('end-2: tells HEAD of a blob its size and digest, without a body', async () => {
    const digest = await web.pushBlob(randomBytes(321));
    const response = await web.send(`blobs/${digest}`, { method: 'HEAD' });
    expect([response.status, response.headers.get('docker-content-digest')]).toEqual([200, digest]);
    expect(response.headers.get('content-length')).toBe('321');
    expect(await response.text()).toBe('');
  });

  it('end-2: answers 404 for a blob that is not there, to GET and HEAD', async () => {
    expect(await registryError(await web.send(`blobs/${nowhere}`))).toMatchObject({
      status: 404,
      code: 'BLOB_UNKNOWN',
    });
    const head = await web.send(`blobs/${nowhere}`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([404, '']);
  });

  it('end-3: gives a manifest byte for byte, with spaces and order as they were pushed', async () => {
    const image = await web.newImage('spaced');
    const text = `\n ${JSON.stringify(Object.fromEntries(Object.entries(image).reverse()), null, 3)} \n`;
    expect((await web.putManifest('spaced', text)).status).toBe(201);
    const response = await web.send('manifests/spaced');
    expect(await response.text()).toBe(text);
    expect(response.headers.get('docker-content-digest')).toBe(sha256(Buffer.from(text)));
  });

  it('end-3: names the type that the manifest was pushed with, without parameters', async () => {
    const image = await web.newImage('typed');
    await web.putManifest('typed', image, `${image.mediaType}; charset=utf-8`);
    for (const accept of ['*/*', image.mediaType, 'application/vnd.oci.image.index.v1+json, */*;q=0.1']) {
      const response = await web.send('manifests/typed', { headers: { accept } });
      expect([response.status, response.headers.get('content-type')]).toEqual([200, image.mediaType]);
    }
  });

  it('end-3: tells HEAD of a manifest its size, type and digest, without a body', async () => {
    const image = await web.newImage('headed');
    await web.putManifest('headed', image);
    const response = await web.send('manifests/headed', { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([200, '']);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': String(JSON.stringify(image).length),
      'content-type': image.mediaType,
      'docker-content-digest': sha256(Buffer.from(JSON.stringify(image))),
    });
  });

  it('end-3: answers 404 for a tag and a digest that are not there, to GET and HEAD', async () => {
    for (const reference of ['nowhere', nowhere]) {
      expect(await registryError(await web.send(`manifests/${reference}`))).toMatchObject({
        status: 404,
        code: 'MANIFEST_UNKNOWN',
      });
      const head = await web.send(`manifests/${reference}`, { method: 'HEAD' });
      expect([head.status, await head.text()]).toEqual([404, '']);
    }
  });

  it('end-2, end-3: answer 404 in a repository that is not there', async () => {
    const none = await RepositoryClient.open(server, 'maya', 'acme/none');
    for (const path of [`blobs/${nowhere}`, 'manifests/latest', `manifests/${nowhere}`]) {
      expect(await registryError(await none.send(path))).toMatchObject({ status: 404, code: 'NAME_UNKNOWN' });
    }
  });
});
