import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

async function open(name: string): Promise<RepositoryClient> {
  const scope = `repository:${name}:pull,push,delete`;
  return new RepositoryClient(server, name, await registryToken(server, 'maya', scope));
}

const nowhere = sha256(Buffer.from('nowhere'));

describe('deleting, as the distribution specification asks', () => {
  it('end-9, end-10: answer 404 in a repository that is not there', async () => {
    const none = await open('acme/none');
    for (const path of ['manifests/latest', `manifests/${nowhere}`, `blobs/${nowhere}`]) {
      expect(await registryError(await none.send(path, { method: 'DELETE' }))).toMatchObject({
        status: 404,
        code: 'NAME_UNKNOWN',
      });
    }
  });

  it('end-9, end-10: answer 404 for what is not there', async () => {
    const web = await open('acme/web');
    for (const [path, code] of [
      ['manifests/latest', 'MANIFEST_UNKNOWN'],
      [`manifests/${nowhere}`, 'MANIFEST_UNKNOWN'],
      [`blobs/${nowhere}`, 'BLOB_UNKNOWN'],
    ] as const) {
      expect(await registryError(await web.send(path, { method: 'DELETE' }))).toMatchObject({
        status: 404,
        code,
      });
    }
  });

  it('end-9: what was deleted can be pushed and pulled again', async () => {
    const web = await open('acme/web');
    const image = await web.newImage('again');
    for (let at = 0; at < 2; at++) {
      expect((await web.putManifest('again', image)).status).toBe(201);
      expect((await web.send('manifests/again')).status).toBe(200);
      const path = `manifests/${sha256(Buffer.from(JSON.stringify(image)))}`;
      expect((await web.send(path, { method: 'DELETE' })).status).toBe(202);
      expect((await web.send('manifests/again')).status).toBe(404);
    }
  });
});
