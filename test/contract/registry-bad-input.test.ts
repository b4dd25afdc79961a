import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { repositoriesPath, repositoryListSchema } from '../../contracts/server-api/repositories.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, basicHeader, registryError, registryToken } from '../support/registry-client.ts';
import { call, registerTestKey, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey, nowInSeconds } from '../support/test-key.ts';

let folder: string;
let server: TestServer;
let web: RepositoryClient;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'keyhold-bad-input-'));
  server = await startLocalServer({ dataDir: folder });
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Every file of the server but the database's own, with its size; and every repository that there is. */
async function everything(): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !entry.name.startsWith('keyhold.sqlite'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const sizes = files.map(async (file) => `${file} ${String((await stat(file)).size)}`);
  const { body } = await call(server, repositoriesPath, { token: await signIn(server, 'maya') });
  const repositories = repositoryListSchema.parse(body).repositories.map(({ name }) => name);
  return [...(await Promise.all(sizes)).sort(), ...repositories];
}

let before: string[];
beforeEach(async () => {
  before = await everything();
});
afterEach(async () => {
  expect(await everything()).toEqual(before);
});

const imageManifest = 'application/vnd.oci.image.manifest.v1+json';

const wrongDigest = sha256(Buffer.from('something else'));

describe('what is refused leaves nothing behind', () => {
  it.each([
    [wrongDigest, 'DIGEST_INVALID'],
    ['sha256:abc', 'DIGEST_INVALID'],
    [`sha256:${'A'.repeat(64)}`, 'DIGEST_INVALID'],
    [`md5:${'a'.repeat(32)}`, 'DIGEST_INVALID'],
    ['sha256:../../../../etc/passwd', 'DIGEST_INVALID'],
    ['', 'DIGEST_INVALID'],
  ])('a blob pushed with the digest %j', async (digest, code) => {
    const query = `digest=${encodeURIComponent(digest)}`;
    const once = await web.send(`blobs/uploads/?${query}`, { method: 'POST', body: randomBytes(70_000) });
    expect(await registryError(once)).toMatchObject({ status: 400, code });
    const location = await web.beginUpload();
    const put = await web.send(`${location}?${query}`, { method: 'PUT', body: randomBytes(70_000) });
    expect(await registryError(put)).toMatchObject({ status: 400, code });
    await web.send(location, { method: 'DELETE' });
  });

  it.each([
    ['5-9', 416],
    ['9-0', 416],
    ['0-99999999999999999999', 416],
    ['0-8', 400],
    ['0-10', 400],
  ])('a chunk of ten bytes with the range %s', async (range, status) => {
    const location = await web.beginUpload();
    const headers = { 'content-range': range };
    const response = await web.send(location, { method: 'PATCH', headers, body: randomBytes(10) });
    expect((await registryError(response)).status).toBe(status);
    expect((await web.send(location)).headers.get('range')).toBe('0-0');
    await web.send(location, { method: 'DELETE' });
  });

  it.each([
    'bytes 0-9/10',
    'bytes 0-9/*',
    'bytes */10',
    'bytes=0-9',
    'bytes 0-9',
    '0-9/10',
    '0-',
    '-9',
    '-1-8',
    '',
    '0 - 9',
    '0-9, 10-19',
    'a-b',
    '0x0-0x9',
    '0-9;q=1',
    '1e0-9',
  ])('a chunk whose Content-Range has another form than the specification’s: %j', async (range) => {
    const location = await web.beginUpload();
    const digest = sha256(Buffer.from('0123456789'));
    const requests: [method: string, path: string, standing: string | null][] = [
      ['PATCH', location, '0-0'],
      ['PUT', `${location}?digest=${digest}`, '0-0'],
      ['POST', `blobs/uploads/?digest=${digest}`, null],
    ];
    for (const [method, path, standing] of requests) {
      const headers = { 'content-range': range };
      const response = await web.send(path, { method, headers, body: '0123456789' });
      expect(response.headers.get('range')).toBe(standing);
      const { status, code, message } = await registryError(response);
      expect([method, status, code]).toEqual([method, 416, 'BLOB_UPLOAD_INVALID']);
      expect(message).toContain('Content-Range is not of the form that uploads have');
      expect(message).toContain('such as 0-9');
    }
    expect((await web.send(location)).headers.get('range')).toBe('0-0');
    await web.send(location, { method: 'DELETE' });
  });

  it.each([
    ['5-14', 416, 'BLOB_UPLOAD_INVALID'],
    ['0-8', 400, 'SIZE_INVALID'],
  ])('a blob pushed at once with the range %s', async (range, status, code) => {
    const path = `blobs/uploads/?digest=${sha256(Buffer.from('0123456789'))}`;
    const headers = { 'content-range': range };
    const response = await web.send(path, { method: 'POST', headers, body: '0123456789' });
    expect(await registryError(response)).toMatchObject({ status, code });
  });

  it('bytes sent to an upload of another repository or of somebody else', async () => {
    const location = await web.beginUpload();
    const scope = 'repository:acme/base:pull,push';
    const elsewhere = new RepositoryClient(server, 'acme/base', await registryToken(server, 'maya', scope));
    const priya = await RepositoryClient.open(server, 'priya', 'acme/web');
    const other = location.replace('acme/web', 'acme/base');
    for (const [client, address, code] of [
      [elsewhere, other, 'BLOB_UPLOAD_UNKNOWN'],
      [priya, location, 'NAME_UNKNOWN'],
    ] as const) {
      for (const [method, query] of [
        ['PATCH', ''],
        ['PUT', `?digest=${wrongDigest}`],
        ['DELETE', ''],
      ] as const) {
        const response = await client.send(`${address}${query}`, { method, body: randomBytes(1000) });
        expect(await registryError(response)).toMatchObject({ status: 404, code });
      }
    }
    expect((await web.send(location)).headers.get('range')).toBe('0-0');
    await web.send(location, { method: 'DELETE' });
  });

  it.each(['acme/..', '../acme', '..%2f..%2facme/web', 'acme/%2e%2e', 'Acme/web', 'acme/Web', 'acme/a..b'])(
    'a push to a repository named %s',
    async (name) => {
      for (const [method, address] of [
        ['POST', `/v2/${name}/blobs/uploads/?digest=${wrongDigest}`],
        ['PUT', `/v2/${name}/manifests/latest`],
      ] as const) {
        // Not with fetch, which resolves the dots.
        const headers = { authorization: `Bearer ${web.token}` };
        const request = http.request(new URL(server.origin), { method, path: address, headers });
        request.end('{}');
        const [response] = (await once(request, 'response')) as [http.IncomingMessage];
        expect([response.statusCode, await text(response)]).toEqual([
          400,
          expect.stringContaining('"code":"NAME_INVALID"'),
        ]);
      }
    },
  );

  it.each(['acme/web', 'acme/never'])('a manifest for %s that names missing blobs', async (name) => {
    const client = await RepositoryClient.open(server, 'maya', name);
    const part = (content: string) => ({
      mediaType: 'application/vnd.oci.image.config.v1+json',
      digest: sha256(Buffer.from(content)),
      size: content.length,
    });
    const manifest = {
      schemaVersion: 2,
      config: part('missing config'),
      layers: [part('missing layer')],
    };
    expect(await registryError(await client.putManifest('broken', manifest))).toMatchObject({
      status: 400,
      code: 'MANIFEST_BLOB_UNKNOWN',
    });
  });

  it('a manifest of 10 MB, after which the server goes on', async () => {
    const body = JSON.stringify({ schemaVersion: 2, annotations: { filler: 'x'.repeat(10_000_000) } });
    for (const name of ['acme/web', 'acme/never']) {
      const client = await RepositoryClient.open(server, 'maya', name);
      expect(await registryError(await client.putManifest('huge', body))).toMatchObject({
        status: 413,
        code: 'SIZE_INVALID',
      });
    }
    expect((await web.send('tags/list')).status).toBe(200);
  });

  it.each([
    ['a manifest of 10 MB', 413],
    ['a chunk longer than its range', 400],
  ])('%s, whose connection takes the next request', async (what, status) => {
    const upload = what.startsWith('a chunk') ? await web.beginUpload() : null;
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (method: string, path: string, more: http.OutgoingHttpHeaders = {}, body = '') => {
      const headers = { authorization: `Bearer ${web.token}`, ...more };
      const request = http.request(new URL(path, server.origin), { method, headers, agent });
      // In two steps, so that its length is not announced.
      request.write(body);
      request.end();
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      await text(response);
      return response.statusCode;
    };
    const body = 'x'.repeat(10_000_000);
    const answered =
      upload === null
        ? ask('PUT', '/v2/acme/web/manifests/huge', { 'content-type': imageManifest }, body)
        : ask('PATCH', upload, { 'content-type': 'application/octet-stream', 'content-range': '0-9' }, body);
    expect(await answered).toBe(status);
    expect(await ask('GET', '/v2/acme/web/tags/list')).toBe(200);
    agent.destroy();
    if (upload !== null) await web.send(upload, { method: 'DELETE' });
  });

  it.each([
    ['ten years', { exp: 10 * 365 * 86_400 }],
    ['beyond what a date can be', { exp: 1e15 }],
    ['no time', { exp: 0 }],
    ['less than none', { exp: -60 }],
    ['half a second', { exp: 0.5 }],
  ])('a token that lives %s', async (_what, { exp }) => {
    const key = await newTestKey();
    await registerTestKey(server, 'maya', key);
    const now = nowInSeconds();
    const claims = { iat: now, nbf: now, exp: now + exp };
    const password = await key.apiToken(server.user('maya').id, server.origin, { claims });
    const response = await fetch(`${server.origin}/v2/token?scope=repository:acme/web:push`, {
      headers: basicHeader(server, { username: 'maya', password }),
    });
    expect(await registryError(response)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
  });

  it('a push with the token of another server, or one signed by a key that nobody registered', async () => {
    const other = await startLocalServer();
    try {
      const foreign = await registryToken(other, 'maya', 'repository:acme/web:pull,push');
      const key = await newTestKey();
      const unknown = await key.apiToken(server.user('maya').id, server.origin);
      await registerTestKey(server, 'maya', key);
      const elsewhere = await key.apiToken(server.user('maya').id, other.origin);
      for (const token of [foreign, unknown, elsewhere]) {
        const stranger = new RepositoryClient(server, 'acme/web', token);
        const response = await stranger.send('blobs/uploads/', { method: 'POST' });
        expect(response.headers.get('www-authenticate')).toContain('error="invalid_token"');
        expect(await registryError(response)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
      }
      const response = await fetch(`${server.origin}/v2/token`, {
        headers: basicHeader(server, { username: 'maya', password: elsewhere }),
      });
      expect(await registryError(response)).toMatchObject({ status: 401, code: 'UNAUTHORIZED' });
    } finally {
      await other.stop();
    }
  });
});
