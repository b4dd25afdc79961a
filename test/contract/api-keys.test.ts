import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { apiKeyListSchema, apiKeySchema } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { CreateApiKeyRequest } from '../../contracts/server-api/kisenon/api-keys.ts';
import type { Project } from '../../contracts/server-api/kisenon/projects.ts';
import { maxApiKeys } from '../../reference-server/identity/api-key-changes.ts';
import { maxEnded } from '../../reference-server/identity/credential-room.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { bearerHeader } from '../support/credential-holders.ts';
import { followEvents } from '../support/event-stream.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { defaultBranch, newApiKey, newProject, setRole } from '../support/organization-samples.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import type { CallOptions, CallResult } from '../support/server-client.ts';

let server: LocalServer;
let maya: string;
let jonas: string;
let shop: Project;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
  jonas = await signIn(server, 'jonas');
  shop = await newProject(server, maya, 'shop');
});
afterAll(() => server.stop());
beforeEach(() => {
  vi.restoreAllMocks();
});

const send = (path: string, options: CallOptions) => call(server, `/v1/api-keys/${path}`, options);
const refusal = (result: CallResult) => [result.status, errorCode(result)];
const whoami = (token: string) => call(server, '/v1/whoami', { token });
const days = (count: number) => new Date(Date.now() + count * 24 * 3600_000).toISOString();

async function list(token: string, query = '') {
  return apiKeyListSchema.parse((await send(query, { token })).body);
}
const namesOf = async (token: string, query = '') =>
  (await list(token, query)).api_keys.map(({ name }) => name);

async function auditOf(action: string) {
  const { body } = await call(server, '/v1/audit?limit=50', { token: maya });
  const { events } = body as { events: { action: string; target: string; details: object }[] };
  return events.filter((event) => event.action === action);
}

describe('an API key', () => {
  it('is shown once, with a hash kept of it; left out, it is for everything its user may', async () => {
    const made = await newApiKey(server, jonas, { name: 'Build' });
    expect(made.secret).toMatch(/^nsk_[A-Za-z0-9_-]{43}$/);
    expect(made).toMatchObject({
      ...{ name: 'Build', org: 'acme', scope: { kind: 'org', targets: [] }, capability: 'read_write' },
      ...{ inert: false, creator: 'jonas', own: true, expires_at: null, last_used: null },
      prefix: made.secret.slice(0, 8),
    });
    const { secret, ...shown } = made;
    expect((await list(jonas)).api_keys[0]).toEqual(shown);
    const row = await server.context.db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', made.id)
      .executeTakeFirstOrThrow();
    expect(JSON.stringify(row)).not.toContain(secret.slice(8));
    expect((await whoami(secret)).body).toMatchObject({
      ...{ user: { username: 'jonas' }, org: 'acme', role: 'member' },
      auth: { method: 'api-key', key_id: made.id, scopes: ['read_write', 'org:acme'], expires_at: null },
    });
    expect(await auditOf('api-key.created')).toMatchObject([
      { target: made.id, details: { name: 'Build', scope: 'org', capability: 'read_write' } },
    ]);
    expect(JSON.stringify(await auditOf('api-key.created'))).not.toContain(secret.slice(8));
  });

  it('is for some projects or branches, which it names as long as they are there', async () => {
    const gone = await newProject(server, maya, 'gone');
    const main = await defaultBranch(server, maya, shop.id);
    const ofProjects = await newApiKey(server, jonas, {
      ...{ scope: { kind: 'project', ids: [gone.id, shop.id, gone.id] }, capability: 'agent' },
    });
    const targets = [
      { id: gone.id, name: 'gone' },
      { id: shop.id, name: 'shop' },
    ];
    expect(ofProjects.scope).toEqual({ kind: 'project', targets });
    const ofBranch = await newApiKey(server, jonas, { scope: { kind: 'branch', ids: [main.id] } });
    expect(ofBranch.scope).toEqual({ kind: 'branch', targets: [{ id: main.id, name: 'shop/main' }] });
    await call(server, `/v1/projects/${gone.id}`, { method: 'DELETE', token: maya });
    const later = (await list(jonas)).api_keys.find(({ id }) => id === ofProjects.id);
    expect(later?.inert).toBe(false);
    expect(later?.scope.targets.find(({ id }) => id === gone.id)?.name).toBeNull();
    const scopes = ['agent', `project:${shop.id}`];
    expect((await whoami(ofProjects.secret)).body).toMatchObject({ auth: { scopes, inert: false } });
  });

  it('is for what is in its organization alone', async () => {
    const priya = await signIn(server, 'priya');
    const foreign = await newProject(server, priya, 'foreign');
    const foreignBranch = await defaultBranch(server, priya, foreign.id);
    const none = { project: newId('prj'), branch: newId('br') };
    for (const [kind, id] of [
      ...([
        ['project', foreign.id],
        ['project', none.project],
      ] as const),
      ...([
        ['branch', foreignBranch.id],
        ['branch', none.branch],
      ] as const),
    ]) {
      const ids = kind === 'project' ? [shop.id, id] : [id];
      const refused = await send('', { token: maya, body: { name: 'x', scope: { kind, ids } } });
      expect(refusal(refused)).toEqual([404, 'not_found']);
    }
  });

  const bad: Record<string, () => object> = {
    'no name': () => ({}),
    'an empty name': () => ({ name: '' }),
    'a name of two lines': () => ({ name: 'a\nb' }),
    'a name that turns the text around': () => ({ name: 'a\u202Eb' }),
    'a name that is not seen': () => ({ name: '\u200B' }),
    'a name of 65 characters': () => ({ name: 'a'.repeat(65) }),
    'a very long name': () => ({ name: 'a'.repeat(60_000) }),
    'a field that is not known': () => ({ name: 'x', role: 'owner' }),
    'a user': () => ({ name: 'x', user_id: newId('u') }),
    'a scope without ids': () => ({ name: 'x', scope: { kind: 'project' } }),
    'a scope of nothing': () => ({ name: 'x', scope: { kind: 'project', ids: [] } }),
    'ids for the organization': () => ({ name: 'x', scope: { kind: 'org', ids: ['acme'] } }),
    'a branch as project': () => ({ name: 'x', scope: { kind: 'project', ids: [newId('br')] } }),
    '101 projects': () => ({
      ...{ name: 'x', scope: { kind: 'project', ids: Array.from({ length: 101 }, () => newId('prj')) } },
    }),
    'another scope': () => ({ name: 'x', scope: { kind: 'server' } }),
    'another capability': () => ({ name: 'x', capability: 'admin' }),
    'several capabilities': () => ({ name: 'x', capability: ['read', 'agent'] }),
    'an end in the past': () => ({ name: 'x', expires_at: days(-1) }),
    'an end now': () => ({ name: 'x', expires_at: new Date().toISOString() }),
    'an end that is no time': () => ({ name: 'x', expires_at: 'tomorrow' }),
    'an end that is null': () => ({ name: 'x', expires_at: null }),
  };
  it.each(Object.keys(bad))('is not made with %s', async (name) => {
    const refused = await send('', { token: maya, body: bad[name]?.() });
    expect(refusal(refused)).toEqual([400, 'invalid_request']);
  });

  it('may have a name in any script, which is kept as it is', async () => {
    const name = 'Grüße aus 東京 🚀 <b>&"';
    const { id } = await newApiKey(server, jonas, { name });
    expect((await list(jonas)).api_keys.find((key) => key.id === id)?.name).toBe(name);
    expect((await list(jonas, `?search=${encodeURIComponent('東京')}`)).api_keys).toHaveLength(1);
  });

  it('ends by itself, at its moment', async () => {
    const end = new Date(Date.now() + 3600_000);
    // However it is written.
    const expires_at = end.toISOString().replace(/\.\d+Z$/, 'Z');
    const { secret, id } = await newApiKey(server, jonas, { expires_at });
    const at = Date.parse(expires_at);
    expect((await list(jonas)).api_keys.find((key) => key.id === id)?.expires_at).toBe(
      new Date(at).toISOString(),
    );
    const now = vi.spyOn(server.context, 'now').mockImplementation(() => new Date(at - 1));
    expect((await whoami(secret)).status).toBe(200);
    now.mockImplementation(() => new Date(at));
    expect(refusal(await whoami(secret))).toEqual([401, 'key_revoked']);
    expect((await list(jonas)).api_keys.find((key) => key.id === id)).toBeUndefined();
  });

  it('is one of 500 of a member at most, of those that count', async () => {
    const priya = await signIn(server, 'priya');
    const { id } = await newApiKey(server, priya);
    const row = await server.context.db
      .selectFrom('api_keys')
      .selectAll()
      .where('id', '=', id)
      .executeTakeFirstOrThrow();
    await server.context.write({}, async (tx) => {
      for (let count = 1; count < maxApiKeys; count += 1) {
        const copy = { ...row, id: newId('key'), secret_hash: newId('key') };
        await tx.insertInto('api_keys').values(copy).execute();
      }
    });
    const refused = await send('', { token: priya, body: { name: 'one more' } });
    expect(refusal(refused)).toEqual([409, 'conflict']);
    expect((await send(id, { method: 'DELETE', token: priya })).status).toBe(204);
    expect((await send('', { token: priya, body: { name: 'one more' } })).status).toBe(201);

    // Of those that ended, the last ones are remembered.
    const mine = server.context.db
      .selectFrom('api_keys')
      .select('id')
      .where('user_id', '=', row.user_id)
      .where('revoked_at', 'is not', null);
    expect(await mine.execute()).toEqual([{ id }]);
    const revoked_at = days(1);
    await server.context.write({}, (tx) =>
      tx
        .updateTable('api_keys')
        .set({ revoked_at })
        .where('user_id', '=', row.user_id)
        .where('revoked_at', 'is', null)
        .execute(),
    );
    expect((await send('', { token: priya, body: { name: 'the last' } })).status).toBe(201);
    expect(await mine.where('id', '=', id).execute()).toEqual([]);
    expect(await mine.execute()).toHaveLength(maxEnded);
  });

  it('cannot be made by a viewer, nor by a bot', async () => {
    await setRole(server, 'jonas', 'viewer');
    const refused = await send('', { token: jonas, body: { name: 'x' } });
    expect(refusal(refused)).toEqual([403, 'role_insufficient']);
    await setRole(server, 'jonas', 'member');
  });

  it('has an address with and without the slash at its end', async () => {
    const made = await call(server, '/v1/api-keys', { token: maya, body: { name: 'slash' } });
    expect(made.status).toBe(201);
    expect((await call(server, '/v1/api-keys', { token: maya })).body).toEqual(
      (await call(server, '/v1/api-keys/', { token: maya })).body,
    );
  });
});

describe('the list', () => {
  it('shows admins all keys, others their own; each can be found and filtered', async () => {
    await server.context.write({}, (tx) => tx.deleteFrom('api_keys').execute());
    await newApiKey(server, jonas, { name: 'Alpha ci' });
    const soon = await newApiKey(server, jonas, { name: 'beta_CI', expires_at: days(13) });
    await newApiKey(server, maya, { name: 'gamma', expires_at: days(15) });
    expect(await namesOf(maya)).toEqual(['gamma', 'beta_CI', 'Alpha ci']);
    expect(await namesOf(jonas)).toEqual(['beta_CI', 'Alpha ci']);
    expect((await list(maya)).api_keys.map(({ creator, own }) => [creator, own])).toEqual([
      ...[
        ['maya', true],
        ['jonas', false],
        ['jonas', false],
      ],
    ]);
    expect(await namesOf(maya, '?search=CI')).toEqual(['beta_CI', 'Alpha ci']);
    expect(await namesOf(maya, '?search=a_C')).toEqual(['beta_CI']);
    expect(await namesOf(maya, '?search=jonas')).toEqual(['beta_CI', 'Alpha ci']);
    expect(await namesOf(maya, `?search=${soon.prefix}`)).toContain('beta_CI');
    expect(await namesOf(maya, '?filter=ends-soon')).toEqual(['beta_CI']);
    expect(await namesOf(maya, '?filter=never-used')).toEqual(['gamma', 'beta_CI', 'Alpha ci']);
    await whoami(soon.secret);
    expect(await namesOf(maya, '?filter=never-used')).toEqual(['gamma', 'Alpha ci']);
    expect(refusal(await send('?filter=else', { token: maya }))).toEqual([400, 'invalid_request']);
  });

  it('comes page by page, also where many were made in one moment and one went meanwhile', async () => {
    await server.context.write({}, (tx) => tx.deleteFrom('api_keys').execute());
    const now = new Date();
    vi.spyOn(server.context, 'now').mockImplementation(() => now);
    const made = [];
    for (let count = 0; count < 7; count += 1)
      made.push(await newApiKey(server, jonas, { name: String(count) }));
    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const page: Awaited<ReturnType<typeof list>> = await list(jonas, `?limit=2&after=${next}`);
      seen.push(...page.api_keys.map(({ id }) => id));
      next = page.next;
      if (seen.length === 2) await send(seen[1] ?? '', { method: 'DELETE', token: jonas });
    }
    expect(seen.toSorted()).toEqual(made.map(({ id }) => id).toSorted());
  });

  it('says what used a key last, from where and when, to the minute', async () => {
    const { secret, id } = await newApiKey(server, jonas, { name: 'used' });
    const began = Date.now();
    const now = vi.spyOn(server.context, 'now');
    const use = async (after: number, program: string) => {
      now.mockImplementation(() => new Date(began + after));
      await fetch(`${server.origin}/v1/whoami`, {
        headers: { ...bearerHeader(secret), 'user-agent': program },
      });
      return (await list(jonas)).api_keys.find((key) => key.id === id)?.last_used;
    };
    const first = { at: new Date(began).toISOString(), address: '127.0.0.1', program: 'curl/8.5' };
    expect(await use(0, 'curl/8.5')).toEqual(first);
    expect(await use(59_000, 'other/1')).toEqual(first);
    const later = await use(61_000, `a\u00ADb ${'x'.repeat(300)}`);
    expect(later?.at).toBe(new Date(began + 61_000).toISOString());
    expect(later?.program).toMatch(/^a\\u\{ad\}b x+…$/);
    expect(later?.program?.length).toBeLessThanOrEqual(100);
  });
});

describe('renaming and revoking', () => {
  it('is for the own keys, for admins all of the organization', async () => {
    const [own, other] = [await newApiKey(server, jonas), await newApiKey(server, maya)];
    const rename = (id: string, token: string) =>
      send(id, { method: 'PATCH', token, body: { name: 'renamed' } });
    expect(apiKeySchema.parse((await rename(own.id, jonas)).body).name).toBe('renamed');
    expect(refusal(await rename(other.id, jonas))).toEqual([404, 'not_found']);
    expect(refusal(await send(other.id, { method: 'DELETE', token: jonas }))).toEqual([404, 'not_found']);
    expect((await rename(own.id, maya)).body).toMatchObject({ creator: 'jonas', own: false });
    const priya = await signIn(server, 'priya');
    expect(refusal(await rename(own.id, priya))).toEqual([404, 'not_found']);
    expect((await send(own.id, { method: 'DELETE', token: maya })).status).toBe(204);
    expect(refusal(await send(own.id, { method: 'DELETE', token: maya }))).toEqual([404, 'not_found']);
    expect(refusal(await rename(own.id, maya))).toEqual([404, 'not_found']);
    expect(refusal(await whoami(own.secret))).toEqual([401, 'key_revoked']);
    expect((await auditOf('api-key.revoked'))[0]).toMatchObject({ target: own.id, actor_name: 'maya' });
  });

  const narrow: Record<string, () => Promise<Partial<CreateApiKeyRequest>>> = {
    'of an agent for a project': () =>
      Promise.resolve({ scope: { kind: 'project', ids: [shop.id] }, capability: 'agent' }),
    'that may read a branch': async () => {
      const { id } = await defaultBranch(server, maya, shop.id);
      return { scope: { kind: 'branch', ids: [id] }, capability: 'read' };
    },
    'that may read': () => Promise.resolve({ capability: 'read' }),
    'that has nothing left': async () => {
      const { id } = await newProject(server, maya, `p-${newId('prj').slice(4)}`);
      return { scope: { kind: 'project', ids: [id] } };
    },
  };
  it.each(Object.keys(narrow))('is for each key of itself, also one %s, and of no other', async (name) => {
    const request = (await narrow[name]?.()) ?? {};
    const [key, other] = [await newApiKey(server, maya, request), await newApiKey(server, maya)];
    if (name.includes('nothing') && request.scope !== undefined && 'ids' in request.scope) {
      await call(server, `/v1/projects/${request.scope.ids[0] ?? ''}`, { method: 'DELETE', token: maya });
    }
    const refused = await send(other.id, { method: 'DELETE', token: key.secret });
    expect(refused.status).toBe(403);
    const renamed = await send(key.id, { method: 'PATCH', token: key.secret, body: { name: 'mine' } });
    expect(renamed.status).toBe(403);
    expect((await send(key.id, { method: 'DELETE', token: key.secret })).status).toBe(204);
    expect(refusal(await whoami(key.secret))).toEqual([401, 'key_revoked']);
    expect((await whoami(other.secret)).status).toBe(200);
  });

  it('tells the holder and admins, and nobody else', async () => {
    await setRole(server, 'priya', 'viewer');
    const priya = await signIn(server, 'priya');
    const streams = await Promise.all(
      [jonas, maya, priya].map((token) => followEvents(server, '/v1/events', bearerHeader(token))),
    );
    const { id } = await newApiKey(server, jonas);
    await send(id, { method: 'PATCH', token: jonas, body: { name: 'told' } });
    await send(id, { method: 'DELETE', token: jonas });
    await newProject(server, maya, 'told-last');
    const [ofHolder, ofAdmin, ofViewer] = streams;
    for (const stream of [ofHolder, ofAdmin]) {
      for (const action of ['created', 'renamed', 'revoked']) {
        const data = { action, id, user_id: server.user('jonas').id };
        expect(await stream?.next()).toMatchObject({ type: 'api-key.changed.v1', data });
      }
    }
    expect((await ofViewer?.next())?.type).toBe('project.changed.v1');
    for (const stream of streams) stream.close();
    await setRole(server, 'priya', null);
  });
});
