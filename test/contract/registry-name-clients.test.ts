import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeOciLayout } from '../support/oci-image.ts';
import type { OciLayout } from '../support/oci-image.ts';
import { registryToken, RepositoryClient } from '../support/registry-client.ts';
import { hasTool, imageStore, runTool } from '../support/registry-tools.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';

/** With stderr, so that a failing test shows what the program said. */
const success = { code: 0, stderr: expect.not.stringMatching(/level=fatal|^Error/m) as string };
const names = ['acme/web/cache', 'acme/hosts/blobs/uploads/a1'] as const;
/** A name that clients send and no repository here has. */
const refused = 'web';
const why = expect.stringContaining('A repository name here is') as string;

let server: TestServer;
let home: string;
let image: OciLayout;
let login: string;
beforeAll(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'keyhold-names-'));
  image = await writeOciLayout(path.join(home, 'image'), { name: 'v1', files: { 'hello.txt': 'Hello\n' } });
  server = await startLocalServer();
  login = `maya:${server.user('maya').password}`;
});
afterAll(async () => {
  await server.stop();
  await rm(home, { recursive: true, force: true });
});

describe.skipIf(!hasTool('skopeo'))('skopeo', () => {
  const copy = ['--insecure-policy', 'copy', '--all'];
  const push = (where: string) =>
    runTool(home, 'skopeo', [
      ...copy,
      '--dest-tls-verify=false',
      '--dest-creds',
      login,
      image.reference,
      where,
    ]);
  const pull = (where: string, to: string) =>
    runTool(home, 'skopeo', [...copy, '--src-tls-verify=false', '--src-creds', login, where, to]);

  it.each(names)('pushes to %s, lists, pulls and deletes', async (name) => {
    const where = `docker://${server.host}/${name}`;
    const folder = name.replaceAll('/', '-');
    const options = ['--tls-verify=false', `--creds=${login}`];
    expect(await push(`${where}:v1`)).toMatchObject(success);
    expect((await runTool(home, 'skopeo', ['list-tags', ...options, where])).stdout).toContain('"v1"');
    expect(await pull(`${where}:v1`, `oci:${folder}:v1`)).toMatchObject(success);
    const manifest = path.join('blobs', 'sha256', image.root.digest.slice('sha256:'.length));
    expect(await readFile(path.join(home, folder, manifest))).toEqual(
      await readFile(path.join(home, 'image', manifest)),
    );
    expect(await runTool(home, 'skopeo', ['delete', ...options, `${where}:v1`])).toMatchObject(success);
    const token = await registryToken(server, 'maya', `repository:${name}:pull`);
    const head = await new RepositoryClient(server, name, token).send('manifests/v1', { method: 'HEAD' });
    expect(head.status).toBe(404);
  });

  it('says why a push to a name of one part and a pull from it are refused', async () => {
    const where = `docker://${server.host}/${refused}:v1`;
    for (const result of [await push(where), await pull(where, 'oci:refused:v1')]) {
      expect(result).toMatchObject({ code: 1, stderr: why });
    }
  });
});

describe.each([
  ['podman', names[1]],
  ['buildah', names[0]],
])('%s', (program, name) => {
  it.skipIf(!hasTool(program))(`pushes to ${name}, pulls, and says why another name is refused`, async () => {
    const store = imageStore(path.join(home, program));
    const run = (...args: string[]) => runTool(home, program, [...store, ...args]);
    const options = ['--tls-verify=false', `--creds=${login}`];
    expect(await run('pull', '-q', 'oci:image:v1')).toMatchObject(success);
    const [id = ''] = (await run('images', '-q')).stdout.split('\n');
    const where = `${server.host}/${name}:${program}`;
    expect(await run('push', ...options, id, where)).toMatchObject(success);
    const nowhere = `${server.host}/${refused}:v1`;
    expect(await run('push', ...options, id, nowhere)).toMatchObject({ code: 125, stderr: why });
    expect(await run('rmi', '-f', id)).toMatchObject(success);
    expect(await run('pull', '-q', ...options, where)).toMatchObject(success);
  });
});
