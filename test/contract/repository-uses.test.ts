import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { matrixSchema } from '../../contracts/server-api/access/matrix.ts';
import type { Write } from '../../reference-server/db/write.ts';
import { RepositoryUses } from '../../reference-server/db/repository-uses.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';

let server: LocalServer;
let maya: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await RepositoryClient.open(server, 'maya', 'acme/web');
});
afterAll(() => server.stop());

/** What is stored, with what is held written first. */
async function stored(): Promise<Record<string, string>> {
  await server.context.repositoryUses.save();
  const rows = await server.context.db
    .selectFrom('repository_uses')
    .innerJoin('repositories', 'repositories.id', 'repository_id')
    .leftJoin('users', 'users.id', 'principal_id')
    .leftJoin('bots', 'bots.id', 'principal_id')
    .select(['full_name', 'username', 'bots.name as bot', 'pulled_at', 'pushed_at'])
    .execute();
  return Object.fromEntries(
    rows.map(({ full_name, username, bot, pulled_at, pushed_at }) => [
      `${username ?? bot ?? ''} ${full_name}`,
      `${pulled_at === null ? '' : 'pulled'} ${pushed_at === null ? '' : 'pushed'}`.trim(),
    ]),
  );
}

const changes = async () =>
  (await server.context.db.selectFrom('changes').select('count').executeTakeFirstOrThrow()).count;

describe('who used which repository', () => {
  it('is noted of manifests that were stored or sent, and of nothing else', async () => {
    const image = await maya.newImage('first');
    await maya.putManifest('v1', {
      ...image,
      config: { ...image.config, digest: `sha256:${'0'.repeat(64)}` },
    });
    await maya.send('manifests/v1', { method: 'HEAD' });
    await maya.send('manifests/none');
    await maya.send('tags/list');
    expect(await stored()).toEqual({});
    expect((await maya.putManifest('v1', image)).status).toBe(201);
    expect(await stored()).toEqual({ 'maya acme/web': 'pushed' });
    const got = await maya.send('manifests/v1');
    await got.arrayBuffer();
    const jonas = await RepositoryClient.open(server, 'jonas', 'acme/web');
    const unmodified = await jonas.send('manifests/v1', {
      headers: { 'if-none-match': got.headers.get('etag') ?? '' },
    });
    expect(unmodified.status).toBe(304);
    expect((await jonas.putManifest('v2', image)).status).toBe(403);
    const priya = await RepositoryClient.open(server, 'priya', 'acme/web');
    expect((await priya.send('manifests/v1')).status).toBe(404);
    expect(await stored()).toEqual({ 'maya acme/web': 'pulled pushed' });
    await (await jonas.send('manifests/v1')).arrayBuffer();
    expect(await stored()).toEqual({ 'maya acme/web': 'pulled pushed', 'jonas acme/web': 'pulled' });
  });

  it('is not noted of whoever is not signed in', async () => {
    await server.context.write({}, (tx) =>
      tx.updateTable('repositories').set({ public: 1 }).where('full_name', '=', 'acme/web').execute(),
    );
    const before = await stored();
    const token = await registryToken(server, null, 'repository:acme/web:pull');
    const response = await new RepositoryClient(server, 'acme/web', token).send('manifests/v1');
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    expect(await stored()).toEqual(before);
  });

  it('costs no write, and one for all of it', async () => {
    await stored();
    const before = await changes();
    for (let count = 0; count < 20; count += 1) await (await maya.send('manifests/v1')).arrayBuffer();
    expect(await changes()).toBe(before);
    await stored();
    expect(await changes()).toBe(before + 1);
    await stored();
    expect(await changes()).toBe(before + 1);
  });

  it('goes with a bot that is deleted, also where it is still held', async () => {
    const session = await signIn(server, 'maya');
    await call(server, '/v1/orgs/acme/bots', { token: session, body: { name: 'brief' } });
    const { id } = await server.context.db
      .selectFrom('bots')
      .select('id')
      .where('name', '=', 'brief')
      .executeTakeFirstOrThrow();
    const [repository] = await server.context.db.selectFrom('repositories').select('id').execute();
    const use = () => {
      server.context.repositoryUses.note('pushed_at', id, repository?.id ?? '');
    };
    use();
    const kept = () =>
      server.context.db.selectFrom('repository_uses').where('principal_id', '=', id).selectAll().execute();
    await stored();
    expect(await kept()).toHaveLength(1);
    use();
    await call(server, '/v1/orgs/acme/bots/brief', { method: 'DELETE', token: session });
    expect(await kept()).toEqual([]);
    server.context.repositoryUses.note('pulled_at', 'u_gone', repository?.id ?? '');
    server.context.repositoryUses.note('pulled_at', server.user('maya').id, 'r_gone');
    await stored();
    expect(await kept()).toEqual([]);
  });

  it('keeps the later of two times, and both deeds', async () => {
    const id = server.user('jonas').id;
    const { id: repository } = await server.context.db
      .selectFrom('repositories')
      .select('id')
      .where('full_name', '=', 'acme/api')
      .executeTakeFirstOrThrow();
    let time = '2026-05-02T00:00:00.000Z';
    const uses = new RepositoryUses(server.context.write, () => new Date(time));
    const at = async () => {
      await uses.save();
      return server.context.db
        .selectFrom('repository_uses')
        .select(['pulled_at', 'pushed_at'])
        .where('principal_id', '=', id)
        .where('repository_id', '=', repository)
        .executeTakeFirst();
    };
    uses.note('pulled_at', id, repository);
    expect(await at()).toEqual({ pulled_at: time, pushed_at: null });
    time = '2026-05-01T00:00:00.000Z';
    uses.note('pulled_at', id, repository);
    uses.note('pushed_at', id, repository);
    expect(await at()).toEqual({ pulled_at: '2026-05-02T00:00:00.000Z', pushed_at: time });
    time = '2026-05-03T00:00:00.000Z';
    uses.note('pushed_at', id, repository);
    expect(await at()).toEqual({ pulled_at: '2026-05-02T00:00:00.000Z', pushed_at: time });
  });

  it('is held on where writing fails, and of so many pairs at most', async () => {
    const [first, second] = ['maya', 'priya'].map((name) => server.user(name).id);
    const { id: repository } = await server.context.db
      .selectFrom('repositories')
      .select('id')
      .where('full_name', '=', 'acme/api')
      .executeTakeFirstOrThrow();
    let isFull = true;
    const write: Write = (actor, work) => {
      if (!isFull) return server.context.write(actor, work);
      isFull = false;
      return Promise.reject(new Error('full'));
    };
    const uses = new RepositoryUses(write, () => new Date(), 1);
    uses.note('pushed_at', first ?? '', repository);
    uses.note('pushed_at', second ?? '', repository);
    await expect(uses.save()).rejects.toThrow('full');
    await uses.save();
    const found = await server.context.db
      .selectFrom('repository_uses')
      .select('principal_id')
      .where('repository_id', '=', repository)
      .where('principal_id', 'in', [first ?? '', second ?? ''])
      .execute();
    expect(found).toEqual([{ principal_id: first }]);
  });
});

describe('the matrix', () => {
  it('tells who used what, where that is asked for', async () => {
    await stored();
    const token = await signIn(server, 'maya');
    const read = async (query: string) =>
      matrixSchema.parse((await call(server, `/v1/access/matrix?org=acme${query}`, { token })).body);
    expect((await read('')).used).toBeUndefined();
    const { used = [], principals, repositories } = await read('&used=true');
    const told = used.map(({ row, column, pulled, pushed }) => [
      `${principals[row]?.name ?? ''} ${repositories[column]?.name ?? ''}`,
      { pulled_at: pulled, pushed_at: pushed },
    ]);
    const rows = await server.context.db
      .selectFrom('repository_uses')
      .innerJoin('repositories', 'repositories.id', 'repository_id')
      .innerJoin('users', 'users.id', 'principal_id')
      .select(['full_name', 'username', 'pulled_at', 'pushed_at'])
      .execute();
    expect(rows.length).toBeGreaterThan(2);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(
        rows.map(({ full_name, username, ...times }) => [`${username} ${full_name}`, times]),
      ),
    );
  });
});

it('what was used of a repository goes with it', async () => {
  expect(Object.keys(await stored())).toContain('jonas acme/api');
  await server.context.write({}, (tx) =>
    tx.deleteFrom('repositories').where('full_name', '=', 'acme/api').execute(),
  );
  expect(Object.keys(await stored()).toSorted()).toEqual(['jonas acme/web', 'maya acme/web']);
});

describe('a server that stops', () => {
  it('writes what it holds, and nothing while nothing is used', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const other = await startLocalServer();
    try {
      const save = vi.spyOn(other.context.repositoryUses, 'save');
      vi.advanceTimersByTime(59_000);
      expect(save).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1000);
      expect(save).toHaveBeenCalledTimes(1);
      vi.advanceTimersByTime(120_000);
      expect(save).toHaveBeenCalledTimes(3);
      const client = await RepositoryClient.open(other, 'maya', 'acme/web');
      await client.putManifest('v1', await client.newImage('last'));
      await other.stop();
      expect(save).toHaveBeenCalledTimes(4);
    } finally {
      vi.useRealTimers();
    }
    // Nothing is held any more: a closed database would refuse it.
    await expect(other.context.repositoryUses.save()).resolves.toBeUndefined();
  });
});
