import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
});
afterAll(() => server.stop());

const octets = { 'content-type': 'application/octet-stream' };

async function chunk(location: string, body: Uint8Array<ArrayBuffer>, range: string): Promise<Response> {
  return web.send(location, { method: 'PATCH', headers: { ...octets, 'content-range': range }, body });
}

async function finish(location: string, digest: string): Promise<Response> {
  return web.send(`${location}?digest=${digest}`, { method: 'PUT' });
}

async function statusOf(digest: string, client = web): Promise<number> {
  return (await client.send(`blobs/${digest}`, { method: 'HEAD' })).status;
}

describe('pushing a blob', () => {
  it('takes it in a single POST', async () => {
    const content = randomBytes(5000);
    const digest = sha256(content);
    const path = `blobs/uploads/?digest=${digest}`;
    const response = await web.send(path, { method: 'POST', headers: octets, body: content });
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toBe(`/v2/acme/web/blobs/${digest}`);
    expect(response.headers.get('docker-content-digest')).toBe(digest);
    expect(Buffer.from(await (await web.send(`blobs/${digest}`)).arrayBuffer())).toEqual(content);
  });

  it('takes it at the address without its last slash too, at once, in parts and mounted', async () => {
    const content = randomBytes(500);
    const digest = sha256(content);
    const uploads = 'blobs/uploads';
    const begun = await web.send(uploads, { method: 'POST' });
    expect([begun.status, begun.headers.get('range')]).toEqual([202, '0-0']);
    const address = `${begun.headers.get('location') ?? ''}?digest=${digest}`;
    expect((await web.send(address, { method: 'PUT', headers: octets, body: content })).status).toBe(201);
    const once = await web.send(`${uploads}?digest=${digest}`, {
      method: 'POST',
      headers: octets,
      body: content,
    });
    expect([once.status, once.headers.get('docker-content-digest')]).toEqual([201, digest]);
    const mount = await web.send(`${uploads}?mount=${digest}&from=acme/web`, { method: 'POST' });
    expect([mount.status, mount.headers.get('docker-content-digest')]).toEqual([201, digest]);
  });

  it('takes it in POST and PUT', async () => {
    const content = randomBytes(5000);
    const digest = sha256(content);
    const begun = await web.send('blobs/uploads/', { method: 'POST' });
    expect(begun.status).toBe(202);
    expect(begun.headers.get('range')).toBe('0-0');
    const location = begun.headers.get('location') ?? '';
    expect(location).toContain(begun.headers.get('docker-upload-uuid'));
    const response = await web.send(`${location}?digest=${digest}`, {
      method: 'PUT',
      headers: octets,
      body: content,
    });
    expect(response.status).toBe(201);
    expect(await statusOf(digest)).toBe(200);
  });

  it('takes it in chunks, the last one with the PUT, and tells how far it got', async () => {
    const content = randomBytes(3000);
    const location = await web.beginUpload();
    const first = await chunk(location, content.subarray(0, 1000), '0-999');
    expect([first.status, first.headers.get('range')]).toEqual([202, '0-999']);
    const second = await chunk(location, content.subarray(1000, 2000), '1000-1999');
    expect([second.status, second.headers.get('range')]).toEqual([202, '0-1999']);
    const status = await web.send(location);
    expect([status.status, status.headers.get('range'), status.headers.get('location')]).toEqual([
      204,
      '0-1999',
      location,
    ]);
    const last = await web.send(`${location}?digest=${sha256(content)}`, {
      method: 'PUT',
      headers: { ...octets, 'content-range': '2000-2999' },
      body: content.subarray(2000),
    });
    expect(last.status).toBe(201);
    expect(await statusOf(sha256(content))).toBe(200);
    expect((await web.send(location)).status).toBe(404);
  });

  it('takes a streamed PATCH without any length, as docker and skopeo send it', async () => {
    const content = randomBytes(300_000);
    const location = await web.beginUpload();
    const body = new Blob([content.subarray(0, 100_000), content.subarray(100_000)]).stream();
    const response = await web.send(location, { method: 'PATCH', headers: octets, body });
    expect([response.status, response.headers.get('range')]).toEqual([202, '0-299999']);
    expect((await finish(location, sha256(content))).status).toBe(201);
  });

  it('takes an empty blob and a sha512 digest', async () => {
    expect((await finish(await web.beginUpload(), sha256(Buffer.alloc(0)))).status).toBe(201);
    const content = randomBytes(100);
    const digest = `sha512:${createHash('sha512').update(content).digest('hex')}`;
    const location = await web.beginUpload();
    await chunk(location, content, '0-99');
    expect((await finish(location, digest)).status).toBe(201);
    expect(await statusOf(digest)).toBe(200);
    expect(await statusOf(digest.slice(0, -1))).toBe(400);
  });

  it.each(['1000-1999', '0-999', '499-999', '501-1500', 'bytes 500-999', '500', '600-500'])(
    'refuses the chunk %s out of order with 416 and tells where to go on',
    async (range) => {
      const location = await web.beginUpload();
      await chunk(location, randomBytes(500), '0-499');
      const response = await chunk(location, randomBytes(1000), range);
      expect(response.status).toBe(416);
      expect(response.headers.get('location')).toBe(location);
      expect(response.headers.get('range')).toBe('0-499');
      expect((await web.send(location)).headers.get('range')).toBe('0-499');
    },
  );

  it('refuses a final chunk out of order and keeps the upload', async () => {
    const content = randomBytes(1000);
    const location = await web.beginUpload();
    await chunk(location, content.subarray(0, 500), '0-499');
    const response = await web.send(`${location}?digest=${sha256(content)}`, {
      method: 'PUT',
      headers: { 'content-range': '600-999' },
      body: content.subarray(600),
    });
    expect(response.status).toBe(416);
    await chunk(location, content.subarray(500), '500-999');
    expect((await finish(location, sha256(content))).status).toBe(201);
  });

  it('refuses a chunk of another length than its range, with and without a Content-Length, and undoes it', async () => {
    const content = randomBytes(1000);
    const location = await web.beginUpload();
    await chunk(location, content.subarray(0, 500), '0-499');
    expect(await registryError(await chunk(location, content.subarray(500), '500-998'))).toMatchObject({
      status: 400,
      code: 'SIZE_INVALID',
    });
    for (const range of ['500-998', '500-1000']) {
      const body = new Blob([content.subarray(500)]).stream();
      const response = await web.send(location, {
        method: 'PATCH',
        headers: { 'content-range': range },
        body,
      });
      expect(await registryError(response)).toMatchObject({ status: 400, code: 'SIZE_INVALID' });
    }
    expect((await web.send(location)).headers.get('range')).toBe('0-499');
    await chunk(location, content.subarray(500), '500-999');
    expect((await finish(location, sha256(content))).status).toBe(201);
  });

  it('keeps nothing when the digest is wrong', async () => {
    const claimed = sha256(randomBytes(10));
    const location = await web.beginUpload();
    await chunk(location, randomBytes(10), '0-9');
    expect(await registryError(await finish(location, claimed))).toMatchObject({
      status: 400,
      code: 'DIGEST_INVALID',
    });
    expect((await web.send(location)).status).toBe(404);
    const path = `blobs/uploads/?digest=${claimed}`;
    const atOnce = await web.send(path, { method: 'POST', body: randomBytes(10) });
    expect(await registryError(atOnce)).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
    expect(await statusOf(claimed)).toBe(404);
  });

  it.each(['', '?digest=', '?digest=sha256:abc', `?digest=md5:${'a'.repeat(32)}`, '?digest=../../x'])(
    'refuses to finish with %j and keeps the upload',
    async (query) => {
      const location = await web.beginUpload();
      const response = await web.send(`${location}${query}`, { method: 'PUT' });
      expect(await registryError(response)).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
      expect((await web.send(location)).status).toBe(204);
    },
  );

  it('forgets a cancelled upload', async () => {
    const location = await web.beginUpload();
    expect((await web.send(location, { method: 'DELETE' })).status).toBe(204);
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const response = await web.send(location, { method });
      expect(await registryError(response)).toMatchObject({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
    }
  });

  it('shows an upload to nobody but who began it, and in no other repository', async () => {
    const location = await web.beginUpload();
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    expect((await api.send(location.replace('acme/web', 'acme/api'))).status).toBe(404);
    expect((await web.send('/v2/acme/web/blobs/uploads/..%2F..%2Fkeyhold.sqlite')).status).toBe(404);
  });

  it('is safe when the same blob is pushed many times at once', async () => {
    const content = randomBytes(200_000);
    const digest = sha256(content);
    const responses = await Promise.all(
      Array.from({ length: 8 }, async (_, at) => {
        const wrong = at % 4 === 3;
        const body = wrong ? randomBytes(200_000) : content;
        return (await web.send(`blobs/uploads/?digest=${digest}`, { method: 'POST', body })).status;
      }),
    );
    expect(responses).toEqual([201, 201, 201, 400, 201, 201, 201, 400]);
    expect(sha256(new Uint8Array(await (await web.send(`blobs/${digest}`)).arrayBuffer()))).toBe(digest);
  });

  it('lets one request at a time write to an upload', async () => {
    const location = await web.beginUpload();
    let push: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        push = controller;
        controller.enqueue(randomBytes(100));
      },
    });
    const slow = web.send(location, { method: 'PATCH', body });
    await expect
      .poll(async () => (await web.send(location)).headers.get('range'), { interval: 5 })
      .toBe('0-99');
    const second = await web.send(location, { method: 'PATCH', body: randomBytes(5) });
    expect(await registryError(second)).toMatchObject({ status: 409, code: 'BLOB_UPLOAD_INVALID' });
    push?.close();
    expect((await slow).headers.get('range')).toBe('0-99');
  });
});

describe('mounting a blob from another repository', () => {
  const scopes = ['repository:acme/web:pull', 'repository:acme/api:pull,push'];

  async function mount(client: RepositoryClient, digest: string, from: string): Promise<Response> {
    return client.send(`blobs/uploads/?mount=${digest}&from=${from}`, { method: 'POST' });
  }

  it('needs no upload when the caller may read the source', async () => {
    const digest = await web.pushBlob(randomBytes(50));
    const api = new RepositoryClient(
      server,
      'acme/api',
      await registryToken(server, 'maya', scopes.join(' ')),
    );
    expect(await statusOf(digest, api)).toBe(404);
    const response = await mount(api, digest, 'acme/web');
    expect([response.status, response.headers.get('location')]).toEqual([
      201,
      `/v2/acme/api/blobs/${digest}`,
    ]);
    expect(await statusOf(digest, api)).toBe(200);
  });

  it('names both scopes when only the token stands in the way', async () => {
    const digest = await web.pushBlob(randomBytes(50));
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    const response = await mount(api, digest, 'acme/web');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain(
      'scope="repository:acme/api:pull,push repository:acme/web:pull",error="insufficient_scope"',
    );
  });

  it.each([
    ['a digest that is not there', sha256(Buffer.from('nowhere')), 'acme/web'],
    ['a digest that is none', 'sha256:abc', 'acme/web'],
    ['a repository that is not there', sha256(Buffer.alloc(0)), 'acme/none'],
    ['a name that is none', sha256(Buffer.alloc(0)), '../acme'],
  ])('falls back to an upload for %s', async (_case, digest, from) => {
    const token = await registryToken(server, 'maya', ...scopes);
    const response = await mount(new RepositoryClient(server, 'acme/api', token), digest, from);
    expect(response.status).toBe(202);
    expect(response.headers.get('location')).toMatch(/^\/v2\/acme\/api\/blobs\/uploads\//);
  });
});

describe('pulling a blob', () => {
  const content = Buffer.from('0123456789');
  const digest = sha256(content);
  beforeAll(() => web.pushBlob(content));

  it('describes it to HEAD', async () => {
    const response = await web.send(`blobs/${digest}`, { method: 'HEAD' });
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-length': '10',
      'content-type': 'application/octet-stream',
      'docker-content-digest': digest,
      'accept-ranges': 'bytes',
    });
  });

  it.each([
    ['bytes=2-5', '2345', 'bytes 2-5/10'],
    ['bytes=7-', '789', 'bytes 7-9/10'],
    ['bytes=-3', '789', 'bytes 7-9/10'],
    ['bytes=0-99', '0123456789', 'bytes 0-9/10'],
    ['bytes=-99', '0123456789', 'bytes 0-9/10'],
    ['Bytes=2-5', '2345', 'bytes 2-5/10'],
  ])('gives the range %s', async (range, text, contentRange) => {
    const response = await web.send(`blobs/${digest}`, { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([206, contentRange]);
    expect(await response.text()).toBe(text);
  });

  it.each([
    'bytes=500-0',
    'bytes=5-4',
    'bytes=-',
    'bytes=',
    'bytes=--5',
    'bytes=-5-',
    'bytes=a-b',
    'bytes=1',
    'bytes',
    'bytes=0-1,3-4',
    'bytes=0-1,',
    'bytes=0x1-2',
    'lines=1-2',
    '0-5',
  ])('gives everything for the range %s, which is malformed or not served', async (range) => {
    const response = await web.send(`blobs/${digest}`, { headers: { range } });
    expect([response.status, response.headers.get('content-range')]).toEqual([200, null]);
    expect(await response.text()).toBe('0123456789');
  });

  it('gives everything for a range of another content', async () => {
    const headers = { range: 'bytes=1-2', 'if-range': '"x"' };
    const response = await web.send(`blobs/${digest}`, { headers });
    expect([response.status, await response.text()]).toEqual([200, '0123456789']);
  });

  it.each(['bytes=10-', 'bytes=10-20', 'bytes=500-600', 'bytes=99999999999999999999-', 'bytes=-0'])(
    'answers 416 to the range %s, of which it has no byte',
    async (range) => {
      const response = await web.send(`blobs/${digest}`, { headers: { range } });
      expect([response.status, response.headers.get('content-range')]).toEqual([416, 'bytes */10']);
      expect(await registryError(response)).toMatchObject({ code: 'SIZE_INVALID' });
    },
  );

  it('spares a client the bytes that it has', async () => {
    const response = await web.send(`blobs/${digest}`, { headers: { 'if-none-match': `"${digest}"` } });
    expect(response.status).toBe(304);
  });

  it('answers 404 for a blob that only another repository has, and 400 for a digest that is none', async () => {
    const base = await RepositoryClient.open(server, 'maya', 'acme/base');
    expect(await registryError(await base.send(`blobs/${digest}`))).toMatchObject({
      status: 404,
      code: 'BLOB_UNKNOWN',
    });
    for (const bad of [digest.toUpperCase(), 'sha256:..%2F..%2Fx', 'latest']) {
      expect(await registryError(await base.send(`blobs/${bad}`))).toMatchObject({
        status: 400,
        code: 'DIGEST_INVALID',
      });
    }
  });
});
