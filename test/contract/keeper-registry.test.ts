import { afterAll, beforeAll, expect, it } from 'vitest';
import { devToken, askKeeper, everything } from '../support/keeper-rig.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { registryError, RepositoryClient } from '../support/registry-client.ts';

let server: LocalServer;
beforeAll(async () => {
  const auth = { type: 'dev', token: devToken, permissions: everything } as const;
  server = await startLocalServer({ keeper: { auth, allowAnonymous: false } });
  // Nobody can take that name now; who has it from before keeps it.
  await server.context.write({}, (tx) =>
    tx.updateTable('organizations').set({ slug: 'keeper' }).where('slug', '=', 'acme').execute(),
  );
});
afterAll(() => server.stop());

it.each(['keeper/web-shop', 'keeper/sign', 'keeper/sign/verify', 'keeper/dkg'])(
  'the repository %s is pushed and pulled beside the keeper',
  async (name) => {
    const repository = await RepositoryClient.open(server, 'maya', name);
    const pushed = await repository.putManifest('v1', await repository.newImage(name));
    const digest = pushed.headers.get('docker-content-digest') ?? '';
    expect([pushed.status, pushed.headers.get('location')]).toEqual([201, `/v2/${name}/manifests/${digest}`]);
    expect((await repository.send('manifests/v1')).status).toBe(200);
    expect(await (await repository.send('tags/list')).json()).toMatchObject({ name, tags: ['v1'] });
    const unknown = await repository.send('manifests/none');
    expect(await registryError(unknown)).toMatchObject({ status: 404, code: 'MANIFEST_UNKNOWN' });
    // Who says nothing of themselves is told how to, as the registry does.
    const stranger = await fetch(`${server.origin}/v2/${name}/manifests/v1`);
    expect([stranger.status, stranger.headers.get('www-authenticate')]).toEqual([
      401,
      expect.stringMatching(/^Bearer realm=/),
    ]);
  },
);

it('the keeper has its own addresses, and what is neither', async () => {
  const ask = (path: string, body?: object) => askKeeper(server.origin, path, body);
  expect(await ask('/v2/keeper/dkg', {})).toMatchObject({ status: 503 });
  expect(await ask('/v2/keeper/sign/verify', {})).toMatchObject({ status: 503 });
  expect(await ask('/v2/keeper/sign')).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  for (const path of ['', '/', '/web', '/web/manifests', '/web/tags', '/sign%2Fverify']) {
    expect(await ask(`/v2/keeper${path}`)).toMatchObject({ status: 404, code: 'NOT_FOUND' });
  }
});
