import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BlobStore } from '../../reference-server/registry/blob-store.ts';
import { maxSmall } from '../../reference-server/registry/small-contents.ts';
import { scrubFolder, startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { RepositoryClient, registryError, registryToken } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import { runServer, startTestServer } from '../support/server.ts';

let folder: string;
let server: LocalServer;
let web: RepositoryClient;
let image: Awaited<ReturnType<RepositoryClient['newImage']>>;
let layer: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'keyhold-bad-contents-'));
  await start();
  image = await web.newImage('true');
  layer = image.layers[0]?.digest ?? '';
  expect((await web.putManifest('v1', image)).status).toBe(201);
});
afterEach(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function start(): Promise<void> {
  server = await startLocalServer({ dataDir: folder });
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
}

const fileOf = (digest: string) => path.join(folder, 'blobs', 'sha256', digest.slice(7, 9), digest.slice(7));

/** Other bytes of the same length, as a disk or a person makes them. */
async function damage(digest: string): Promise<void> {
  const bytes = await readFile(fileOf(digest));
  bytes[3] = (bytes[3] ?? 0) ^ 1;
  await writeFile(fileOf(digest), bytes);
}

async function runScrub(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const run = runServer(['scrub', ...args]);
  const code = await run.ended;
  return { code, stdout: run.stdout(), stderr: run.stderr() };
}

/** Removes a content between the look for it and its opening, as a deletion does that comes between. */
function goesWhileAskedFor(): void {
  const spy = vi.spyOn(BlobStore.prototype, 'open').mockImplementationOnce(async function (
    this: BlobStore,
    digest,
  ) {
    await rm(fileOf(digest));
    return this.open(digest);
  });
  onTestFinished(() => {
    spy.mockRestore();
  });
}

describe('a content that is deleted while it is asked for', () => {
  it.each([{}, { range: 'bytes=0-1' }])('is a blob that is not there, with %j', async (headers) => {
    goesWhileAskedFor();
    const response = await web.send(`blobs/${layer}`, { headers });
    expect([response.headers.get('etag'), response.headers.get('docker-content-digest')]).toEqual([
      null,
      null,
    ]);
    expect(await registryError(response)).toMatchObject({ status: 404, code: 'BLOB_UNKNOWN' });
  });

  it('is a manifest that is not there', async () => {
    const large = { ...image, annotations: { note: 'n'.repeat(maxSmall) } };
    expect((await web.putManifest('large', large)).status).toBe(201);
    goesWhileAskedFor();
    const response = await web.send('manifests/large');
    expect(response.headers.get('etag')).toBeNull();
    expect(await registryError(response)).toMatchObject({ status: 404, code: 'MANIFEST_UNKNOWN' });
  });
});

describe('a blob that does not have its digest', () => {
  beforeEach(() => damage(layer));

  it.each([
    ['GET', {}],
    ['HEAD', {}],
    ['GET', { range: 'bytes=0-1' }],
  ] as const)('is 404 to %s with %j, and in the audit log', async (method, headers) => {
    const response = await web.send(`blobs/${layer}`, { method, headers });
    expect(response.status).toBe(404);
    const token = await signIn(server, 'maya');
    expect((await call(server, '/v1/audit/verify', { method: 'POST', token })).body).toMatchObject({
      valid: true,
    });
    const noted = server.context.db.selectFrom('audit_events').select('action').where('target', '=', layer);
    expect(await noted.execute()).toEqual([{ action: 'registry.bad_content' }]);
    expect(await readdir(path.join(folder, 'blobs', 'set-aside'))).toHaveLength(1);
  });

  it('is in the log of the server', async () => {
    await server.stop();
    const process = await startTestServer({ args: ['--data', folder] });
    onTestFinished(async () => {
      await process.stop();
    });
    web = await RepositoryClient.open(process, 'maya', 'acme/web');
    expect((await web.send(`blobs/${layer}`)).status).toBe(404);
    expect(process.log()).toContain('a content did not have its digest and was moved away');
    await process.stop();
    await start();
  });

  it('is not mounted: the client uploads it, and with that mends it for all', async () => {
    const api = await RepositoryClient.open(server, 'maya', 'acme/api');
    const scope = 'repository:acme/api:pull,push repository:acme/web:pull';
    const both = new RepositoryClient(server, 'acme/api', await registryToken(server, 'maya', scope));
    const mounted = await both.send(`blobs/uploads/?mount=${layer}&from=acme/web`, { method: 'POST' });
    expect(mounted.status).toBe(202);
    await api.pushBlob(Buffer.from('layer true'));
    expect(await (await web.send(`blobs/${layer}`)).text()).toBe('layer true');
  });

  it('is nothing that a manifest may refer to', async () => {
    expect(await registryError(await web.putManifest('v2', image))).toMatchObject({
      status: 400,
      code: 'MANIFEST_BLOB_UNKNOWN',
    });
    await web.newImage('true');
    expect((await web.putManifest('v2', image)).status).toBe(201);
  });
});

it('a manifest that does not have its digest is 404 to GET and HEAD, until it is pushed again', async () => {
  const digest =
    (await web.send('manifests/v1', { method: 'HEAD' })).headers.get('docker-content-digest') ?? '';
  await server.stop();
  await damage(digest);
  await start();
  for (const method of ['HEAD', 'GET']) {
    for (const reference of ['v1', digest]) {
      expect((await web.send(`manifests/${reference}`, { method })).status).toBe(404);
    }
  }
  expect((await web.putManifest('v1', image)).status).toBe(201);
  expect(await (await web.send(`manifests/${digest}`)).json()).toEqual(image);
});

describe('scrub', () => {
  it('reads the data of a stopped server, ends with 1 when something is wrong, and is satisfied once it is mended', async () => {
    await server.stop();
    expect(await runScrub('--data', folder)).toEqual({
      code: 0,
      stdout: expect.stringMatching(/^3 contents with \d+ bytes are good, 0 faults\.\n$/) as string,
      stderr: '',
    });
    await damage(layer);
    const found = await runScrub('--data', folder);
    expect(found.code).toBe(1);
    expect(found.stdout).toContain(`${layer} does not have its digest and was moved to ${folder}`);
    expect(found.stdout).toContain('in acme/web\n2 contents');
    await start();
    expect((await web.send(`blobs/${layer}`)).status).toBe(404);
    await web.newImage('true');
    await server.stop();
    expect((await scrubFolder(folder)).well).toBe(true);
  });

  it('refuses a folder that a server uses, that has no data, or that is not said', async () => {
    const refused = await runScrub('--data', folder);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('in use by another server')]);
    const nothing = path.join(folder, 'nothing');
    await expect(scrubFolder(nothing)).rejects.toMatchObject({
      name: 'ConfigError',
      message: expect.stringContaining('no data of a server') as string,
    });
    await expect(scrubFolder(':memory:')).rejects.toThrow('--data');
    expect(await readdir(folder)).not.toContain('nothing');
  });
});
