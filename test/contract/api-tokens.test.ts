import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import { tokenScopes } from '../../contracts/server-api/artifact-keeper/scopes.ts';
import {
  apiTokenPattern,
  createdTokenSchema,
  ownTokensPath,
  tokenListSchema,
  tokensPathOf,
} from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { repositoryActions } from '../../reference-server/db/grant-columns.ts';
import { maxApiTokens } from '../../reference-server/access/api-token-changes.ts';
import { maxEnded } from '../../reference-server/identity/credential-room.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newApiKey, newJwt } from '../support/organization-samples.ts';
import { basicHeader } from '../support/registry-client.ts';
import { call, signIn } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';

let server: LocalServer;
let maya: string;
let jonas: string;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  maya = await signIn(server, 'maya');
  jonas = await signIn(server, 'jonas');
});
afterEach(() => {
  vi.restoreAllMocks();
});

const create = (token: string, body: object) =>
  call(server, ownTokensPath, { token, body: { name: 'CI', scopes: ['repository:read'], ...body } });
async function made(by: string, body: object = {}) {
  const answer = await create(by, body);
  expect(answer.status).toBe(201);
  return createdTokenSchema.parse(answer.body);
}
const revoke = (by: string, id: string) =>
  call(server, `${ownTokensPath}/${id}`, { method: 'DELETE', token: by });
const whoami = (token: string) => call(server, '/v1/whoami', { token });
const refusal = ({ status, body }: CallResult) => [status, artifactKeeperErrorSchema.parse(body).message];
const list = async (by: string, query = '') =>
  tokenListSchema.parse((await call(server, `${ownTokensPath}${query}`, { token: by })).body);
const audit = () =>
  server.context.db.selectFrom('audit_events').selectAll().orderBy('seq', 'desc').limit(5).execute();

async function repositoryId(name: string): Promise<string> {
  const { id } = await server.context.db
    .selectFrom('repositories')
    .select('id')
    .where('full_name', '=', name)
    .executeTakeFirstOrThrow();
  return id;
}

/** What a registry token says that it is for, bought by these credentials. */
async function bought(headers: Record<string, string>, name = 'acme/web'): Promise<string[]> {
  const response = await fetch(`${server.origin}/v2/token?scope=repository:${name}:pull,push,delete`, {
    headers,
  });
  expect(response.status).toBe(200);
  const { token } = (await response.json()) as { token: string };
  const payload = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();
  const { access } = JSON.parse(payload) as { access: { actions: string[] }[] };
  return access.flatMap(({ actions }) => actions);
}
const asPassword = (password: string) => basicHeader(server, { username: 'whoever', password });

describe('an API token', () => {
  it('is shown once; lists and the database have its first 8 characters alone', async () => {
    const { token, ...shown } = await made(jonas, { expires_at: '2127-12-31T23:59:59Z' });
    expect(token).toMatch(apiTokenPattern);
    const { items } = await list(jonas);
    expect(items[0]).toEqual(shown);
    expect(shown).toMatchObject({
      ...{ name: 'CI', prefix: token.slice(0, 8), scopes: ['repository:read'], repository_ids: null },
      ...{ expires_at: '2127-12-31T23:59:59.000Z', is_expired: false, last_used_at: null },
    });
    const rows = await server.context.db.selectFrom('api_tokens').selectAll().execute();
    expect(JSON.stringify([rows, await audit()])).not.toContain(token.slice(9));
    await revoke(jonas, shown.id);
  });

  it('is made, seen and revoked at the address of its user’s id as well, and by nobody else', async () => {
    const own = tokensPathOf(server.user('jonas').id);
    const body = { name: 'CI', scopes: ['repository:read'] };
    const { id } = createdTokenSchema.parse((await call(server, own, { token: jonas, body })).body);
    expect(tokenListSchema.parse((await call(server, own, { token: jonas })).body)).toEqual(
      await list(jonas),
    );
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ role: 'admin' }).where('username', '=', 'priya').execute(),
    );
    for (const token of [maya, await signIn(server, 'priya')]) {
      const tries = [{ token }, { token, body }, { token, method: 'DELETE', path: `${own}/${id}` }];
      for (const { path = own, ...options } of tries) {
        const refused = await call(server, path, options);
        expect([refused.status, artifactKeeperErrorSchema.parse(refused.body).code]).toEqual([
          403,
          'FORBIDDEN',
        ]);
      }
    }
    expect((await call(server, `${own}/${id}`, { token: jonas, method: 'DELETE' })).status).toBe(204);
    expect((await list(jonas)).items).toEqual([]);
  });

  it('takes both spellings of scopes and of an end', async () => {
    const scopes = ['read:artifacts', 'write:repositories', 'repository:read'];
    const now = Date.now();
    vi.spyOn(server.context, 'now').mockImplementation(() => new Date(now));
    const { id, ...shown } = await made(jonas, { scopes, expires_in_days: 30 });
    expect(shown.scopes).toEqual(['repository:read', 'repository:write']);
    expect(shown.expires_at).toBe(new Date(now + 30 * 86_400_000).toISOString());
    await revoke(jonas, id);
  });

  it.each([
    ['no scope', { scopes: [] }, 'scopes'],
    ['a scope that there is not', { scopes: ['write'] }, 'here is no scope "write"'],
    ['a scope in capitals', { scopes: ['Repository:read'] }, 'here is no scope'],
    ['a scope of every object', { scopes: ['constructor'] }, 'here is no scope'],
    ['an end that is past', { expires_at: '2020-01-01T00:00:00Z' }, 'Must be in the future'],
    ['no days', { expires_in_days: 0 }, 'expires_in_days'],
    ['more days than ten years', { expires_in_days: 3651 }, 'expires_in_days'],
    ['two ends', { expires_in_days: 1, expires_at: '2127-01-01T00:00:00Z' }, 'not both'],
    ['repositories that are none', { repository_ids: [] }, 'leave it out for all'],
    ['101 repositories', { repository_ids: Array.from({ length: 101 }, String) }, 'repository_ids'],
    ['an empty name', { name: '' }, 'name'],
    ['something unknown', { admin: true }, 'admin'],
  ])('with %s is refused', async (_, body, words) => {
    const answer = await create(jonas, body);
    expect(refusal(answer)).toEqual([400, expect.stringContaining(words)]);
  });

  it.each(['admin', '*', 'write:users'])('with the scope %s is for administrators to make', async (scope) => {
    const named = scope === '*' ? 'admin' : scope;
    const answer = await create(jonas, { scopes: ['repository:read', scope] });
    expect(refusal(answer)).toEqual([403, expect.stringContaining(`the scope ${named}.`)]);
  });

  it('is not for repositories that its user may not read, or that are not there', async () => {
    const hidden = await server.context.db.selectFrom('repositories').selectAll().execute();
    const seen = await call(server, '/v1/repos?limit=100', { token: jonas });
    const names = (seen.body as { repositories: { name: string }[] }).repositories.map(({ name }) => name);
    const foreign = hidden.find(({ full_name }) => !names.includes(full_name))?.id ?? '';
    expect(foreign).not.toBe('');
    for (const id of [foreign, 'r_none']) {
      const answer = await create(jonas, { repository_ids: [await repositoryId('acme/web'), id] });
      expect(refusal(answer)).toEqual([404, `The repository ${id} was not found.`]);
    }
  });

  it('is made by a session alone: no token, key or server JWT makes one', async () => {
    const { token, id } = await made(maya, { scopes: ['repository:admin'] });
    for (const by of [token, (await newApiKey(server, maya)).secret, await newJwt(server, 'maya')]) {
      expect((await create(by, {})).status).toBe(403);
      expect((await revoke(by, id)).status).toBe(403);
    }
    await revoke(maya, id);
  });

  it('is one of 500 that a user may have, listed by pages', async () => {
    const priya = await signIn(server, 'priya');
    const { id: user_id } = server.user('priya');
    const { id: first } = await made(priya);
    const [row] = await server.context.db
      .selectFrom('api_tokens')
      .selectAll()
      .where('id', '=', first)
      .execute();
    if (row === undefined) throw new Error('There is no token.');
    const more = Array.from({ length: maxApiTokens - 1 }, (_, index) => ({
      ...{ ...row, id: `tok_${String(index)}`, user_id, secret_hash: String(index) },
    }));
    await server.context.write({}, (tx) => tx.insertInto('api_tokens').values(more).execute());
    expect(refusal(await create(priya, {}))).toEqual([409, expect.stringContaining('Revoke one first')]);
    const page = await list(priya, '?page=6&per_page=99');
    expect(page.items).toHaveLength(5);
    expect(page.pagination).toEqual({ page: 6, per_page: 99, total: 500, total_pages: 6 });
    expect((await list(priya, '?per_page=1000')).pagination.per_page).toBe(100);
    expect((await revoke(priya, first)).status).toBe(204);
    expect((await create(priya, {})).status).toBe(201);
    // Of those that have ended, the last ones are remembered.
    const revoked_at = '2026-01-01T00:00:00.000Z';
    await server.context.write({}, (tx) =>
      tx.updateTable('api_tokens').set({ revoked_at }).where('user_id', '=', user_id).execute(),
    );
    await made(priya);
    const rows = await server.context.db.selectFrom('api_tokens').selectAll().execute();
    expect(rows.filter((each) => each.user_id === user_id)).toHaveLength(maxEnded + 1);
  });
});

async function setRole(role: 'admin' | 'user'): Promise<void> {
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set({ role }).where('username', '=', 'maya').execute(),
  );
}

describe('every way to send a token', () => {
  it.each<[string, (token: string) => Record<string, string>]>([
    ['Bearer', (token) => ({ authorization: `Bearer ${token}` })],
    ['Token', (token) => ({ authorization: `Token ${token}` })],
    ['ApiKey', (token) => ({ authorization: `ApiKey ${token}` })],
    ['X-API-Key', (token) => ({ 'x-api-key': token })],
  ])('under /api/v1: %s', async (_, headers) => {
    const { token, id } = await made(jonas);
    const me = () => fetch(`${server.origin}/api/v1/auth/me`, { headers: headers(token) });
    const answer = await me();
    expect([answer.status, await answer.json()]).toMatchObject([200, { username: 'jonas' }]);
    await revoke(jonas, id);
    expect((await me()).status).toBe(401);
  });

  it('under /v1 is Bearer alone, for repositories and who one is', async () => {
    await setRole('admin');
    const { token, id } = await made(maya, { scopes: ['*'] });
    expect((await whoami(token)).body).toMatchObject({
      user: { username: 'maya' },
      auth: { method: 'api-token', key_id: id, scopes: ['admin'], expires_at: null },
    });
    expect((await call(server, '/v1/orgs', { token })).status).toBe(403);
    await setRole('user');
    const byKey = await fetch(`${server.origin}/v1/whoami`, { headers: { 'x-api-key': token } });
    expect(byKey.status).toBe(401);
    await revoke(maya, id);
  });

  it('at the registry is a password for any user name, and Bearer', async () => {
    const { token, id } = await made(maya, { scopes: ['repository:read', 'repository:write'] });
    expect(await bought(asPassword(token))).toEqual(['pull', 'push']);
    expect(await bought({ authorization: `Bearer ${token}` })).toEqual(['pull', 'push']);
    await revoke(maya, id);
  });
});

const groups = '/api/v1/groups';
const permissions = '/api/v1/permissions';
const ofWeb = `${permissions}?repository_id=acme/web`;
const jonasPath = () => `/api/v1/users/${server.user('jonas').id}`;
const change = (token: string) => ({ method: 'PATCH', token, body: { display_name: 'Jonas' } });
let madeGroups = 0;
const newGroup = () => ({ name: `by-token-${String((madeGroups += 1))}` });

describe('what a token may do', () => {
  const ways = { pull: 'read', push: 'write', delete: 'delete' } as const;

  it('is what its scopes name, in its repositories, as far as its user may', async () => {
    const web = await repositoryId('acme/web');
    const api = await repositoryId('acme/api');
    for (const scope of tokenScopes.filter((each) => !['admin', 'write:users'].includes(each))) {
      for (const repositories of [null, [web], [api]]) {
        for (const [by, rights] of [
          [maya, repositoryActions],
          [jonas, ['read']],
        ] as const) {
          const ofApi = repositories?.includes(api) === true;
          // Jonas may not read it.
          if (ofApi && by === jonas) continue;
          const { token, id } = await made(by, { scopes: [scope], repository_ids: repositories });
          const named = (action: string) => scope === 'repository:admin' || scope === `repository:${action}`;
          const expected = Object.entries(ways)
            .filter(([, action]) => !ofApi && named(action) && rights.includes(action as 'read'))
            .map(([way]) => way);
          expect([scope, await bought(asPassword(token))]).toEqual([scope, expected]);
          await revoke(by, id);
        }
      }
    }
  });

  it('leaves public repositories to be read', async () => {
    await server.context.write({}, (tx) =>
      tx.updateTable('repositories').set({ public: 1 }).where('full_name', '=', 'acme/api').execute(),
    );
    const { token, id } = await made(jonas, { repository_ids: [await repositoryId('acme/web')] });
    expect(await bought(asPassword(token), 'acme/api')).toEqual(['pull']);
    const { body } = await call(server, '/v1/repos', { token });
    expect(body).toMatchObject({
      repositories: [{ name: 'acme/api' }, { name: 'acme/base' }, { name: 'acme/web', actions: ['read'] }],
    });
    await server.context.write({}, (tx) =>
      tx.updateTable('repositories').set({ public: 0 }).where('full_name', '=', 'acme/api').execute(),
    );
    await revoke(jonas, id);
  });

  it('shrinks with the rights of its user, also what was bought before', async () => {
    const { token, id } = await made(jonas);
    const grants = await server.context.db
      .selectFrom('grants')
      .selectAll()
      .where('principal_id', '=', server.user('jonas').id)
      .execute();
    const manifests = await fetch(`${server.origin}/v2/token?scope=repository:acme/web:pull`, {
      headers: asPassword(token),
    });
    const { token: old } = (await manifests.json()) as { token: string };
    const tags = () =>
      fetch(`${server.origin}/v2/acme/web/tags/list`, { headers: { authorization: `Bearer ${old}` } });
    expect((await tags()).status).toBe(200);
    await server.context.write({}, (tx) =>
      tx.deleteFrom('grants').where('principal_id', '=', server.user('jonas').id).execute(),
    );
    expect((await tags()).status).toBe(404);
    expect(await bought(asPassword(token))).toEqual([]);
    await server.context.write({}, (tx) => tx.insertInto('grants').values(grants).execute());
    await revoke(jonas, id);
  });

  /** What is asked for, by which scopes beside admin, and whether an owner of an organization may as well. */
  const asks: [string, (token: string) => Promise<CallResult>, string, boolean][] = [
    ['see users', (token) => call(server, '/api/v1/users', { token }), 'read:users', false],
    ['see groups', (token) => call(server, groups, { token }), 'read:users', true],
    ['change users', (token) => call(server, jonasPath(), change(token)), 'write:users', false],
    ['make groups', (token) => call(server, groups, { token, body: newGroup() }), 'write:users', false],
    ['see all permissions', (token) => call(server, permissions, { token }), '', false],
    ['see those of a repository', (token) => call(server, ofWeb, { token }), 'repository:admin', true],
    ['see the audit log', (token) => call(server, '/api/v1/admin/audit', { token }), '', true],
  ];
  it.each(asks)('is to %s for an administrator by one scope, and by admin', async (_, ask, named, owners) => {
    await setRole('admin');
    for (const scope of tokenScopes) {
      const { token, id } = await made(maya, { scopes: [scope] });
      const isNamed = scope === 'admin' || scope === named;
      expect([scope, (await ask(token)).status < 300]).toEqual([scope, isNamed]);
      await setRole('user');
      const { status } = await ask(token);
      expect([scope, status < 300 || status]).toEqual([scope, (isNamed && owners) || 403]);
      await setRole('admin');
      await revoke(maya, id);
    }
    await setRole('user');
  });

  it('to who can use a repository needs repository:admin', async () => {
    const path = '/v1/repos/acme/web/authorizations';
    const [reader, admin] = [await made(maya), await made(maya, { scopes: ['repository:admin'] })];
    expect(await call(server, path, { token: reader.token })).toMatchObject({
      status: 403,
      body: {
        error: { code: 'scope_insufficient', message: expect.stringContaining('repository:admin') as string },
      },
    });
    expect((await call(server, path, { token: admin.token })).status).toBe(200);
    const body = { email: 'priya@northwind.example', permission: 'reader' };
    expect((await call(server, path, { token: admin.token, body })).status).toBe(201);
    expect(JSON.parse((await audit())[0]?.details ?? '{}')).toMatchObject({ api_token: admin.id });
    for (const { id } of [reader, admin]) await revoke(maya, id);
  });
});

describe('a token that is used', () => {
  it('says when, from where and by what, to the minute', async () => {
    const { token, id } = await made(jonas);
    const use = (program: string) =>
      fetch(`${server.origin}/v1/whoami`, {
        headers: { authorization: `Bearer ${token}`, 'user-agent': program },
      });
    const time = Date.now();
    const at = (seconds: number) =>
      vi.spyOn(server.context, 'now').mockImplementation(() => new Date(time + seconds * 1000));
    const seen = async () => (await list(jonas)).items.find((each) => each.id === id);
    at(1);
    await use('first/1');
    expect(await seen()).toMatchObject({
      ...{ last_used_at: new Date(time + 1000).toISOString(), last_used_ip: '127.0.0.1' },
      last_used_user_agent: 'first/1',
    });
    at(30);
    await use('second/1');
    expect(await seen()).toMatchObject({ last_used_user_agent: 'first/1' });
    at(62);
    await use('third/1');
    expect(await seen()).toMatchObject({ last_used_user_agent: 'third/1' });
    await revoke(jonas, id);
  });

  it('is gone at once when it is revoked, and once alone; others’ tokens are none', async () => {
    const { token, id } = await made(jonas);
    expect((await revoke(maya, id)).status).toBe(404);
    expect((await whoami(token)).status).toBe(200);
    expect((await revoke(jonas, id)).status).toBe(204);
    expect((await revoke(jonas, id)).status).toBe(404);
    expect((await whoami(token)).body).toMatchObject({
      error: { code: 'key_revoked', message: expect.stringContaining('was revoked') as string },
    });
    expect((await list(jonas)).items.map((each) => each.id)).not.toContain(id);
    const [refused, revoked] = await audit();
    expect(revoked).toMatchObject({ action: 'api-token.revoked', target: id });
    expect(refused).toMatchObject({ action: 'auth.api_token_refused', target: id, actor_name: 'jonas' });
  });

  it('is refused at its end, and where nobody was given it, each with its reason', async () => {
    const { token, id } = await made(jonas, { expires_in_days: 1 });
    const later = new Date(Date.now() + 86_400_000);
    vi.spyOn(server.context, 'now').mockImplementation(() => later);
    expect((await whoami(token)).body).toMatchObject({
      error: { message: expect.stringContaining('has come to its end') as string },
    });
    vi.restoreAllMocks();
    await revoke(jonas, id);
    const unknown = `${randomBytes(4).toString('hex')}_${randomBytes(32).toString('hex')}`;
    expect((await whoami(unknown)).status).toBe(401);
    expect((await audit())[0]).toMatchObject({ action: 'auth.api_token_refused', target: null });
    for (let tries = 0; tries < 20; tries += 1) await whoami(unknown);
    expect((await whoami(unknown)).status).toBe(429);
    server.context.tokenRefusals.forget('unknown API tokens 127.0.0.1');
  });

  it('does nothing for an account with a password that was given to it', async () => {
    const { token, id } = await made(jonas);
    const set = (must_change_password: 0 | 1) =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ must_change_password }).where('username', '=', 'jonas').execute(),
      );
    await set(1);
    expect((await call(server, '/v1/repos', { token })).status).toBe(428);
    const at = await fetch(`${server.origin}/v2/token`, { headers: asPassword(token) });
    expect(at.status).toBe(428);
    await set(0);
    await revoke(jonas, id);
  });
});
