import { randomUUID } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { verifyAudit } from '../../reference-server/audit/audit-log.ts';
import { loadServerSecrets } from '../../reference-server/auth/server-secrets.ts';
import { maxOpenUploads } from '../../reference-server/registry/upload-records.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { call, registerTestKey, signIn } from '../support/server-client.ts';
import type { CallOptions, CallResult } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

const bots = '/v1/orgs/acme/bots';
const grants = '/v1/repos/acme/api/authorizations';

let server: LocalServer;
let maya: string;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
});
afterAll(() => server.stop());
/** Whatever is done at once, the log tells of it in one order, without a gap. */
afterEach(async () => {
  expect(await verifyAudit(server.context.db)).toMatchObject({ valid: true });
});

/** The same request so often at the same time; how many answers had each status. */
async function atOnce(times: number, path: string, options: CallOptions): Promise<Record<number, number>> {
  return statuses(await Promise.all(Array.from({ length: times }, () => call(server, path, options))));
}

function statuses(results: readonly CallResult[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of results) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function events(action: string) {
  return server.context.db
    .selectFrom('audit_events')
    .selectAll()
    .where('action', '=', action)
    .where('outcome', '=', 'success')
    .orderBy('seq')
    .execute();
}

describe('of requests that come at the same time', () => {
  it('one registers a key, by one use of its token', async () => {
    const key = await newTestKey();
    const { id } = server.user('maya');
    const token = await key.registrationToken(id, server.origin);
    const body = { registration_token: token };
    expect(await atOnce(10, '/v1/keys', { token: maya, body })).toEqual({ 201: 1, 409: 9 });
    const registered = (await events('key.registered')).filter(({ target }) => target === key.kid);
    expect(registered).toHaveLength(1);
  });

  it('one registers a key, whoever has a token of it', async () => {
    const key = await newTestKey();
    const jonas = await signIn(server, 'jonas');
    const results = await Promise.all(
      [maya, jonas, maya, jonas].map(async (token) => {
        const { id } = server.user(token === maya ? 'maya' : 'jonas');
        const body = { registration_token: await key.registrationToken(id, server.origin) };
        return call(server, '/v1/keys', { token, body });
      }),
    );
    expect(statuses(results)).toEqual({ 201: 1, 409: 3 });
  });

  it('as many register keys as there is room for', async () => {
    const { id } = server.user('priya');
    const session = await signIn(server, 'priya');
    const results = await Promise.all(
      Array.from({ length: 56 }, async () => {
        const body = { registration_token: await (await newTestKey()).registrationToken(id, server.origin) };
        return call(server, '/v1/keys', { token: session, body });
      }),
    );
    expect(statuses(results)).toEqual({ 201: 50, 409: 6 });
    const { keys } = (await call(server, '/v1/keys', { token: session })).body as { keys: unknown[] };
    expect(keys).toHaveLength(50);
  });

  it('one rotates a key, and none after it was revoked', async () => {
    for (let round = 0; round < 8; round += 1) {
      const [old, next] = [await newTestKey(), await newTestKey()];
      await registerTestKey(server, 'maya', old);
      const { id } = server.user('maya');
      const body = {
        registration_token: await next.registrationToken(id, server.origin),
        rotation_token: await old.rotationToken(id, server.origin, next.kid),
      };
      const revoke = () => call(server, `/v1/keys/${old.kid}`, { method: 'DELETE', token: maya });
      const [rotated] = await Promise.all([
        Promise.all(Array.from({ length: 3 }, () => call(server, '/v1/keys/rotate', { body }))),
        revoke(),
      ]);
      expect(rotated.filter(({ status }) => status === 201).length).toBeLessThanOrEqual(1);
      const revoked = (await events('key.revoked')).find(({ target }) => target === old.kid);
      const succeeded = (await events('key.rotated')).filter(({ target }) => target === next.kid);
      expect(succeeded).toHaveLength(rotated.filter(({ status }) => status === 201).length);
      for (const { seq } of succeeded) expect(seq).toBeLessThan(revoked?.seq ?? 0);
    }
  });

  it('one makes a bot of a name', async () => {
    expect(await atOnce(10, bots, { token: maya, body: { name: 'ci' } })).toEqual({ 201: 1, 409: 9 });
    expect(await events('bot.created')).toHaveLength(1);
  });

  it('the first authorization is new, and one stays', async () => {
    const body = { email: server.user('priya').email, permission: 'writer' };
    expect(await atOnce(10, grants, { token: maya, body })).toEqual({ 200: 9, 201: 1 });
    const { authorizations } = (await call(server, grants, { token: maya })).body as {
      authorizations: { id: string; user?: { username: string } }[];
    };
    const mine = authorizations.filter(({ user }) => user?.username === 'priya');
    const last = (await events('grant.set')).at(-1);
    expect(mine.map(({ id }) => id)).toEqual([(JSON.parse(last?.details ?? '') as { grant: string }).grant]);
  });

  it('a bot that is deleted meanwhile keeps no key and no authorization', async () => {
    for (let round = 0; round < 8; round += 1) {
      const name = `bot-${String(round)}`;
      const { body } = await call(server, bots, { token: maya, body: { name } });
      const { id } = body as { id: string };
      const token = await (await newTestKey()).registrationToken(`bot:acme/${name}`, server.origin);
      await Promise.all([
        call(server, grants, { token: maya, body: { bot: name, permission: 'writer' } }),
        call(server, `${bots}/${name}/keys`, { token: maya, body: { registration_token: token } }),
        call(server, `${bots}/${name}`, { method: 'DELETE', token: maya }),
      ]);
      const { db } = server.context;
      expect(await db.selectFrom('grants').select('id').where('principal_id', '=', id).execute()).toEqual([]);
      expect(
        await db
          .selectFrom('public_keys')
          .select('kid')
          .where('principal_id', '=', id)
          .where('revoked_at', 'is', null)
          .execute(),
      ).toEqual([]);
    }
  });

  it('the first push makes a repository, and the others use it', async () => {
    const client = await RepositoryClient.open(server, 'maya', 'acme/new');
    const begun = await Promise.all(
      Array.from({ length: 10 }, () => client.send('blobs/uploads/', { method: 'POST' })),
    );
    expect(begun.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 202));
    expect(await events('repository.created')).toHaveLength(1);
  });

  it('one moves a tag from where it was', async () => {
    const client = await RepositoryClient.open(server, 'maya', 'acme/web');
    const digestOf = async () => (await client.send('manifests/raced')).headers.get('docker-content-digest');
    await client.putManifest('raced', await client.newImage('raced'));
    const from = { 'if-match': `"${(await digestOf()) ?? ''}"` };
    const images = await Promise.all(
      Array.from({ length: 8 }, (_, index) => client.newImage(`raced ${String(index)}`)),
    );
    const results = await Promise.all(
      images.map(async (image) => {
        const body = JSON.stringify(image);
        const headers = { ...from, 'content-type': image.mediaType };
        const { status } = await client.send('manifests/raced', { method: 'PUT', headers, body });
        return { status, digest: sha256(Buffer.from(body)) };
      }),
    );
    const won = results.filter(({ status }) => status === 201);
    expect(won.map(({ digest }) => digest)).toEqual([await digestOf()]);
    expect(results.filter(({ status }) => status === 412)).toHaveLength(7);
  });

  it('as many begin uploads as one may have', async () => {
    const client = await RepositoryClient.open(server, 'maya', 'acme/web');
    const begin = (times: number) =>
      Promise.all(Array.from({ length: times }, () => client.send('blobs/uploads/', { method: 'POST' })));
    await begin(1);
    // All are Maya's.
    const held = await server.context.db.selectFrom('registry_uploads').selectAll().execute();
    const [upload] = held;
    if (upload === undefined) throw new Error('there is no upload');
    const more = Array.from({ length: maxOpenUploads - 5 - held.length }, () => ({
      ...upload,
      id: randomUUID(),
    }));
    await server.context.write({}, (tx) => tx.insertInto('registry_uploads').values(more).execute());
    expect((await begin(10)).map(({ status }) => status).sort()).toEqual([
      ...Array.from({ length: 5 }, () => 202),
      ...Array.from({ length: 5 }, () => 429),
    ]);
  });

  it('all starts of a server take the same secret', async () => {
    await server.context.write({}, (tx) => tx.deleteFrom('server_secrets').execute());
    const loaded = await Promise.all(Array.from({ length: 5 }, () => loadServerSecrets(server.context)));
    const keys = loaded.map(({ registryTokenKey }) => Buffer.from(registryTokenKey).toString('base64url'));
    expect(new Set(keys).size).toBe(1);
  });

  it('every change counts', async () => {
    const count = async () =>
      (await server.context.db.selectFrom('changes').select('count').executeTakeFirstOrThrow()).count;
    const before = await count();
    const change = () =>
      server.context.write({}, (_tx, audit) => {
        audit({ action: 'test.happened', outcome: 'success' });
      });
    await Promise.all(Array.from({ length: 50 }, change));
    expect(await count()).toBe(before + 50);
    expect(await events('test.happened')).toHaveLength(50);
  });
});

describe('a form without the token of its page', () => {
  it('does nothing either when its sender hangs up before the refusal is there', async () => {
    const key = await newTestKey();
    await registerTestKey(server, 'maya', key);
    const { host, port, hostname } = new URL(server.origin);
    const body = '_csrf=guessed';
    const socket = connect(Number(port), hostname);
    const gate = new EventEmitter();
    // The refusal, a page with the user's keys, has to wait for the database.
    const held = server.context.write({}, () => once(gate, 'open'));
    socket.write(
      [
        `POST /dashboard/keys/${key.kid}/revoke HTTP/1.1`,
        `Host: ${host}`,
        `Origin: ${server.origin}`,
        `Cookie: keyhold_session_${port}=${maya}`,
        'Content-Type: application/x-www-form-urlencoded',
        `Content-Length: ${String(body.length)}`,
        '',
        body,
      ].join('\r\n'),
    );
    const roundTrip = async () => {
      const { status } = await call(server, '/v1/whoami', {});
      expect(status).toBe(401);
    };
    await once(socket, 'connect');
    await roundTrip();
    socket.resetAndDestroy();
    // By then the server has seen the end of the other connection.
    for (let times = 0; times < 3; times += 1) await roundTrip();
    gate.emit('open');
    await held;
    for (let times = 0; times < 3; times += 1) await roundTrip();
    expect((await events('key.revoked')).filter(({ target }) => target === key.kid)).toEqual([]);
  });
});
