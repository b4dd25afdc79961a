import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import { sha256, writeOciLayout } from '../support/oci-image.ts';
import type { OciLayout } from '../support/oci-image.ts';
import { RepositoryClient, registryError } from '../support/registry-client.ts';
import { hasTool, runTool } from '../support/registry-tools.ts';
import { call, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';
import { makeSmallDisk, noSmallDisk } from '../support/small-disk.ts';
import type { SmallDisk } from '../support/small-disk.ts';

const noDisk = noSmallDisk();
if (noDisk !== null) process.stderr.write(`No tests of a full disk: ${noDisk}.\n`);

const mebibyte = 1024 * 1024;

describe.skipIf(noDisk !== null)('a full disk', () => {
  let disk: SmallDisk;
  let server: TestServer;
  let writer: RepositoryClient;
  beforeEach(async () => {
    disk = makeSmallDisk(16);
    server = await startLocalServer({ dataDir: disk.folder });
    writer = await writerOf(server, 'jonas', 'acme/api');
  });
  afterEach(async () => {
    await server.stop();
    disk.remove();
  });

  const patch = (location: string, body: Buffer<ArrayBuffer>) =>
    writer.send(location, { method: 'PATCH', body });
  const finish = (location: string, digest: string) =>
    writer.send(`${location}?digest=${digest}`, { method: 'PUT' });
  const uploads = () => readdir(path.join(disk.folder, 'blobs', 'uploads'));
  const contents = async () => {
    const found = await readdir(path.join(disk.folder, 'blobs', 'sha256'), {
      recursive: true,
      withFileTypes: true,
    });
    return found.filter((entry) => entry.isFile()).map(({ name }) => name);
  };

  it.each([0, 1, 4096, 300_000, mebibyte, 2 * mebibyte])(
    'with %i bytes free fails an upload with words, ends it, and lets the client begin anew',
    async (free) => {
      const content = randomBytes(3 * mebibyte);
      const digest = sha256(content);
      const location = await writer.beginUpload();
      disk.fill(free);
      expect(await registryError(await patch(location, content))).toMatchObject({
        status: 507,
        code: 'UNKNOWN',
        message: expect.stringContaining('disk of the server is full') as string,
      });
      disk.empty();
      for (const response of [await patch(location, content), await finish(location, digest)]) {
        expect(await registryError(response)).toMatchObject({ status: 404, code: 'BLOB_UPLOAD_UNKNOWN' });
      }
      expect(await uploads()).toEqual([]);
      await writer.pushBlob(content);
      expect(sha256(new Uint8Array(await (await writer.send(`blobs/${digest}`)).arrayBuffer()))).toBe(digest);
    },
  );

  it('keeps nothing of a blob that is pushed at once, or of a manifest, and both can be pushed again', async () => {
    const image = await writer.newImage('manifest');
    disk.fill(0);
    const content = randomBytes(mebibyte);
    const pushed = await writer.send(`blobs/uploads/?digest=${sha256(content)}`, {
      method: 'POST',
      body: content,
    });
    expect((await registryError(pushed)).status).toBe(507);
    expect((await registryError(await writer.putManifest('v1', image))).status).toBe(507);
    disk.empty();
    expect(await uploads()).toEqual([]);
    expect((await writer.send('manifests/v1')).status).toBe(404);
    expect((await writer.putManifest('v1', image)).status).toBe(201);
    await writer.pushBlob(content);
    expect(await (await writer.send('manifests/v1')).json()).toEqual(image);
  });

  it('leaves no content behind that has its place but no record', async () => {
    const image = await writer.newImage('orphan');
    const before = await contents();
    let refused = 0;
    for (let free = 0; free < 64 * 1024; free += 4096) {
      const content = randomBytes(2000);
      const location = await writer.beginUpload();
      await patch(location, content);
      disk.fill(free);
      const blob = await finish(location, sha256(content));
      const document = { ...image, annotations: { free: String(free) } };
      const manifest = await writer.putManifest('v1', document);
      disk.empty();
      const kept = [
        ...(blob.status === 201 ? [sha256(content)] : []),
        ...(manifest.status === 201 ? [sha256(Buffer.from(JSON.stringify(document)))] : []),
      ];
      before.push(...kept.map((digest) => digest.slice('sha256:'.length)));
      refused += 2 - kept.length;
      expect((await contents()).sort()).toEqual(before.sort());
    }
    expect(refused).toBeGreaterThan(3);
  });

  it('takes no word of the audit log back, and lets the chain go on', async () => {
    const token = await signIn(server, 'maya');
    disk.fill(0);
    const make = async (name: string) =>
      (await call(server, '/v1/orgs/acme/bots', { method: 'POST', token, body: { name } })).status;
    const statuses: number[] = [];
    // The database has some room of its own.
    while (statuses.at(-1) !== 500 && statuses.length < 1000) {
      statuses.push(await make(`bot-${String(statuses.length)}`));
    }
    expect(statuses.at(-1)).toBe(500);
    disk.empty();
    expect(await make('after')).toBe(201);
    const verified = await call(server, '/v1/audit/verify', { method: 'POST', token });
    expect(verified.body).toMatchObject({ valid: true });
  });

  it('leaves a start that can be begun anew', async () => {
    await server.stop();
    let starts = false;
    // From no room at all to enough for the tables and, at last, for the demo organization.
    for (let free = 0; !starts; free += 100_000) {
      for (const name of await readdir(disk.folder))
        await rm(path.join(disk.folder, name), { recursive: true });
      disk.fill(free);
      starts = await startLocalServer({ dataDir: disk.folder }).then(
        async (first) => (await first.stop()) === 0,
        () => false,
      );
      disk.empty();
      const again = await startLocalServer({ dataDir: disk.folder });
      expect(again.users.length, `after a start with ${String(free)} bytes`).toBeGreaterThan(0);
      await again.stop();
    }
  });

  describe.skipIf(!hasTool('skopeo'))('and skopeo', () => {
    let home: string;
    let image: OciLayout;
    beforeEach(async () => {
      home = await mkdtemp(path.join(tmpdir(), 'keyhold-victim-'));
      image = await writeOciLayout(path.join(home, 'image'), {
        name: 'v1',
        files: { 'a.bin': randomBytes(mebibyte) },
      });
    });
    afterEach(() => rm(home, { recursive: true, force: true }));

    async function copy(source: string, target: string, ...login: string[]): Promise<void> {
      const args = [
        '--insecure-policy',
        'copy',
        '--src-tls-verify=false',
        '--dest-tls-verify=false',
        ...login,
      ];
      expect(await runTool(home, 'skopeo', [...args, source, target])).toMatchObject({ code: 0 });
    }

    it.each(['before', 'after'])(
      'lets nobody put other bytes under the digest of an image that is pushed %s it',
      async (when) => {
        const { password } = server.user('maya');
        const place = `docker://${server.host}/acme/base:v1`;
        const push = () => copy(image.reference, place, '--dest-creds', `maya:${password}`);
        if (when === 'before') await push();

        const digest = image.layer.digest;
        const truth = await readFile(
          path.join(home, 'image', 'blobs', 'sha256', digest.slice('sha256:'.length)),
        );
        for (const [free, trueBytes] of [
          [0, truth],
          [300_000, truth],
          [300_000, truth.subarray(0, 500_000)],
        ] as const) {
          const location = await writer.beginUpload();
          disk.fill(free);
          await patch(location, Buffer.from(trueBytes));
          disk.empty();
          const written = (await writer.send(location)).headers.get('range') ?? '0--1';
          const have = Number(written.split('-')[1]) + 1;
          await patch(location, randomBytes(truth.length - (have > 1 ? have : 0)));
          expect((await finish(location, digest)).status).not.toBe(201);
        }

        if (when === 'after') await push();
        await copy(place, `oci:${path.join(home, 'back')}:v1`, '--src-no-creds');
        const back = path.join(home, 'back', 'blobs', 'sha256', digest.slice('sha256:'.length));
        expect((await readFile(back)).equals(truth)).toBe(true);
      },
    );
  });
});

/** A member who may write to one repository and to no other. */
async function writerOf(server: TestServer, username: string, name: string): Promise<RepositoryClient> {
  const body = { email: server.user(username).email, permission: 'writer' };
  const granted = await call(server, `/v1/repos/${name}/authorizations`, {
    method: 'POST',
    token: await signIn(server, 'maya'),
    body,
  });
  expect(granted.status).toBe(201);
  return RepositoryClient.open(server, username, name);
}
