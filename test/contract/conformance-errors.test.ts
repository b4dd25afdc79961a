import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, basicHeader } from '../support/registry-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
});
afterAll(() => server.stop());

/** The form of an error, and nothing beside it. */
const bodySchema = z.strictObject({
  errors: z
    .array(
      z.strictObject({
        code: z.string().regex(/^[A-Z_]+$/),
        message: z.string().regex(/[a-z]+ [a-z]+/),
        detail: z.unknown().optional(),
      }),
    )
    .min(1),
});

const nowhere = sha256(Buffer.from('nowhere'));
const at = (path: string) => () => web.send(path);

async function chunk(range: string): Promise<Response> {
  const location = await web.beginUpload();
  return web.send(location, { method: 'PATCH', headers: { 'content-range': range }, body: randomBytes(10) });
}

async function deniedPush(): Promise<Response> {
  const reader = await RepositoryClient.open(server, 'jonas', 'acme/web');
  return reader.send('blobs/uploads/', { method: 'POST' });
}

async function missingRepository(): Promise<Response> {
  return (await RepositoryClient.open(server, 'maya', 'acme/none')).send('tags/list');
}

async function wrongPasswords(): Promise<Response> {
  const headers = basicHeader(server, { username: 'priya', password: 'wrong' });
  for (;;) {
    const response = await fetch(`${server.origin}/v2/token`, { headers });
    if (response.status !== 401) return response;
  }
}

async function imageWithout(): Promise<Response> {
  const image = await web.newImage('incomplete');
  return web.putManifest('incomplete', { ...image, config: { ...image.config, digest: nowhere } });
}

/** Each code of the specification's list, and a request that is answered with it. */
const cases: [code: string, status: number, ask: () => Promise<Response>][] = [
  ['BLOB_UNKNOWN', 404, at(`blobs/${nowhere}`)],
  ['BLOB_UPLOAD_INVALID', 416, () => chunk('10-19')],
  ['BLOB_UPLOAD_UNKNOWN', 404, at('blobs/uploads/none')],
  ['DIGEST_INVALID', 400, at('blobs/sha256:abc')],
  ['MANIFEST_BLOB_UNKNOWN', 400, imageWithout],
  ['MANIFEST_INVALID', 400, () => web.putManifest('invalid', '[]')],
  ['MANIFEST_UNKNOWN', 404, at('manifests/nowhere')],
  ['NAME_INVALID', 400, at('/v2/Acme/web/tags/list')],
  ['NAME_UNKNOWN', 404, missingRepository],
  ['SIZE_INVALID', 400, () => chunk('0-10')],
  ['UNAUTHORIZED', 401, () => fetch(`${server.origin}/v2/acme/web/tags/list`)],
  ['DENIED', 403, deniedPush],
  ['UNSUPPORTED', 405, () => web.send('manifests/latest', { method: 'POST' })],
  ['TOOMANYREQUESTS', 429, wrongPasswords],
];

describe('errors, as the distribution specification asks', () => {
  it.each(cases)('code: %s comes with %i and words for people', async (code, status, ask) => {
    const response = await ask();
    expect(response.headers.get('content-type')).toMatch(/^application\/json/);
    const { errors } = bodySchema.parse(await response.json());
    expect([response.status, errors[0]?.code]).toEqual([status, code]);
  });

  it('code: no other one is used, whatever is wrong with the address', async () => {
    const known = new Set(cases.map(([code]) => code));
    const long = 'a'.repeat(300);
    const paths = [
      ...['/v2/_catalog', '/v2/x', '/v2//web/tags/list', '/v2/acme/web', '/v2/acme/web/tags/list?n=-1'],
      ...['/v2/%zz/web/tags/list', '/v2/acme/%ff/tags/list', '/v2/acme/web/manifests/%00'],
      ...[`/v2/${long}/web/tags/list`, `/v2/acme/${long}/tags/list`, `/v2/acme/web/manifests/${long}`],
      ...[`/v2/acme/web/blobs/${long}`, `/v2/acme/web/referrers/${long}`, '/v2/acme/web/referrers/'],
    ];
    for (const path of paths) {
      const response = await web.send(path);
      expect([path, response.status >= 400 && response.status < 500]).toEqual([path, true]);
      for (const { code } of bodySchema.parse(await response.json()).errors) {
        expect([path, known.has(code)]).toEqual([path, true]);
      }
    }
  });
});
