import { createHash } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startLocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';

const ociManifest = 'application/vnd.oci.image.manifest.v1+json';
const ociIndex = 'application/vnd.oci.image.index.v1+json';
const dockerManifest = 'application/vnd.docker.distribution.manifest.v2+json';
const dockerList = 'application/vnd.docker.distribution.manifest.list.v2+json';

let server: TestServer;
let web: RepositoryClient;
let image: Awaited<ReturnType<RepositoryClient['newImage']>>;
beforeAll(async () => {
  server = await startLocalServer();
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
  image = await web.newImage('one');
});
afterAll(() => server.stop());

const digestOf = (document: unknown) => sha256(Buffer.from(JSON.stringify(document)));
const descriptor = (document: unknown, mediaType: string) => ({
  mediaType,
  digest: digestOf(document),
  size: JSON.stringify(document).length,
});

describe('pushing and pulling a manifest', () => {
  it('works by tag: the same bytes, type and digest come back, by tag and by digest', async () => {
    const pushed = await web.putManifest('v1', image);
    expect([pushed.status, pushed.headers.get('docker-content-digest')]).toEqual([201, digestOf(image)]);
    expect(pushed.headers.get('location')).toBe(`/v2/acme/web/manifests/${digestOf(image)}`);
    for (const reference of ['v1', digestOf(image)]) {
      const pulled = await web.send(`manifests/${reference}`);
      expect([pulled.status, pulled.headers.get('content-type')]).toEqual([200, ociManifest]);
      expect(pulled.headers.get('docker-content-digest')).toBe(digestOf(image));
      expect(await pulled.text()).toBe(JSON.stringify(image));
      const head = await web.send(`manifests/${reference}`, { method: 'HEAD' });
      expect(head.headers.get('content-length')).toBe(String(JSON.stringify(image).length));
    }
  });

  it('works by digest, sha512 as well, and makes no tag', async () => {
    const other = await web.newImage('by digest');
    const sha512 = `sha512:${createHash('sha512').update(JSON.stringify(other)).digest('hex')}`;
    for (const digest of [digestOf(other), sha512]) {
      expect((await web.putManifest(digest, other)).status).toBe(201);
      const pulled = await web.send(`manifests/${digest}`);
      expect([pulled.status, pulled.headers.get('docker-content-digest')]).toEqual([200, digest]);
    }
    const list = await web.send('tags/list');
    expect(JSON.stringify(await list.json())).not.toContain('sha');
  });

  it('lets a tag move, and keeps what it pointed to', async () => {
    const first = await web.newImage('first');
    const second = await web.newImage('second');
    await web.putManifest('moving', first);
    await web.putManifest('moving', second);
    expect(await (await web.send('manifests/moving')).json()).toEqual(second);
    expect((await web.send(`manifests/${digestOf(first)}`)).status).toBe(200);
  });

  it('takes an index of manifests that are there, in OCI and Docker form', async () => {
    const docker = { ...image, mediaType: dockerManifest };
    await web.putManifest(digestOf(docker), docker, dockerManifest);
    await web.putManifest(digestOf(image), image);
    const index = {
      schemaVersion: 2,
      mediaType: ociIndex,
      manifests: [descriptor(image, ociManifest), descriptor(docker, dockerManifest)],
    };
    const list = { ...index, mediaType: dockerList };
    for (const [tag, document, mediaType] of [
      ['index', index, ociIndex],
      ['list', list, dockerList],
    ] as const) {
      expect((await web.putManifest(tag, document, mediaType)).status).toBe(201);
      expect((await web.send(`manifests/${tag}`)).headers.get('content-type')).toBe(mediaType);
    }
  });

  it('takes a manifest without mediaType, with a foreign layer, or with a subject that is not there', async () => {
    const nowhere = { mediaType: ociManifest, digest: sha256(Buffer.from('nowhere')), size: 7 };
    const foreign = {
      ...nowhere,
      mediaType: 'application/vnd.docker.image.rootfs.foreign.diff.tar.gzip',
      urls: ['https://example.com/layer'],
    };
    const { schemaVersion, config, layers } = image;
    const documents = [
      { schemaVersion, config, layers },
      { ...image, layers: [...layers, foreign] },
      { ...image, subject: nowhere },
    ];
    for (const document of documents) {
      expect((await web.putManifest(digestOf(document), document)).status).toBe(201);
    }
  });

  it('takes 4 MiB and refuses more with 413', async () => {
    const fits = { ...image, annotations: { filler: '' } };
    fits.annotations.filler = 'x'.repeat(4 * 1024 * 1024 - JSON.stringify(fits).length);
    expect((await web.putManifest('large', fits)).status).toBe(201);
    fits.annotations.filler += 'x';
    const response = await web.putManifest('larger', fits);
    expect(await registryError(response)).toMatchObject({ status: 413, code: 'SIZE_INVALID' });
    expect((await web.send('manifests/larger')).status).toBe(404);
  });

  it('refuses references to what the repository does not have, and says which', async () => {
    const blob = sha256(Buffer.from('missing blob'));
    const missing = { ...image, layers: [{ ...image.layers[0], digest: blob }] };
    const child = { mediaType: ociManifest, digest: sha256(Buffer.from('missing child')), size: 1 };
    const index = { schemaVersion: 2, mediaType: ociIndex, manifests: [child] };
    for (const [document, type, digest] of [
      [missing, ociManifest, blob],
      [index, ociIndex, child.digest],
    ] as const) {
      const response = await web.putManifest('broken', document, type);
      expect(await response.clone().json()).toMatchObject({ errors: [{ detail: { digest } }] });
      expect(await registryError(response)).toMatchObject({ status: 400, code: 'MANIFEST_BLOB_UNKNOWN' });
    }
    expect((await web.send('manifests/broken')).status).toBe(404);
  });

  it('refuses a manifest that does not have the digest it is pushed by', async () => {
    const digest = sha256(Buffer.from('another'));
    expect(await registryError(await web.putManifest(digest, image))).toMatchObject({
      status: 400,
      code: 'DIGEST_INVALID',
    });
    expect((await web.send(`manifests/${digest}`)).status).toBe(404);
  });

  it('refuses what is no manifest', async () => {
    const { schemaVersion, ...versionless } = image;
    const refused: [document: unknown, contentType: string][] = [
      ['{', ociManifest],
      ['null', ociManifest],
      [{ ...versionless, schemaVersion: schemaVersion - 1 }, ociManifest],
      [{ ...image, layers: undefined }, ociManifest],
      [{ ...image, config: { ...image.config, digest: 'sha256:abc' } }, ociManifest],
      [{ ...image, config: { ...image.config, size: -1 } }, ociManifest],
      [{ ...image, manifests: [] }, ociManifest],
      [image, ociIndex],
      [image, dockerManifest],
      [image, 'application/json'],
      [image, 'application/vnd.docker.distribution.manifest.v1+prettyjws'],
    ];
    for (const [document, contentType] of refused) {
      const response = await web.putManifest('refused', document, contentType);
      expect(await registryError(response)).toMatchObject({ status: 400, code: 'MANIFEST_INVALID' });
    }
    expect((await web.send('manifests/refused')).status).toBe(404);
  });

  it('refuses bad tags and digests with the code for each', async () => {
    for (const tag of ['.hidden', '-x', 'a'.repeat(129), 'a%20b']) {
      expect(await registryError(await web.putManifest(tag, image))).toMatchObject({
        status: 400,
        code: 'MANIFEST_INVALID',
      });
      expect(await registryError(await web.send(`manifests/${tag}`))).toMatchObject({
        status: 404,
        code: 'MANIFEST_UNKNOWN',
      });
    }
    for (const response of [
      await web.putManifest('sha256:abc', image),
      await web.send('manifests/sha256:abc'),
    ]) {
      expect(await registryError(response)).toMatchObject({ status: 400, code: 'DIGEST_INVALID' });
    }
    expect((await web.putManifest('a'.repeat(128), image)).status).toBe(201);
  });

  it('leaves a row in the audit log with who, what and where', async () => {
    const session = await signIn(server, 'maya');
    await web.putManifest('audited', image);
    const { body } = await call(server, '/v1/audit', { token: session });
    expect(JSON.stringify(body)).toContain('"audited"');
    const events = z.object({ events: z.array(z.looseObject({ action: z.string() })) }).parse(body).events;
    expect(events.find(({ action }) => action === 'registry.manifest_pushed')).toMatchObject({
      outcome: 'success',
      actor_name: 'maya',
      target: 'acme/web',
      org: 'acme',
      details: { tag: 'audited', digest: digestOf(image) },
    });
  });
});

describe('listing tags', () => {
  it('gives them in order, page by page', async () => {
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    const other = await api.newImage('tags');
    for (const tag of ['b', 'a', 'C', '2', '10']) await api.putManifest(tag, other);
    expect(await (await api.send('tags/list')).json()).toEqual({
      name: 'acme/api',
      tags: ['10', '2', 'C', 'a', 'b'],
    });
    const seen: string[] = [];
    let next = '/v2/acme/api/tags/list?n=2';
    while (next !== '') {
      const response = await api.send(next);
      const page = z.object({ tags: z.array(z.string()) }).parse(await response.json());
      seen.push(page.tags.join(' '));
      next = /^<(.+)>; rel="next"$/.exec(response.headers.get('link') ?? '')?.[1] ?? '';
    }
    expect(seen).toEqual(['10 2', 'C a', 'b']);
    expect(await (await api.send('tags/list?last=C')).json()).toMatchObject({ tags: ['a', 'b'] });
    expect(await (await api.send('tags/list?n=0')).json()).toMatchObject({ tags: [] });
  });

  it('is empty for a repository without tags', async () => {
    const base = await RepositoryClient.open(server, 'maya', 'acme/base');
    expect(await (await base.send('tags/list')).json()).toEqual({ name: 'acme/base', tags: [] });
  });

  it.each(['-1', 'x', '1.5', ''])('refuses n=%s', async (n) => {
    expect(await registryError(await web.send(`tags/list?n=${n}`))).toMatchObject({
      status: 400,
      code: 'UNSUPPORTED',
    });
  });
});

describe('addresses', () => {
  it.each(['Acme/web', 'acme/Web', 'acme/a/B', 'acme', '_acme/web', 'acme/we..b', 'acme//web', 'a%2Fb/web'])(
    'refuses the name %s with NAME_INVALID in every route',
    async (name) => {
      const paths = ['tags/list', 'manifests/v1', `blobs/${digestOf(image)}`];
      for (const path of paths) {
        const response = await web.send(`/v2/${name}/${path}`);
        expect(await registryError(response)).toMatchObject({ status: 400, code: 'NAME_INVALID' });
      }
      const begun = await web.send(`/v2/${name}/blobs/uploads/`, { method: 'POST' });
      expect(await registryError(begun)).toMatchObject({ status: 400, code: 'NAME_INVALID' });
    },
  );

  it('refuses dots as a name, though no client that resolves them can send them', async () => {
    for (const name of ['acme/..', '../acme', 'acme/%2e%2e', '%2e%2e%2f%2e%2e/web']) {
      const request = http.get(new URL(server.origin), {
        path: `/v2/${name}/tags/list`,
        headers: { authorization: `Bearer ${web.token}` },
      });
      const [response] = (await once(request, 'response')) as [http.IncomingMessage];
      expect([name, response.statusCode, await text(response)]).toEqual([
        name,
        400,
        expect.stringContaining('NAME_INVALID'),
      ]);
    }
  });

  it('name in a 405 what they take, which is not what was refused', async () => {
    const digest = digestOf(image);
    const long = 'x'.repeat(4000);
    const paths = [
      ...[
        '/v2',
        '/v2/',
        '/v2/token',
        '/v2/_catalog',
        'blobs/uploads',
        'blobs/uploads/',
        'blobs/uploads/some',
      ],
      ...['blobs/', 'manifests/', 'manifests/v1', 'tags/list', `blobs/${digest}`, `referrers/${digest}`],
      ...[`manifests/${long}`, `blobs/${long}`, `referrers/${long}`, `blobs/uploads/${long}`],
      ...['manifests/%zz', 'blobs/%', 'blobs/uploads/%e0%a4%a', 'tags/list/'],
    ];
    const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
    let refused = 0;
    for (const path of paths) {
      const taken: string[] = [];
      const named = new Set<string>();
      for (const method of methods) {
        const { status, headers } = await web.send(path, { method });
        if (status !== 405) taken.push(method);
        const allowed = headers.get('allow')?.split(', ') ?? [];
        expect([path, method, status >= 500, allowed.includes(method)]).toEqual([path, method, false, false]);
        if (status !== 405) continue;
        refused += 1;
        named.add(headers.get('allow') ?? '');
        for (const other of allowed) {
          const answer = await web.send(path, { method: other });
          expect([path, other, answer.status]).not.toEqual([path, other, 405]);
        }
      }
      if (named.size > 0) expect([path, ...named]).toEqual([path, taken.toSorted().join(', ')]);
    }
    expect(refused).toBeGreaterThan(40);
    for (const path of ['blobs/uploads', 'blobs/uploads/'])
      expect((await web.send(path)).headers.get('allow')).toBe('POST');
  });

  it('that are too long are refused by what they name', async () => {
    const long = 'x'.repeat(4000);
    for (const [method, path, status, code] of [
      ['GET', `manifests/${long}`, 404, 'MANIFEST_UNKNOWN'],
      ['PUT', `manifests/${long}`, 400, 'MANIFEST_INVALID'],
      ['GET', `manifests/sha256:${long}`, 400, 'DIGEST_INVALID'],
      ['GET', `blobs/${long}`, 400, 'DIGEST_INVALID'],
      ['GET', `referrers/${long}`, 400, 'DIGEST_INVALID'],
      ['PATCH', `blobs/uploads/${long}`, 404, 'BLOB_UPLOAD_UNKNOWN'],
      ['GET', `/v2/acme/${long}/tags/list`, 400, 'NAME_INVALID'],
      ['GET', 'manifests/%zz', 400, 'UNSUPPORTED'],
    ] as const) {
      const response = await web.send(path, { method });
      expect(await registryError(response), path.slice(0, 30)).toMatchObject({ status, code });
    }
  });

  it('answers 405 to what is not offered, and 404 to what is nowhere', async () => {
    for (const path of ['manifests/v1', `blobs/${digestOf(image)}`]) {
      const response = await web.send(path, { method: 'POST' });
      expect(response.headers.get('allow')).toContain('GET');
      expect(await registryError(response)).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    }
    for (const path of ['/v2/_nowhere', '/v2/a/b/c/d']) {
      expect(await registryError(await web.send(path))).toMatchObject({ status: 404, code: 'UNSUPPORTED' });
    }
  });
});
