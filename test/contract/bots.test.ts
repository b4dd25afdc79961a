import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditPageSchema } from '../../contracts/server-api/audit.ts';
import {
  authorizationsPath,
  grantListSchema,
  grantSchema,
} from '../../contracts/server-api/authorizations.ts';
import { botListSchema, botSchema, botsPath } from '../../contracts/server-api/bots.ts';
import { repositoriesPath, repositoryListSchema } from '../../contracts/server-api/repositories.ts';
import { whoamiSchema } from '../../contracts/server-api/whoami.ts';
import { startLocalServer } from '../support/local-server.ts';
import { RepositoryClient, registryError } from '../support/registry-client.ts';
import { call, errorCode, registerTestKey, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey } from '../support/test-key.ts';
import type { TestKey } from '../support/test-key.ts';

const bots = botsPath('acme');
const web = authorizationsPath('acme/web');

let server: TestServer;
let maya: string;
let name: string;
let subject: string;
let key: TestKey;
let made = 0;
beforeAll(async () => {
  server = await startLocalServer();
  maya = await signIn(server, 'maya');
  const owner = await RepositoryClient.open(server, 'maya', 'acme/web');
  await owner.putManifest('v1', await owner.newImage('web'));
});
afterAll(() => server.stop());
beforeEach(async () => {
  made += 1;
  name = `bot-${String(made)}`;
  subject = `bot:acme/${name}`;
  key = await newTestKey();
  expect((await call(server, bots, { token: maya, body: { name } })).status).toBe(201);
});

async function register(body?: string) {
  const token = body ?? (await key.registrationToken(subject, server.origin, { claims: { name: 'Build' } }));
  return call(server, `${bots}/${name}/keys`, { token: maya, body: { registration_token: token } });
}

async function authorize(permission: string, terms: Record<string, unknown> = {}): Promise<string> {
  const { status, body } = await call(server, web, {
    token: maya,
    body: { bot: name, permission, ...terms },
  });
  expect(status).toBe(201);
  return grantSchema.parse(body).id;
}

async function asBot(): Promise<RepositoryClient> {
  const password = await key.apiToken(subject, server.origin);
  return RepositoryClient.open(server, { username: 'bot', password }, 'acme/web');
}

const push = (client: RepositoryClient) => client.send('blobs/uploads/', { method: 'POST' });

describe('a bot', () => {
  it('is made, given a key and an authorization, listed with both, and deleted with both', async () => {
    const registered = await register();
    expect(registered.status).toBe(201);
    expect(registered.body).toMatchObject({ kid: key.kid, name: 'Build' });
    await authorize('reader');

    const { bots: listed } = botListSchema.parse((await call(server, bots, { token: maya })).body);
    expect(listed.find((bot) => bot.name === name)).toMatchObject({
      org: 'acme',
      subject,
      created_by: 'maya',
      keys: [{ kid: key.kid, name: 'Build', last_used_at: null }],
      authorizations: [{ repository: 'acme/web', permission: 'reader', expires_at: null }],
    });

    const token = await key.apiToken(subject, server.origin);
    expect((await call(server, '/v1/whoami', { token })).status).toBe(200);
    expect((await call(server, `${bots}/${name}`, { method: 'DELETE', token: maya })).status).toBe(204);
    const after = await call(server, '/v1/whoami', { token });
    expect([after.status, errorCode(after)]).toEqual([401, 'key_revoked']);
    const { authorizations } = grantListSchema.parse((await call(server, web, { token: maya })).body);
    expect(authorizations.filter(({ bot }) => bot?.name === name)).toEqual([]);
    const again = await call(server, `${bots}/${name}`, { method: 'DELETE', token: maya });
    expect([again.status, errorCode(again)]).toEqual([404, 'not_found']);
  });

  it('says who it is, sees its repositories and belongs to no organization’s people', async () => {
    await register();
    await authorize('writer');
    const token = await key.apiToken(subject, server.origin);
    const who = whoamiSchema.parse((await call(server, '/v1/whoami', { token })).body);
    expect(who).toMatchObject({
      bot: { org: 'acme', name, subject },
      org: 'acme',
      role: null,
      auth: { method: 'key', kid: key.kid },
    });
    expect(who.user).toBeUndefined();
    const { repositories } = repositoryListSchema.parse(
      (await call(server, repositoriesPath, { token })).body,
    );
    expect(repositories).toContainEqual({ name: 'acme/web', public: false, actions: ['read', 'write'] });
    expect(repositories.map((repository) => repository.name)).not.toContain('acme/api');
    expect((await call(server, bots, { token })).status).toBe(404);
    expect((await call(server, web, { token })).status).toBe(403);
  });

  it('does nothing without an authorization, and what it was given ends at once when it is taken away', async () => {
    await register();
    expect(await registryError(await (await asBot()).send('manifests/v1'))).toMatchObject({ status: 404 });

    const reader = await authorize('reader');
    const pulls = await asBot();
    expect((await pulls.send('manifests/v1')).status).toBe(200);
    expect(await registryError(await push(pulls))).toMatchObject({ status: 403, code: 'DENIED' });
    expect((await call(server, `${web}/${reader}`, { method: 'DELETE', token: maya })).status).toBe(204);
    // The same token as before: its holder has lost the right.
    expect((await pulls.send('manifests/v1')).status).toBe(404);

    await authorize('writer');
    const pushes = await asBot();
    expect((await pushes.putManifest('ci', await pushes.newImage(name))).status).toBe(201);
    expect((await call(server, `${bots}/${name}`, { method: 'DELETE', token: maya })).status).toBe(204);
    expect((await push(pushes)).status).toBe(401);
  });

  it('gets no new registry token once its key is revoked by itself or by an admin', async () => {
    await register();
    await authorize('reader');
    const byItself = await key.apiToken(subject, server.origin);
    expect((await call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token: byItself })).status).toBe(
      204,
    );
    await expect(asBot()).rejects.toThrow('401');

    key = await newTestKey();
    await register();
    await asBot();
    const path = `${bots}/${name}/keys/${key.kid}`;
    expect((await call(server, path, { method: 'DELETE', token: maya })).status).toBe(204);
    await expect(asBot()).rejects.toThrow('401');
    expect((await call(server, path, { method: 'DELETE', token: maya })).status).toBe(404);
  });

  it('leaves its name to a new bot, which its keys do not sign for', async () => {
    await register();
    await call(server, `${bots}/${name}`, { method: 'DELETE', token: maya });
    const second = await call(server, bots, { token: maya, body: { name } });
    expect(second.status).toBe(201);
    expect(botSchema.parse(second.body)).toMatchObject({ keys: [], authorizations: [] });
    const token = await key.apiToken(subject, server.origin);
    expect((await call(server, '/v1/whoami', { token })).status).toBe(401);
    expect(errorCode(await register())).toBe('conflict');
  });

  it.each([
    ['a taken name', () => ({ name }), 409],
    ['upper case', () => ({ name: 'CI' }), 400],
    ['a path', () => ({ name: '../ci' }), 400],
    ['no name', () => ({ name: '' }), 400],
    ['a long name', () => ({ name: 'x'.repeat(41) }), 400],
    ['an unknown field', () => ({ name: 'other', admin: true }), 400],
  ])('is not made with %s', async (_what, body, status) => {
    expect((await call(server, bots, { token: maya, body: body() })).status).toBe(status);
  });
});

describe('a bot’s key', () => {
  it.each([
    ['for another bot', 'bot:acme/other', 400, 'registration_token_wrong_user'],
    ['for a bot of another organization', 'bot:northwind/ci', 400, 'registration_token_wrong_user'],
    ['for a person', 'u_aaaaaaaaaaaaaaaa', 400, 'registration_token_wrong_user'],
    ['for nobody', 'bot:acme', 400, 'registration_token_wrong_user'],
  ] as const)('is not registered with a token %s', async (_what, owner, status, code) => {
    const result = await register(await key.registrationToken(owner, server.origin));
    expect([result.status, errorCode(result)]).toEqual([status, code]);
  });

  it('is not taken from a person, nor the other way round', async () => {
    await registerTestKey(server, 'maya', key);
    expect(errorCode(await register())).toBe('conflict');
    key = await newTestKey();
    await register();
    const token = await key.registrationToken(server.user('maya').id, server.origin);
    const result = await call(server, '/v1/keys', { token: maya, body: { registration_token: token } });
    expect([result.status, errorCode(result)]).toEqual([409, 'conflict']);
  });

  it('signs for its bot alone', async () => {
    await register();
    for (const other of ['bot:acme/other', server.user('maya').id]) {
      const result = await call(server, '/v1/whoami', { token: await key.apiToken(other, server.origin) });
      expect([result.status, errorCode(result)]).toEqual([401, 'token_invalid']);
    }
  });
});

describe('bots', () => {
  it('are for admins; others learn neither of them nor of the organization', async () => {
    const [jonas, priya] = [await signIn(server, 'jonas'), await signIn(server, 'priya')];
    const calls = [
      { path: bots },
      { path: bots, body: { name: 'mine' } },
      { path: `${bots}/${name}`, method: 'DELETE' },
      { path: `${bots}/${name}/keys`, body: { registration_token: 'x' } },
      { path: `${bots}/${name}/keys/${key.kid}`, method: 'DELETE' },
    ];
    for (const { path, ...request } of calls) {
      const member = await call(server, path, { ...request, token: jonas });
      expect([path, member.status, errorCode(member)]).toEqual([path, 403, 'role_insufficient']);
      const outsider = await call(server, path, { ...request, token: priya });
      expect([path, outsider.status, errorCode(outsider)]).toEqual([path, 404, 'not_found']);
      expect((await call(server, path, request)).status).toBe(401);
    }
  });

  it('are managed with a registered key as well as with a session', async () => {
    const admin = await newTestKey();
    await registerTestKey(server, 'maya', admin);
    const token = await admin.apiToken(server.user('maya').id, server.origin);
    const body = { registration_token: await key.registrationToken(subject, server.origin) };
    expect((await call(server, `${bots}/${name}/keys`, { token, body })).status).toBe(201);
  });

  it('are in the audit log from the first to the last', async () => {
    await register();
    await authorize('reader');
    await call(server, `${bots}/${name}/keys/${key.kid}`, { method: 'DELETE', token: maya });
    await call(server, `${bots}/${name}`, { method: 'DELETE', token: maya });
    const { events } = auditPageSchema.parse(
      (await call(server, '/v1/audit?limit=20', { token: maya })).body,
    );
    const seen = events.filter(({ target }) => target === `acme/${name}` || target === key.kid);
    expect(seen.map(({ action, org }) => `${action} ${org ?? ''}`)).toEqual([
      'bot.deleted acme',
      'key.revoked acme',
      'key.registered acme',
      'bot.created acme',
    ]);
  });
});

describe('authorizations', () => {
  it('name a bot by its name or with its organization, and none of another organization', async () => {
    const give = async (bot: string) =>
      (await call(server, web, { token: maya, body: { bot, permission: 'reader' } })).status;
    expect(await give(`acme/${name}`)).toBe(201);
    expect(await give(name)).toBe(200);
    expect(await give(`northwind/${name}`)).toBe(404);
    expect(await give('nobody')).toBe(404);
  });

  it.each([
    ['nobody', {}],
    ['two at once', { email: 'jonas@acme.example', bot: 'ci' }],
    ['no bot', { bot: 'A b' }],
  ])('are refused for %s', async (_what, who) => {
    const result = await call(server, web, { token: maya, body: { permission: 'reader', ...who } });
    expect([result.status, errorCode(result)]).toEqual([400, 'invalid_request']);
  });
});

describe('repositories', () => {
  it('are those of one’s organization for an owner, for others those one was let in to and public ones', async () => {
    const names = async (username: string) =>
      repositoryListSchema
        .parse((await call(server, repositoriesPath, { token: await signIn(server, username) })).body)
        .repositories.map((repository) => `${repository.name} ${repository.actions.join()}`);
    expect(await names('maya')).toEqual(
      expect.arrayContaining(['acme/api read,write,delete,admin', 'acme/base read,write,delete,admin']),
    );
    expect(await names('jonas')).toEqual(['acme/base read', 'acme/web read']);
    expect(await names('priya')).toEqual(['acme/base read']);
  });

  it('come in pages that leave out what the caller may not read', async () => {
    const token = await signIn(server, 'jonas');
    const page = async (query: string) =>
      repositoryListSchema.parse((await call(server, `${repositoriesPath}?${query}`, { token })).body);
    const first = await page('limit=1');
    expect(first).toMatchObject({ repositories: [{ name: 'acme/base' }], next: 'acme/base' });
    const second = await page('limit=1&after=acme%2Fbase');
    expect(second.repositories.map(({ name: repository }) => repository)).toEqual(['acme/web']);
    expect(second.next).toBeUndefined();
    expect(await page('after=acme%2Fweb')).toEqual({ repositories: [] });
    expect((await page('limit=501')).repositories).toHaveLength(2);
    for (const query of ['limit=0', 'limit=x', `after=${'a'.repeat(256)}`, 'page=2']) {
      const refused = await call(server, `${repositoriesPath}?${query}`, { token });
      expect([query, refused.status, errorCode(refused)]).toEqual([query, 400, 'invalid_request']);
    }
  });
});
