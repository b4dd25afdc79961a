import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { scrubFolder, startLocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { startTestServer } from '../support/server.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'keyhold-crash-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A server on the same data folder each time. */
const start = () => startTestServer({ args: ['--data', folder] });

/** Sends the beginning of a body and leaves the request open. */
function openRequest(
  client: RepositoryClient,
  location: string,
  method: string,
  length: number,
  part: Buffer,
) {
  const request = http.request(new URL(location, client.server.origin), {
    method,
    headers: { authorization: `Bearer ${client.token}`, 'content-length': length },
  });
  request.on('error', () => undefined);
  request.write(part);
  return request;
}

const uploads = () => path.join(folder, 'blobs', 'uploads');
async function received(): Promise<number> {
  const [id] = await readdir(uploads());
  return id === undefined ? -1 : (await stat(path.join(uploads(), id))).size;
}

it('serves nothing of an upload that broke off, and lets the client go on with it', async () => {
  const server = await startLocalServer({ dataDir: folder });
  const client = await RepositoryClient.open(server, 'maya', 'acme/web');
  const content = randomBytes(1_000_000);
  const digest = sha256(content);

  const atOnce = `/v2/acme/web/blobs/uploads/?digest=${digest}`;
  const lost = openRequest(client, atOnce, 'POST', content.length, content.subarray(0, 300_000));
  await expect.poll(received).toBe(300_000);
  lost.destroy();
  await expect.poll(() => readdir(uploads())).toEqual([]);

  const location = await client.beginUpload();
  const broken = openRequest(client, location, 'PATCH', content.length, content.subarray(0, 400_000));
  await expect.poll(received).toBe(400_000);
  broken.destroy();
  expect((await client.send(`blobs/${digest}`)).status).toBe(404);
  const rest = content.subarray(400_000);
  const resume = () =>
    client.send(`${location}?digest=${digest}`, {
      method: 'PUT',
      headers: { 'content-range': '400000-999999' },
      body: rest,
    });
  // 409 for as long as the server has not noticed the end of the connection.
  await expect.poll(async () => (await resume()).status).toBe(201);
  expect(sha256(new Uint8Array(await (await client.send(`blobs/${digest}`)).arrayBuffer()))).toBe(digest);
  expect(await server.stop()).toBe(0);
});

it('loses and invents nothing when it is killed in the middle of uploads', async () => {
  const before = await start();
  const client = await RepositoryClient.open(before, 'maya', 'acme/api');
  const kept = await client.newImage('acknowledged');
  expect((await client.putManifest('kept', kept)).status).toBe(201);
  const content = randomBytes(500_000);
  const digest = sha256(content);
  const location = await client.beginUpload();
  openRequest(client, location, 'PATCH', content.length, content.subarray(0, 200_000));
  await expect.poll(received).toBe(200_000);
  await before.kill();

  const after = await start();
  const again = await RepositoryClient.open(after, 'maya', 'acme/api');
  expect(await (await again.send('manifests/kept')).json()).toEqual(kept);
  for (const { digest: blob } of [kept.config, ...kept.layers]) {
    expect((await again.send(`blobs/${blob}`)).status).toBe(200);
  }
  expect((await again.send(`blobs/${digest}`)).status).toBe(404);
  expect((await again.send(location)).headers.get('range')).toBe('0-199999');
  const rest = { method: 'PUT', body: content.subarray(200_000) };
  expect((await again.send(`${location}?digest=${digest}`, rest)).status).toBe(201);
  expect(sha256(new Uint8Array(await (await again.send(`blobs/${digest}`)).arrayBuffer()))).toBe(digest);
  expect(await after.stop()).toBe(0);
});

it('has everything that it acknowledged, and nothing bad, at whatever moment it is killed', async () => {
  const acknowledged = new Set<string>();
  const shared = randomBytes(100_000);
  for (const lives of [2, 20]) {
    const server = await start();
    const client = await RepositoryClient.open(server, 'maya', 'acme/web');
    let acknowledgments = 0;
    const acknowledge = (digest: string) => {
      acknowledged.add(digest);
      acknowledgments += 1;
      if (acknowledgments === lives) void server.kill();
    };
    const push = async (at: number) => {
      for (;;) {
        acknowledge(await client.pushBlob(at % 2 ? Buffer.from(shared) : randomBytes(100_000)));
        const image = await client.newImage(randomBytes(8).toString('hex'));
        for (const { digest } of [image.config, ...image.layers]) acknowledge(digest);
        if ((await client.putManifest('latest', image)).status === 201) {
          acknowledge(sha256(Buffer.from(JSON.stringify(image))));
        }
      }
    };
    // Each ends when the server does not answer any more.
    await Promise.allSettled([0, 1, 2, 3].map(push));
    await server.kill();
    expect(await scrubFolder(folder)).toEqual({ well: true, said: [expect.stringContaining(' 0 faults')] });
  }
  const stored = (await readdir(path.join(folder, 'blobs', 'sha256'), { recursive: true })).map((name) =>
    path.basename(name),
  );
  expect([...acknowledged].filter((digest) => !stored.includes(digest.slice('sha256:'.length)))).toEqual([]);
});
