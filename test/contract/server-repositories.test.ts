import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  packageListSchema,
  packagesPath,
  serverRepositoriesPath,
  serverRepositoryListSchema,
} from '../../contracts/server-api/artifact-keeper/repositories.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { requireMainOrganization } from '../../reference-server/identity/main-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newJwt } from '../support/organization-samples.ts';
import { newPerson } from '../support/organization.ts';
import { registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, registerTestKey, signIn } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
let maya: string;
let jonas: string;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  [maya, jonas] = (await Promise.all(['maya', 'jonas'].map((name) => signIn(server, name)))) as [
    string,
    string,
  ];
  web = new RepositoryClient(
    server,
    'acme/web',
    await registryToken(server, 'maya', 'repository:acme/web:pull,push,delete'),
  );
});
afterAll(() => server.stop());

async function repositories(token: string, query = '') {
  const { status, body } = await call(server, `${serverRepositoriesPath}${query}`, { token });
  expect(status).toBe(200);
  return serverRepositoryListSchema.parse(body);
}
async function packages(token: string, query = '') {
  const { status, body } = await call(server, `${packagesPath}${query}`, { token });
  expect(status).toBe(200);
  return packageListSchema.parse(body);
}
const keys = async (token: string, query = '') =>
  (await repositories(token, query)).items.map(({ key, actions }) => `${key}: ${actions.join(' ')}`);

async function apiToken(by: string, body: object): Promise<string> {
  const answer = await call(server, ownTokensPath, { token: by, body: { name: 'CI', ...body } });
  return createdTokenSchema.parse(answer.body).token;
}

async function idOf(name: string): Promise<string> {
  return (await repositories(maya, `?q=${name}`)).items[0]?.id ?? '';
}

describe('the list of repositories', () => {
  const all = 'read write delete admin';

  it('has for each what the registry would let them do, by whatever they sign in', async () => {
    const owners = [`acme/api: ${all}`, `acme/base: ${all}`, `acme/web: ${all}`];
    const key = await newTestKey();
    await registerTestKey(server, 'maya', key);
    const byKey = await key.apiToken(server.user('maya').id, server.origin);
    for (const token of [maya, byKey, await newJwt(server, 'maya', 'acme')]) {
      expect(await keys(token)).toEqual(owners);
    }
    expect(await keys(jonas)).toEqual(['acme/base: read', 'acme/web: read']);
    expect(await keys(await signIn(server, 'priya'))).toEqual(['acme/base: read']);
    // A server JWT of another organization of hers.
    expect(await keys(await newJwt(server, 'maya', 'northwind'))).toEqual(['acme/base: read']);
  });

  it('of an API token goes as far as its scopes and repositories', async () => {
    const [webId, apiId] = [await idOf('acme/web'), await idOf('acme/api')];
    const writer = { scopes: ['repository:write'] };
    expect(await keys(await apiToken(maya, writer))).toEqual(['acme/base: read write']);
    const reader = { scopes: ['repository:read'], repository_ids: [webId] };
    expect(await keys(await apiToken(maya, reader))).toEqual(['acme/base: read', 'acme/web: read']);
    expect(await keys(await apiToken(jonas, { scopes: ['repository:admin'] }))).toEqual([
      ...['acme/base: read', 'acme/web: read'],
    ]);
    const both = { scopes: ['repository:admin'], repository_ids: [apiId] };
    expect(await keys(await apiToken(maya, both))).toEqual([`acme/api: ${all}`, 'acme/base: read']);
  });

  it('has names, keys and pages; a name or an address that says nothing finds nothing', async () => {
    const admin = await newPerson(server, { role: 'admin' });
    const created_at = '2026-01-01T00:00:00.000Z';
    await server.context.write({}, async (tx) => {
      const org_id = await requireMainOrganization(tx, server.context.now());
      const row = { id: 'r_tools', org_id, full_name: 'main/tools', public: 0, created_at } as const;
      await tx.insertInto('repositories').values(row).execute();
    });
    expect((await repositories(admin.token, '?q=TOOLS')).items).toEqual([
      {
        ...{ id: 'r_tools', key: 'tools', name: 'main/tools', format: 'docker', repo_type: 'local' },
        ...{ is_public: false, storage_used_bytes: 0, actions: ['read', 'write', 'delete', 'admin'] },
        ...{ created_at, updated_at: created_at },
      },
    ]);
    const page = await repositories(admin.token, '?per_page=3&page=2');
    expect(page.items.map(({ key }) => key)).toEqual(['tools']);
    expect(page.pagination).toEqual({ page: 2, per_page: 3, total: 4, total_pages: 2 });
    expect((await repositories(admin.token, '?page=9')).items).toEqual([]);
    // What lies between the two letters is no pattern.
    for (const query of ['?q=w%25b', '?q=none', '?format=maven', '?type=remote']) {
      expect([query, (await repositories(maya, query)).pagination.total]).toEqual([query, 0]);
    }
    expect(await keys(maya, '?q=WEB&format=docker&type=local')).toEqual([`acme/web: ${all}`]);
    for (const query of ['?page=0', '?per_page=x', '?order=name', `?q=${'x'.repeat(256)}`]) {
      expect([query, (await call(server, serverRepositoriesPath + query, { token: maya })).status]).toEqual([
        ...[query, 400],
      ]);
    }
  });
});

describe('the list of packages', () => {
  it('has what was pushed, with its newest version and size, for who may pull it', async () => {
    expect((await packages(maya)).pagination.total).toBe(0);
    const image = await web.newImage('first');
    const { length } = JSON.stringify(image);
    const size = image.config.size + (image.layers[0]?.size ?? 0) + length;
    const pushed = await web.putManifest('v2', image);
    const digest = pushed.headers.get('docker-content-digest') ?? '';
    const id = await idOf('acme/web');
    const { items } = await packages(jonas);
    expect(items).toMatchObject([
      {
        ...{ id, repository_key: 'acme/web', name: 'acme/web', version: 'v2', format: 'docker' },
        ...{ size_bytes: size, download_count: 0, metadata: { versions: 1 } },
      },
    ]);
    expect((await repositories(jonas, '?q=web')).items).toMatchObject([{ storage_used_bytes: size }]);
    expect((await packages(await signIn(server, 'priya'))).items).toEqual([]);
    expect((await packages(await apiToken(jonas, { scopes: ['repository:read'] }))).items).toEqual(items);
    await web.send('manifests/v2', { method: 'DELETE' });
    expect((await packages(jonas)).items).toMatchObject([{ version: digest }]);
    // A tag that is pushed later is newer, whatever it is called.
    await web.putManifest('v9', image);
    await server.context.write({}, (tx) =>
      tx.updateTable('registry_tags').set({ updated_at: '2020-01-01T00:00:00.000Z' }).execute(),
    );
    await web.putManifest('v10', await web.newImage('second'));
    expect((await packages(jonas)).items).toMatchObject([{ version: 'v10', metadata: { versions: 2 } }]);
  });

  it('is searched by name, by the key of a repository and by its id', async () => {
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    await api.putManifest('v1', await api.newImage('api'));
    const names = async (token: string, query: string) =>
      (await packages(token, query)).items.map(({ name }) => name);
    expect(await names(maya, '')).toEqual(['acme/api', 'acme/web']);
    expect(await names(maya, '?search=API')).toEqual(['acme/api']);
    expect(await names(maya, '?repository_key=acme/api')).toEqual(['acme/api']);
    expect(await names(maya, `?repository_key=${await idOf('acme/api')}`)).toEqual(['acme/api']);
    expect(await names(jonas, `?repository_key=${await idOf('acme/api')}`)).toEqual([]);
    for (const query of ['?repository_key=api', '?repository_key=nowhere', '?format=npm', '?page=2']) {
      expect([query, await names(maya, query)]).toEqual([query, []]);
    }
    expect(await names(maya, '?per_page=1&page=2')).toEqual(['acme/web']);
  });
});
