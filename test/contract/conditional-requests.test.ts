import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoriesPath } from '../../contracts/server-api/repositories.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { registryError, registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';

const other = `"${sha256(Buffer.from('something else'))}"`;

let server: LocalServer;
let web: RepositoryClient;
/** An address for each kind of content that has an entity tag. */
const addresses: string[] = [];

beforeAll(async () => {
  server = await startLocalServer();
  const token = await registryToken(server, 'maya', 'repository:acme/web:pull,push,delete');
  web = new RepositoryClient(server, 'acme/web', token);
  const image = await web.newImage('conditions');
  await web.putManifest('small', image);
  await web.putManifest('large', { ...image, annotations: { note: 'n'.repeat(100_000) } });
  addresses.push(
    ...['/v2/acme/web/manifests/small', '/v2/acme/web/manifests/large'],
    ...[sha256(Buffer.from(JSON.stringify(image)))].map((digest) => `/v2/acme/web/manifests/${digest}`),
    `/v2/acme/web/blobs/${image.config.digest}`,
    ...['style.css', 'copy.js', 'icon.svg', 'icons.svg', 'files/inter-latin-wght-normal.woff2'].map(
      (name) => `/assets/${name}`,
    ),
  );
});
afterAll(() => server.stop());

async function ask(path: string, method: string, headers: Record<string, string>) {
  const response = await web.send(path, { method, headers });
  const size = (await response.arrayBuffer()).byteLength;
  return { status: response.status, headers: response.headers, size };
}

describe('what has an entity tag', () => {
  it('is sent where the conditions ask for it, and only then', async () => {
    for (const path of addresses) {
      const whole = await ask(path, 'GET', {});
      const tag = whole.headers.get('etag') ?? '';
      expect([path, whole.status, /^"[^"]+"$/.test(tag)]).toEqual([path, 200, true]);
      for (const method of ['GET', 'HEAD']) {
        for (const [status, headers] of [
          [304, { 'if-none-match': tag }],
          [304, { 'if-none-match': `W/${tag}` }],
          [304, { 'if-none-match': `${other}, W/"x" ,W/${tag}` }],
          [304, { 'if-none-match': '*' }],
          [304, { 'if-none-match': tag, 'if-match': `${other}, ${tag}` }],
          [304, { 'if-none-match': tag, range: 'bytes=0-0', 'if-range': tag }],
          [304, { 'if-none-match': tag, 'if-modified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
          [200, { 'if-none-match': other }],
          [200, { 'if-none-match': tag.slice(1, -1) }],
          [200, { 'if-match': tag }],
          [200, { 'if-match': '*' }],
          [200, { 'if-modified-since': 'Fri, 01 Jan 2100 00:00:00 GMT' }],
          [200, { 'if-unmodified-since': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
          [412, { 'if-match': other }],
          [412, { 'if-match': `W/${tag}` }],
          [412, { 'if-match': other, 'if-none-match': tag }],
        ] as [number, Record<string, string>][]) {
          const answer = await ask(path, method, headers);
          expect([path, method, headers, answer.status]).toEqual([path, method, headers, status]);
          expect(answer.headers.get('etag')).toBe(tag);
          if (status === 304) {
            expect(answer.headers.get('content-type')).toBeNull();
            expect(answer.headers.get('cache-control')).toBe(whole.headers.get('cache-control'));
          }
          if (status !== 412) expect(answer.size).toBe(status === 200 && method === 'GET' ? whole.size : 0);
        }
      }
    }
  });

  it('is refused by the same form of error as everything there', async () => {
    const headers = { 'if-match': other };
    const manifest = await web.send('manifests/small', { headers });
    expect(await registryError(manifest)).toMatchObject({ status: 412, code: 'DENIED' });
    const asset = await fetch(`${server.origin}/assets/style.css`, { headers });
    expect([asset.status, asset.headers.get('content-type')]).toEqual([412, 'text/html; charset=utf-8']);
  });

  it('is not asked about where there is nothing', async () => {
    for (const headers of [{ 'if-none-match': '*' }, { 'if-match': '*' }, { 'if-match': other }]) {
      for (const path of ['manifests/none', `blobs/${other.slice(1, -1)}`])
        for (const method of ['GET', 'HEAD', 'DELETE'])
          expect([path, method, (await ask(path, method, headers)).status]).toEqual([path, method, 404]);
      expect((await ask('/assets/none.css', 'GET', headers)).status).toBe(404);
    }
  });
});

it('a range counts only for the very content that If-Range names', async () => {
  const content = randomBytes(100);
  const digest = await web.pushBlob(content);
  const range = 'bytes=10-19';
  for (const [status, condition] of [
    [206, `"${digest}"`],
    [200, `W/"${digest}"`],
    [200, `"${digest}", "${digest}"`],
    [200, other],
    [200, '*'],
    [200, 'Fri, 01 Jan 2100 00:00:00 GMT'],
  ] as const) {
    const answer = await ask(`blobs/${digest}`, 'GET', { range, 'if-range': condition });
    expect([condition, answer.status, answer.size]).toEqual([condition, status, status === 206 ? 10 : 100]);
  }
  const both = { range, 'if-range': `"${digest}"`, 'if-none-match': other, 'if-match': `"${digest}"` };
  expect((await ask(`blobs/${digest}`, 'GET', both)).status).toBe(206);
});

describe('a push with a condition', () => {
  const push = async (
    client: RepositoryClient,
    tag: string,
    text: string,
    headers: Record<string, string>,
  ) => {
    const body = JSON.stringify(await client.newImage(text));
    const type = { 'content-type': 'application/vnd.oci.image.manifest.v1+json' };
    const { status } = await client.send(`manifests/${tag}`, {
      method: 'PUT',
      headers: { ...type, ...headers },
      body,
    });
    return [status, `"${sha256(Buffer.from(body))}"`] as const;
  };
  const tagAt = async (name: string) =>
    (await web.send(`manifests/${name}`, { method: 'HEAD' })).headers.get('etag');

  it('makes a tag only where there is none, and moves it only from where it is', async () => {
    const [made, first] = await push(web, 'moving', 'one', { 'if-none-match': '*' });
    expect([made, await tagAt('moving')]).toEqual([201, first]);
    expect(await push(web, 'moving', 'two', { 'if-none-match': '*' })).toEqual([412, expect.any(String)]);
    expect(await push(web, 'moving', 'two', { 'if-match': other })).toEqual([412, expect.any(String)]);
    expect(await push(web, 'moving', 'two', { 'if-match': `W/${first}` })).toEqual([412, expect.any(String)]);
    expect(await push(web, 'absent', 'two', { 'if-match': '*' })).toEqual([412, expect.any(String)]);
    expect([await tagAt('moving'), await tagAt('absent')]).toEqual([first, null]);
    const [moved, second] = await push(web, 'moving', 'two', { 'if-match': first });
    expect([moved, await tagAt('moving')]).toEqual([201, second]);
    // Nothing of what was refused is there.
    expect(await push(web, 'moving', 'three', { 'if-match': first })).toEqual([412, expect.any(String)]);
    const three = sha256(Buffer.from(JSON.stringify(await web.newImage('three'))));
    expect((await web.send(`manifests/${three}`)).status).toBe(404);
  });

  it('changes nothing where nobody can read the condition, or it would not be on what is changed', async () => {
    const [, tag] = await push(web, 'kept', 'kept', {});
    const there = `manifests/${tag.slice(1, -1)}`;
    for (const condition of ['*, *', 'none', tag.slice(1, -1), `${tag} ${other}`, '*,']) {
      const headers = { 'if-none-match': condition };
      expect([condition, await push(web, 'kept', 'next', headers)]).toEqual([
        condition,
        [412, expect.any(String)],
      ]);
      expect((await ask('manifests/kept', 'DELETE', headers)).status).toBe(412);
      expect((await ask(there, 'DELETE', headers)).status).toBe(412);
    }
    const body = Buffer.from(JSON.stringify(await web.newImage('by digest')));
    for (const name of ['if-none-match', 'if-match']) {
      const pushed = await web.send(`manifests/${sha256(body)}?tag=kept&tag=new`, {
        method: 'PUT',
        headers: { 'content-type': 'application/vnd.oci.image.manifest.v1+json', [name]: '*' },
        body,
      });
      expect(await registryError(pushed)).toMatchObject({ status: 400, code: 'UNSUPPORTED' });
    }
    expect([await tagAt('kept'), await tagAt('new')]).toEqual([tag, null]);
  });

  it('makes no repository where it is refused', async () => {
    const client = await RepositoryClient.open(server, 'maya', 'acme/never');
    const index = { schemaVersion: 2, manifests: [] };
    const type = 'application/vnd.oci.image.index.v1+json';
    const headers = { 'content-type': type, 'if-match': '*' };
    const refused = await client.send('manifests/x', { method: 'PUT', headers, body: JSON.stringify(index) });
    expect(refused.status).toBe(412);
    const { body } = await call(server, repositoriesPath, { token: await signIn(server, 'maya') });
    expect(JSON.stringify(body)).not.toContain('acme/never');
  });
});

it('what is deleted with a condition is still what it was', async () => {
  await web.putManifest('ended', await web.newImage('ended'));
  const manifest = await ask('manifests/ended', 'HEAD', {});
  const tag = manifest.headers.get('etag') ?? '';
  const blob = await web.pushBlob(randomBytes(10));
  for (const [path, current] of [
    ['manifests/ended', tag],
    [`manifests/${tag.slice(1, -1)}`, tag],
    [`blobs/${blob}`, `"${blob}"`],
  ] as const) {
    for (const headers of [
      { 'if-match': other },
      { 'if-match': `W/${current}` },
      { 'if-none-match': current },
    ]) {
      expect([path, headers, (await ask(path, 'DELETE', headers)).status]).toEqual([path, headers, 412]);
      expect((await ask(path, 'HEAD', {})).status).toBe(200);
    }
    expect([path, (await ask(path, 'DELETE', { 'if-match': current })).status]).toEqual([path, 202]);
    expect((await ask(path, 'HEAD', {})).status).toBe(404);
  }
});

it('what has no entity tag takes no condition', async () => {
  const token = await signIn(server, 'maya');
  const headers = { authorization: `Bearer ${token}`, 'if-match': other, 'if-none-match': '*' };
  for (const path of ['/v1/whoami', '/v1/keys', '/.well-known/keyhold', '/openapi.json', '/login']) {
    const response = await fetch(`${server.origin}${path}`, { headers });
    expect([path, response.status, response.headers.get('etag')]).toEqual([path, 200, null]);
  }
  expect(errorCode(await call(server, '/v1/nothing', { token }))).toBe('not_found');
});
