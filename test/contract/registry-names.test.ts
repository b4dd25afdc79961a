import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../contracts/server-api/audit.ts';
import { grantListSchema, grantSchema } from '../../contracts/server-api/authorizations.ts';
import { repositoryListSchema } from '../../contracts/server-api/repositories.ts';
import { startLocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { registryError, registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';

/** Names that are as long as a name may be, and such whose parts are words of the API's own paths. */
const names = [
  'acme/web/cache',
  'acme/hosts/a1/b.2/c__3',
  'acme/blobs/uploads',
  'acme/tags/list',
  'acme/manifests',
  'acme/manifests/latest',
  'acme/x/referrers',
  'acme/x/blobs',
  'acme/blobs/uploads/blobs/uploads',
  'acme/authorizations',
  'acme/authorizations/g0aaaaaaaaaaaaaaaa',
  'acme/v2/token',
  `acme${'/x'.repeat(125)}y`,
  `acme/${'x'.repeat(250)}`,
];
const refused = ['web', 'acme/_x', 'acme/x/', 'acme/web/Cache', 'acme/web/', `acme${'/x'.repeat(126)}`];

let server: TestServer;
let maya: string;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
});
afterAll(async () => {
  await server.stop();
});

function owner(name: string, ...more: string[]): Promise<RepositoryClient> {
  const scopes = [`repository:${name}:pull,push,delete`, ...more.map((from) => `repository:${from}:pull`)];
  return registryToken(server, 'maya', ...scopes).then((token) => new RepositoryClient(server, name, token));
}

async function answers(client: RepositoryClient, method: string, ...paths: string[]): Promise<number[]> {
  const all = await Promise.all(paths.map((path) => client.send(path, { method })));
  await Promise.all(all.map((response) => response.arrayBuffer()));
  return all.map(({ status }) => status);
}

describe.each(names)('the repository %s', (name) => {
  it('is pushed, listed, pulled, asked about and deleted under that name alone', async () => {
    const client = await owner(name, 'acme/web');
    const image = await client.newImage(name);
    const pushed = await client.putManifest('v1', image);
    const digest = pushed.headers.get('docker-content-digest') ?? '';
    expect([pushed.status, pushed.headers.get('location')]).toEqual([201, `/v2/${name}/manifests/${digest}`]);
    const signature = { ...(await client.newImage(`${name} signed`)), subject: { ...image.config, digest } };
    expect((await client.putManifest('signed', signature)).status).toBe(201);

    expect(await (await client.send('tags/list')).json()).toEqual({ name, tags: ['signed', 'v1'] });
    const page = await client.send('tags/list?n=1');
    expect(page.headers.get('link')).toBe(`</v2/${name}/tags/list?n=1&last=signed>; rel="next"`);
    expect(await (await client.send(`referrers/${digest}`)).json()).toMatchObject({ manifests: [{}] });

    const paths = ['manifests/v1', `manifests/${digest}`, `blobs/${image.config.digest}`];
    for (const method of ['HEAD', 'GET'])
      expect(await answers(client, method, ...paths)).toEqual([200, 200, 200]);
    expect(await answers(client, 'DELETE', 'manifests/signed', `manifests/${digest}`)).toEqual([202, 202]);
    expect(await answers(client, 'HEAD', ...paths)).toEqual([404, 404, 200]);
    expect(await answers(client, 'DELETE', `blobs/${image.config.digest}`)).toEqual([202]);
  });

  it('takes uploads in parts and blobs of other repositories', async () => {
    const client = await owner(name, 'acme/web');
    const location = await client.beginUpload();
    expect(location).toMatch(new RegExp(`^/v2/${name}/blobs/uploads/[0-9a-f-]{36}$`));
    expect((await client.send(location, { method: 'PATCH', body: 'some' })).status).toBe(202);
    expect((await client.send(location)).headers.get('range')).toBe('0-3');
    const finished = await client.send(`${location}?digest=${sha256(Buffer.from('some'))}`, {
      method: 'PUT',
    });
    expect([finished.status, finished.headers.get('location')]).toEqual([
      201,
      `/v2/${name}/blobs/${sha256(Buffer.from('some'))}`,
    ]);
    expect(await answers(client, 'DELETE', await client.beginUpload())).toEqual([204]);

    const web = await owner('acme/web', name);
    const digest = await web.pushBlob(Buffer.from(`of acme/web for ${name}`));
    const mount = await client.send(`blobs/uploads/?mount=${digest}&from=acme/web`, { method: 'POST' });
    const back = await web.send(`blobs/uploads/?mount=${sha256(Buffer.from('some'))}&from=${name}`, {
      method: 'POST',
    });
    expect([mount.status, back.status]).toEqual([201, 201]);
  });

  it('is in the challenge, the list, the audit log and under its own address of authorizations', async () => {
    const challenged = await fetch(`${server.origin}/v2/${name}/manifests/v1`);
    expect(challenged.headers.get('www-authenticate')).toContain(`scope="repository:${name}:pull"`);
    const { repositories } = repositoryListSchema.parse(
      (await call(server, '/v1/repos?limit=100', { token: maya })).body,
    );
    expect(repositories).toContainEqual(expect.objectContaining({ name }));

    const path = `/v1/repos/${name}/authorizations`;
    const body = { email: server.user('priya').email, permission: 'reader' };
    const granted = grantSchema.parse((await call(server, path, { token: maya, body })).body);
    expect(granted.repository).toBe(name);
    const { events } = auditPageSchema.parse(
      (await call(server, '/v1/audit?limit=20', { token: maya })).body,
    );
    expect(events).toContainEqual(
      expect.objectContaining({ action: 'grant.set', target: name, org: 'acme' }),
    );
    expect(events).toContainEqual(
      expect.objectContaining({ action: 'registry.blob_deleted', target: name, org: 'acme' }),
    );
    const { authorizations } = grantListSchema.parse((await call(server, path, { token: maya })).body);
    expect(authorizations).toEqual([granted]);
    const removed = await call(server, `${path}/${granted.id}`, { method: 'DELETE', token: maya });
    expect(removed.status).toBe(204);
  });
});

describe('names that begin alike', () => {
  it('have rights of their own: one on acme/web is none on acme/web/cache, nor the other way round', async () => {
    for (const name of ['acme/web/cache', 'acme/web/deep/cache'])
      await (await owner(name)).pushBlob(Buffer.from(name));
    const access = async (user: string, name: string) => {
      const client = await RepositoryClient.open(server, user, name);
      return answers(client, 'GET', 'tags/list');
    };
    // Jonas may pull from acme/web by the demo's authorization.
    expect(await access('jonas', 'acme/web')).toEqual([200]);
    expect(await access('jonas', 'acme/web/cache')).toEqual([404]);
    const body = { email: server.user('priya').email, permission: 'writer' };
    expect(
      (await call(server, '/v1/repos/acme/web/cache/authorizations', { token: maya, body })).status,
    ).toBe(201);
    expect(await access('priya', 'acme/web/cache')).toEqual([200]);
    for (const name of ['acme/web', 'acme/web/deep/cache', 'acme/cache']) {
      expect([name, await access('priya', name)]).toEqual([name, [404]]);
    }
  });
});

describe.each(refused)('the name %s', (name) => {
  it('is refused in words, by HEAD with 404, so that a client goes on to the request that has them', async () => {
    const client = await owner('acme/web');
    const digest = sha256(Buffer.from('x'));
    const paths = [`/v2/${name}/manifests/v1`, `/v2/${name}/blobs/${digest}`];
    expect(await answers(client, 'HEAD', ...paths)).toEqual([404, 404]);
    for (const [method, path] of [
      ...paths.map((path) => ['GET', path] as const),
      ['POST', `/v2/${name}/blobs/uploads/`],
      ['PUT', `/v2/${name}/manifests/v1`],
    ] as const) {
      const error = await registryError(await client.send(path, { method }));
      expect(error).toMatchObject({ status: 400, code: 'NAME_INVALID' });
      expect(error.message).toContain('acme/web/cache');
    }
    const scope = await fetch(`${server.origin}/v2/token?scope=repository:${name}:pull`);
    expect(scope.status).toBe(200);
  });

  it('has no authorizations', async () => {
    const answer = await call(server, `/v1/repos/${name}/authorizations`, { token: maya });
    expect([answer.status, errorCode(answer)]).toEqual([400, 'invalid_request']);
  });
});

describe('a slash written as %2F', () => {
  it.each([
    '/v2/acme%2Fweb/tags/list',
    '/v2/acme%2fweb/%74ags/list',
    '/v2/acme%2Fweb/tags/%6Cist',
    '/%762/acme%2Fweb/tags/list',
    '/v2/acme%252Fweb/%74ags/list',
    '/v2/acme%2Fweb/%6Danifests/v1',
    '/v2/acme/web%2Fcache/tags/list',
  ])('is part of no name in the registry, however the rest of the address is written: %s', async (path) => {
    const error = await registryError(await (await owner('acme/web')).send(path));
    expect([error.status, error.code]).toEqual([400, 'NAME_INVALID']);
  });

  it.each(['acme%2Fweb', 'acme%2fweb%2Fcache', 'acme/web%2Fcache'])(
    'is one in the API, which clients of an OpenAPI document need, with the rights of that name: %s',
    async (name) => {
      await (await owner('acme/web/cache')).pushBlob(Buffer.from(name));
      const path = `/v1/repos/${name}/authorizations`;
      const plain = `/v1/repos/${decodeURIComponent(name)}/authorizations`;
      for (const user of ['maya', 'jonas', 'priya']) {
        const token = await signIn(server, user);
        const [encoded, asIs] = [await call(server, path, { token }), await call(server, plain, { token })];
        expect([encoded.status, encoded.body]).toEqual([asIs.status, asIs.body]);
        expect(encoded.status === 200).toBe(user === 'maya');
      }
      const twice = await call(server, path.replaceAll('%', '%25'), { token: maya });
      expect([twice.status, errorCode(twice)]).toEqual([400, 'invalid_request']);
    },
  );
});
