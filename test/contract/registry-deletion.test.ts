import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  const token = await registryToken(server, 'maya', 'repository:acme/web:pull,push,delete');
  web = new RepositoryClient(server, 'acme/web', token);
});
afterAll(() => server.stop());

const digestOf = (document: unknown) => sha256(Buffer.from(JSON.stringify(document)));
const remove = (path: string, client = web) => client.send(path, { method: 'DELETE' });
const statusOf = async (path: string) => (await web.send(path, { method: 'HEAD' })).status;

describe('deleting', () => {
  it('a tag leaves the manifest and its other tags', async () => {
    const image = await web.newImage('tagged twice');
    for (const tag of ['keep', 'drop']) await web.putManifest(tag, image);
    expect((await remove('manifests/drop')).status).toBe(202);
    expect(await statusOf('manifests/drop')).toBe(404);
    expect(await statusOf('manifests/keep')).toBe(200);
    expect(await statusOf(`manifests/${digestOf(image)}`)).toBe(200);
    expect(await registryError(await remove('manifests/drop'))).toMatchObject({
      status: 404,
      code: 'MANIFEST_UNKNOWN',
    });
  });

  it('a manifest takes all its tags with it', async () => {
    const image = await web.newImage('two tags');
    for (const tag of ['one', 'two']) await web.putManifest(tag, image);
    expect((await remove(`manifests/${digestOf(image)}`)).status).toBe(202);
    for (const reference of ['one', 'two', digestOf(image)]) {
      expect(await statusOf(`manifests/${reference}`)).toBe(404);
    }
    const { tags } = (await (await web.send('tags/list')).json()) as { tags: string[] };
    expect(tags).not.toContain('one');
  });

  it('a blob works once no manifest needs it, and not before', async () => {
    const image = await web.newImage('with blobs');
    await web.putManifest('blobs', image);
    const [layer] = image.layers;
    const path = `blobs/${layer?.digest ?? ''}`;
    expect(await registryError(await remove(path))).toMatchObject({ status: 405, code: 'UNSUPPORTED' });
    expect(await statusOf(path)).toBe(200);
    await remove(`manifests/${digestOf(image)}`);
    expect((await remove(path)).status).toBe(202);
    expect(await statusOf(path)).toBe(404);
    expect(await registryError(await remove(path))).toMatchObject({ status: 404, code: 'BLOB_UNKNOWN' });
  });

  it('needs the right and a token that names it', async () => {
    const image = await web.newImage('guarded');
    await web.putManifest('guarded', image);
    const pusher = await RepositoryClient.open(server, 'maya', 'acme/web');
    const refused = await remove('manifests/guarded', pusher);
    expect(refused.headers.get('www-authenticate')).toContain('scope="repository:acme/web:pull,delete"');
    expect(refused.status).toBe(401);
    for (const [user, status] of [
      ['priya', 404],
      ['jonas', 403],
    ] as const) {
      const token = await registryToken(server, user, 'repository:acme/web:pull,push,delete');
      const client = new RepositoryClient(server, 'acme/web', token);
      expect([user, (await remove('manifests/guarded', client)).status]).toEqual([user, status]);
    }
    expect(await statusOf('manifests/guarded')).toBe(200);
  });

  it('refuses what is no digest', async () => {
    expect(await registryError(await remove('manifests/sha256:short'))).toMatchObject({
      status: 400,
      code: 'DIGEST_INVALID',
    });
  });
});
