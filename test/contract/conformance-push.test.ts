import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  const scopes = ['repository:acme/web:pull,push', 'repository:acme/api:pull'];
  web = new RepositoryClient(server, 'acme/web', await registryToken(server, 'maya', ...scopes));
});
afterAll(() => server.stop());

const sha512 = (content: Uint8Array) => `sha512:${createHash('sha512').update(content).digest('hex')}`;
const octets = { 'content-type': 'application/octet-stream' };
const emptyJson = Buffer.from('{}');

/** What an answer's `Location` gives. */
async function pulled(response: Response): Promise<Buffer> {
  const found = await web.send(response.headers.get('location') ?? '');
  expect(found.status).toBe(200);
  return Buffer.from(await found.arrayBuffer());
}

async function letPushToWeb(username: string): Promise<void> {
  const { status } = await call(server, '/v1/repos/acme/web/authorizations', {
    token: await signIn(server, 'maya'),
    body: { email: server.user(username).email, permission: 'writer' },
  });
  expect([200, 201]).toContain(status);
}

async function chunk(location: string, body: Uint8Array<ArrayBuffer>, range: string): Promise<Response> {
  return web.send(location, { method: 'PATCH', headers: { ...octets, 'content-range': range }, body });
}

describe('pushing blobs, as the distribution specification asks', () => {
  it('end-4a: begins a session of its own for every POST', async () => {
    const locations = new Set<string>();
    for (let at = 0; at < 3; at++) {
      const response = await web.send('blobs/uploads/', { method: 'POST', headers: { ...octets } });
      expect(response.status).toBe(202);
      locations.add(response.headers.get('location') ?? '');
    }
    expect(locations.size).toBe(3);
  });

  it('end-4b: gives an address from which the blob can be pulled', async () => {
    const content = randomBytes(400);
    const path = `blobs/uploads/?digest=${sha256(content)}`;
    const response = await web.send(path, { method: 'POST', headers: octets, body: content });
    expect(response.status).toBe(201);
    expect(await pulled(response)).toEqual(content);
  });

  it('end-5: keeps what a stream without a range brings, in as many requests as it takes', async () => {
    const content = randomBytes(900);
    const location = await web.beginUpload();
    for (const [begin, end] of [
      [0, 300],
      [300, 900],
    ] as const) {
      const body = new Blob([content.subarray(begin, end)]).stream();
      const response = await web.send(location, { method: 'PATCH', headers: octets, body });
      expect([response.status, response.headers.get('range')]).toEqual([202, `0-${String(end - 1)}`]);
      expect(response.headers.get('location')).toBe(location);
    }
    const done = await web.send(`${location}?digest=${sha256(content)}`, { method: 'PUT' });
    expect(await pulled(done)).toEqual(content);
  });

  it('end-5: answers 416 to a first chunk that does not begin at 0', async () => {
    const location = await web.beginUpload();
    const response = await chunk(location, randomBytes(100), '100-199');
    expect(await registryError(response)).toMatchObject({ status: 416, code: 'BLOB_UPLOAD_INVALID' });
    expect((await chunk(location, randomBytes(100), '0-99')).status).toBe(202);
  });

  it('end-5: answers 416 to a chunk that was sent before', async () => {
    const location = await web.beginUpload();
    const content = randomBytes(100);
    expect((await chunk(location, content, '0-99')).status).toBe(202);
    expect((await chunk(location, content, '0-99')).status).toBe(416);
  });

  it('end-6: closes a session with and without a last chunk, at an address from which the blob can be pulled', async () => {
    const content = randomBytes(600);
    for (const sent of [300, 600]) {
      const location = await web.beginUpload();
      await chunk(location, content.subarray(0, sent), `0-${String(sent - 1)}`);
      const rest = content.subarray(sent);
      const headers = rest.length === 0 ? {} : { ...octets, 'content-range': `${String(sent)}-599` };
      const response = await web.send(`${location}?digest=${sha256(content)}`, {
        method: 'PUT',
        headers,
        ...(rest.length === 0 ? {} : { body: rest }),
      });
      expect(response.status).toBe(201);
      expect(await pulled(response)).toEqual(content);
    }
  });

  it('end-4b, end-6: take a blob again that is there already', async () => {
    const content = randomBytes(100);
    const digest = sha256(content);
    for (let at = 0; at < 2; at++) {
      expect(await web.pushBlob(content)).toBe(digest);
      const location = await web.beginUpload();
      const headers = octets;
      const put = await web.send(`${location}?digest=${digest}`, { method: 'PUT', headers, body: content });
      expect(put.status).toBe(201);
    }
  });

  it('end-5, end-6, end-13, end-14: answer 404 for a session that is not there', async () => {
    const location = '/v2/acme/web/blobs/uploads/5b0cfc95-6f7a-4f3a-9d7d-2f8f6a3f0c55';
    const digest = sha256(emptyJson);
    for (const [method, path] of [
      ['PATCH', location],
      ['PUT', `${location}?digest=${digest}`],
      ['GET', location],
      ['DELETE', location],
    ] as const) {
      expect(await registryError(await web.send(path, { method }))).toMatchObject({
        status: 404,
        code: 'BLOB_UPLOAD_UNKNOWN',
      });
    }
  });

  it('end-11: gives digest and address of a mounted blob, from which it can be pulled', async () => {
    const content = randomBytes(100);
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    const digest = await api.pushBlob(content);
    const path = `blobs/uploads/?mount=${digest}&from=acme/api`;
    const response = await web.send(path, { method: 'POST' });
    expect([response.status, response.headers.get('docker-content-digest')]).toEqual([201, digest]);
    expect(await pulled(response)).toEqual(content);
  });

  it('end-11: mounts a blob without a source from what the token names and the caller may read, and from nowhere else', async () => {
    const content = randomBytes(100);
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    const scopes = ['repository:acme/web:pull,push', 'repository:acme/api:pull'];
    const ofJonas = async () =>
      new RepositoryClient(server, 'acme/web', await registryToken(server, 'jonas', ...scopes));
    const path = `blobs/uploads/?mount=${await api.pushBlob(content)}`;
    const outsider = await RepositoryClient.open(server, 'jonas', 'acme/api');
    expect((await outsider.send(`blobs/${sha256(content)}`)).status).toBe(404);
    await letPushToWeb('jonas');
    for (const [client, status] of [
      [await ofJonas(), 202],
      [await RepositoryClient.open(server, 'maya', 'acme/web'), 202],
      [web, 201],
      [await ofJonas(), 201],
    ] as const) {
      const response = await client.send(path, { method: 'POST' });
      expect(response.status).toBe(status);
      if (status === 201) expect(await pulled(response)).toEqual(content);
      else expect((await client.send(`blobs/${sha256(content)}`)).status).toBe(404);
    }
  });

  it('end-11: begins an upload where nobody has what is to be mounted, with and without a source', async () => {
    const digest = sha256(randomBytes(10));
    for (const from of ['', '&from=acme/api', '&from=']) {
      const response = await web.send(`blobs/uploads/?mount=${digest}${from}`, { method: 'POST' });
      expect(response.status).toBe(202);
      expect((await web.send(response.headers.get('location') ?? '')).status).toBe(204);
    }
  });

  it('end-4a: takes a hint at the algorithm of the digest, and refuses one that it does not have', async () => {
    const content = randomBytes(300);
    const digest = sha512(content);
    for (const algorithm of ['sha512', 'sha256']) {
      const begun = await web.send(`blobs/uploads/?digest-algorithm=${algorithm}`, { method: 'POST' });
      const location = begun.headers.get('location') ?? '';
      expect((await chunk(location, content, '0-299')).status).toBe(202);
      const done = await web.send(`${location}?digest=${digest}`, { method: 'PUT' });
      expect([done.status, done.headers.get('docker-content-digest')]).toEqual([201, digest]);
    }
    const refused = await web.send('blobs/uploads/?digest-algorithm=md5', { method: 'POST' });
    expect(await registryError(refused)).toMatchObject({ status: 400, code: 'UNSUPPORTED' });
  });
});

describe('pushing manifests, as the distribution specification asks', () => {
  it('end-7: answers 201 with the digest and an address from which the manifest can be pulled', async () => {
    const image = await web.newImage('located');
    const response = await web.putManifest('located', image);
    const content = Buffer.from(JSON.stringify(image));
    expect([response.status, response.headers.get('docker-content-digest')]).toEqual([201, sha256(content)]);
    expect(await pulled(response)).toEqual(content);
  });

  it('end-7: takes a manifest without layers', async () => {
    const { layers, ...image } = await web.newImage('no layers');
    expect(layers).toHaveLength(1);
    expect((await web.putManifest('bare', { ...image, layers: [] })).status).toBe(201);
    const index = 'application/vnd.oci.image.index.v1+json';
    const nothing = { schemaVersion: 2, mediaType: index, manifests: [] };
    expect((await web.putManifest('nothing', nothing, index)).status).toBe(201);
  });

  it('end-7: takes a manifest about one that is not there yet, and names that one in OCI-Subject', async () => {
    const image = await web.newImage('early');
    const digest = sha256(Buffer.from('comes later'));
    const about = { ...image, subject: { mediaType: image.mediaType, digest, size: 11 } };
    const response = await web.putManifest('early', about);
    expect([response.status, response.headers.get('oci-subject')]).toEqual([201, digest]);
  });

  it.each([
    ['sha256', sha256],
    ['sha512', sha512],
  ])(
    'end-7: tags what is pushed by its %s as the parameters say, and keeps that digest',
    async (name, digestOf) => {
      const image = await web.newImage(name);
      const digest = digestOf(Buffer.from(JSON.stringify(image)));
      const tags = Array.from({ length: 12 }, (_, at) => `${name}-${String(at)}`);
      const query = [...tags, tags[0]].map((tag) => `tag=${String(tag)}`).join('&');
      const pushed = await web.putManifest(`${digest}?${query}`, image);
      expect([pushed.status, pushed.headers.get('oci-tag')]).toEqual([201, tags.join(', ')]);
      for (const reference of [...tags, digest]) {
        for (const method of ['HEAD', 'GET']) {
          const found = await web.send(`manifests/${reference}`, { method });
          expect([found.status, found.headers.get('docker-content-digest')]).toEqual([200, digest]);
        }
      }
      const again = await web.putManifest(digest, image);
      expect([again.status, again.headers.get('oci-tag')]).toEqual([201, null]);
    },
  );

  it('end-7: refuses bad and too many tags as a whole, and such parameters at a push by tag', async () => {
    const image = await web.newImage('never tagged');
    const digest = sha256(Buffer.from(JSON.stringify(image)));
    const many = Array.from({ length: 101 }, (_, at) => `tag=many-${String(at)}`).join('&');
    for (const [reference, status, code] of [
      [`${digest}?tag=good&tag=-bad`, 400, 'MANIFEST_INVALID'],
      [`${digest}?tag=`, 400, 'MANIFEST_INVALID'],
      [`${digest}?${many}`, 414, 'UNSUPPORTED'],
      ['good?tag=better', 400, 'UNSUPPORTED'],
      [`${sha256(Buffer.from('x'))}?tag=good`, 400, 'DIGEST_INVALID'],
    ] as const) {
      expect(await registryError(await web.putManifest(reference, image))).toMatchObject({ status, code });
    }
    for (const reference of ['good', 'better', 'many-0', digest]) {
      expect((await web.send(`manifests/${reference}`)).status).toBe(404);
    }
  });
});
