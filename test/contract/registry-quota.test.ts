import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sha256, writeOciLayout } from '../support/oci-image.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';

const mebibyte = 1024 * 1024;
const denied = { status: 403, code: 'DENIED', message: expect.stringContaining('no room left') as string };

let folder: string;
let server: TestServer;
let web: RepositoryClient;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'keyhold-quota-'));
  server = await startLocalServer({ dataDir: folder, orgStorage: mebibyte });
  const token = await registryToken(server, 'maya', 'repository:acme/web:pull,push,delete');
  web = new RepositoryClient(server, 'acme/web', token);
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

const uploads = () => readdir(path.join(folder, 'blobs', 'uploads'));

describe('more than an organization may keep', () => {
  it.each(['POST', 'PATCH', 'PUT'])('is refused to %s, and nothing of it is kept', async (method) => {
    const content = randomBytes(mebibyte + 1);
    const query = `?digest=${sha256(content)}`;
    const address = method === 'POST' ? 'blobs/uploads/' : await web.beginUpload();
    const response = await web.send(method === 'PATCH' ? address : address + query, {
      method,
      body: content,
    });
    expect(await registryError(response)).toMatchObject(denied);
    expect(await uploads()).toEqual([]);
    await web.pushBlob(randomBytes(1000));
  });

  it('is refused to uploads that are left unfinished, until they end', async () => {
    const locations: string[] = [];
    const statuses: number[] = [];
    for (let at = 0; at < 12; at++) {
      const begun = await web.send('blobs/uploads/', { method: 'POST' });
      const location = begun.headers.get('location');
      if (location === null) {
        expect(await registryError(begun)).toMatchObject(denied);
        break;
      }
      const { status } = await web.send(location, { method: 'PATCH', body: randomBytes(200_000) });
      if (status === 202) locations.push(location);
      statuses.push(status);
    }
    expect(locations).toHaveLength(5);
    expect(statuses.slice(5)).toContain(403);
    for (const location of locations) await web.send(location, { method: 'DELETE' });
    await web.pushBlob(randomBytes(500_000));
  });

  it('is refused as a manifest or a mount as well, and deletion makes room', async () => {
    const image = await web.newImage('room');
    const filler = randomBytes(420_000);
    const digest = await web.pushBlob(filler);
    const document = { ...image, annotations: { filler: 'x'.repeat(400_000) } };
    expect(await registryError(await web.putManifest('large', document))).toMatchObject(denied);
    expect((await web.putManifest('small', image)).status).toBe(201);
    expect((await web.send(`blobs/${digest}`, { method: 'DELETE' })).status).toBe(202);
    expect((await web.putManifest('large', document)).status).toBe(201);
  });

  it.skipIf(!hasTool('skopeo'))('is told by skopeo in our words', async () => {
    const image = await writeOciLayout(path.join(folder, 'image'), {
      files: { 'a.bin': randomBytes(2 * mebibyte) },
    });
    const login = ['--dest-creds', `maya:${server.user('maya').password}`];
    const target = `docker://${server.host}/acme/web:large`;
    const args = ['--insecure-policy', 'copy', '--dest-tls-verify=false', ...login, image.reference, target];
    const { code, stderr } = await runTool(folder, 'skopeo', args);
    expect([code, stderr]).toEqual([1, expect.stringContaining('no room left: it may keep 1 MiB here')]);
  });
});
