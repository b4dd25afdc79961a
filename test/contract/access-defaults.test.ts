import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { explanationSchema } from '../../contracts/server-api/access/primitives.ts';
import { accessDefaultsPath, accessDefaultsSchema } from '../../contracts/server-api/access/templates.ts';
import type { AccessDefaults } from '../../contracts/server-api/access/templates.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { membersPath } from '../../contracts/server-api/kisenon/organizations.ts';
import type { RepositoryAction } from '../../contracts/server-api/repositories.ts';
import { deleteUnusedGroups } from '../../reference-server/identity/external-groups.ts';
import { requireMainOrganization } from '../../reference-server/identity/main-organization.ts';
import { unknownAddressRule } from '../../reference-server/limits/unknown-addresses.ts';
import { AccessCaller } from '../support/access-calls.ts';
import { AccessTeam } from '../support/access-team.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { auditOf, jwtOf, newPerson, newTeam } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { because, call } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

/** An organization that ada owns, with a group and a bot; ben administers a repository, and so does dana, from outside. */
async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', cleo: 'member' });
  const access = new AccessTeam(server.context, team);
  const ids = await access.repositories('old');
  const [ada, ben, cleo, dana] = [
    ...[team.person('ada'), team.person('ben'), team.person('cleo')],
    await newPerson(server),
  ] as const;
  for (const { id } of [ben, dana]) await access.grant(ids.old, id, ['admin']);
  const group = await access.group('developers', cleo.id);
  const bot = await access.bot('ci');
  const to = { group: `group:${group}`, bot: `bot:${team.slug}/ci`, cleo: `user:${cleo.id}` };
  return { org: team.slug, team, access, ids, ada, ben, cleo, dana, group, bot, to };
}

interface Caller {
  token: string;
}

async function read(org: string, { token }: Caller): Promise<AccessDefaults> {
  const { status, body } = await call(server, `${accessDefaultsPath}?org=${org}`, { token });
  expect(status).toBe(200);
  return accessDefaultsSchema.parse(body);
}

const put = (
  org: string,
  { token }: Caller,
  replaces: string | null,
  grants: (readonly [string, readonly RepositoryAction[]])[],
): Promise<CallResult> => {
  const body = { org, replaces, grants: grants.map(([principal, actions]) => ({ principal, actions })) };
  return call(server, accessDefaultsPath, { method: 'PUT', token, body });
};

/** Sets them on what there is. */
async function set(
  org: string,
  caller: Caller,
  ...grants: (readonly [string, readonly RepositoryAction[]])[]
): Promise<AccessDefaults> {
  const result = await put(org, caller, (await read(org, caller)).changed_at, grants);
  expect([result.status, result.body]).toEqual([200, expect.anything()]);
  return accessDefaultsSchema.parse(result.body);
}

const words = ({ grants }: AccessDefaults) =>
  grants.map(({ principal, actions }) => `${principal.reference} ${actions.join()}`);
const refused = (result: CallResult) => `${result.status.toString()} ${because(result)}`;

/** A repository of an organization as a member of it sees it. */
async function clientOf(person: Person, org: string, name: string): Promise<RepositoryClient> {
  const login = { username: 'any', password: await jwtOf(server, person, org) };
  return RepositoryClient.open(server, login, `${org}/${name}`);
}

async function push(person: Person, org: string, name: string): Promise<void> {
  const client = await clientOf(person, org, name);
  expect((await client.putManifest('v1', await client.newImage(name))).status).toBe(201);
}

/** What was given on a repository, to whom and by whom. */
async function givenOn(org: string, name: string): Promise<Record<string, [string, string]>> {
  const rows = await server.context.db
    .selectFrom('grants')
    .innerJoin('repositories', 'repositories.id', 'grants.repository_id')
    .select(['principal_id', 'actions', 'created_by', 'effect', 'expires_at', 'batch'])
    .where('full_name', '=', `${org}/${name}`)
    .execute();
  for (const row of rows) expect(row).toMatchObject({ effect: 'allow', expires_at: null, batch: null });
  return Object.fromEntries(rows.map((row) => [row.principal_id, [row.actions, row.created_by]]));
}

describe('what new repositories begin with', () => {
  it('is set as a whole, by owners who have seen what there is, and is in the audit log', async () => {
    const { org, ada, to } = await newWorld();
    expect(await read(org, ada)).toEqual({
      ...{ grants: [], changed_at: null, changed_by: null, may_change: true },
    });
    const first = await set(org, ada, [to.bot, ['write', 'read']], [to.cleo, ['read']], [to.group, ['read']]);
    expect(words(first)).toEqual([`${to.group} read`, `${to.cleo} read`, `${to.bot} read,write`]);
    expect(first).toMatchObject({ changed_by: ada.username, may_change: true });
    const second = await set(org, ada, [to.group, ['admin']], [to.cleo, ['read']]);
    expect(words(second)).toEqual([`${to.group} admin`, `${to.cleo} read`]);
    for (const stale of [null, first.changed_at])
      expect(refused(await put(org, ada, stale, []))).toBe('409 changed_meanwhile');
    // Nothing changes by it.
    expect(await set(org, ada, [to.cleo, ['read']], [to.group, ['admin']])).toEqual(second);
    expect(words(await set(org, ada))).toEqual([]);
    // Of nothing, nobody is taken.
    await set(org, ada);
    const told = async (what: string) =>
      (await auditOf(server, org, `access-default.${what}`)).map(({ by, target, details }) => {
        expect([by, target]).toEqual([ada.username, org]);
        return details['actions'];
      });
    expect(await told('set')).toEqual(['read,write', 'read', 'read', 'admin']);
    expect(await told('removed')).toHaveLength(3);
  });

  it('is for owners to change, and shows others nobody whom the matrix does not show them', async () => {
    const { org, access, ids, ada, ben, dana, to, group } = await newWorld();
    const outsider = await newPerson(server);
    await set(org, ada, [to.group, ['read']], [to.cleo, ['read']], [`user:${outsider.id}`, ['read']]);
    expect(words(await read(org, ada))).toHaveLength(3);
    const changed = (await read(org, ada)).changed_at;
    for (const [caller, what] of [
      [ben, '403 role_insufficient'],
      [dana, '403 role_insufficient'],
      [outsider, '404 not_found'],
    ] as const)
      expect(refused(await put(org, caller, changed, []))).toBe(what);
    expect(await read(org, ben)).toMatchObject({ may_change: false });
    expect(words(await read(org, ben))).toEqual([`${to.group} read`, `${to.cleo} read`]);
    expect(words(await read(org, dana))).toEqual([]);
    await access.grant(ids.old, group, ['read']);
    expect(words(await read(org, dana))).toEqual([`${to.group} read`]);
    const tokenFor = async (...scopes: string[]) => {
      const body = { name: 'CI', scopes };
      return createdTokenSchema.parse((await call(server, ownTokensPath, { token: ada.token, body })).body);
    };
    const narrow = await tokenFor('repository:admin');
    expect(await read(org, narrow)).toMatchObject({ may_change: false, grants: { length: 1 } });
    expect(refused(await put(org, narrow, changed, []))).toBe('403 scope_insufficient');
    const wide = await tokenFor('repository:admin', 'read:users');
    expect(words(await set(org, wide, [to.bot, ['read']]))).toEqual([`${to.bot} read`]);
  });

  it('is refused for whom nothing can be given to there, and for who is named twice', async () => {
    const { org, access, ada, cleo, to } = await newWorld();
    const other = await newWorld();
    await set(org, ada, [to.group, ['read']]);
    const { changed_at: seen } = await read(org, ada);
    const gone = await access.bot('gone');
    await server.context.write({}, (tx) =>
      tx.updateTable('bots').set({ deleted_at: new Date().toISOString() }).where('id', '=', gone).execute(),
    );
    for (const principal of [
      ...[other.to.group, other.to.bot, `bot:${org}/gone`, `bot:${org}/none`],
      ...[`group:grp_${'a'.repeat(26)}`, `user:u_${'a'.repeat(26)}`, 'user:nobody@acme.example'],
    ])
      expect([principal, refused(await put(org, ada, seen, [[principal, ['read']]]))]).toEqual([
        ...[principal, '404 principal_gone'],
      ]);
    const twice = await put(org, ada, seen, [
      [to.cleo, ['read']],
      [`user:${cleo.email.toUpperCase()}`, ['write']],
    ]);
    expect(twice.body).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ path: 'grants.1.principal' }] } },
    });
    const many = Array.from({ length: 51 }, () => [to.cleo, ['read']] as const);
    for (const grants of [[[to.cleo, []] as const], many])
      expect(refused(await put(org, ada, seen, grants))).toBe('400 invalid_request');
    expect(words(await read(org, ada))).toEqual([`${to.group} read`]);
  });

  it('is no way to try which of many addresses have accounts', async () => {
    const { org, ada, cleo } = await newWorld();
    const named = (address: string) => put(org, ada, null, [[`user:${address}`, ['read']]]);
    for (let at = 0; at < unknownAddressRule.failures; at += 1)
      expect(refused(await named(`nobody-${at.toString()}@people.example`))).toBe('404 principal_gone');
    expect(refused(await named(cleo.email))).toBe('429 rate_limited');
  });
});

describe('who is named in what new repositories begin with', () => {
  it('and goes, is not named again by who has seen the list before, nor is a new bot of that name', async () => {
    const { org, access, ada, cleo, to } = await newWorld();
    const grants = [
      [to.cleo, ['admin']],
      [to.bot, ['write']],
    ] as const;
    const gone = [`${membersPath(org)}/${cleo.id}`, `/v1/orgs/${org}/bots/ci`];
    for (const [at, path] of gone.entries()) {
      const { changed_at: seen } = await set(org, ada, ...grants.slice(at));
      expect((await call(server, path, { method: 'DELETE', token: ada.token })).status).toBe(204);
      if (at === 1) await access.bot('ci');
      expect(refused(await put(org, ada, seen, grants.slice(at)))).toBe('409 changed_meanwhile');
    }
    expect(words(await read(org, ada))).toEqual([]);
  });

  it('and has a closed account, is given nothing until it is open again', async () => {
    const { org, ada, ben, cleo, to } = await newWorld();
    await set(org, ada, [to.cleo, ['admin']], [`user:${ben.id}`, ['read']]);
    const become = (status: 'active' | 'disabled') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status }).where('id', '=', cleo.id).execute(),
      );
    await become('disabled');
    await push(ada, org, 'new');
    await become('active');
    expect(await givenOn(org, 'new')).toEqual({ [ben.id]: ['read', ada.id] });
    await push(ada, org, 'newer');
    expect(await givenOn(org, 'newer')).toHaveProperty(cleo.id);
  });

  it('is not to be found out by trying addresses', async () => {
    const { org, ada, cleo } = await newWorld();
    const tried: number[] = [];
    for (let at = 0; at <= 100; at++) {
      const unknown = `user:nobody-${at.toString()}@people.example`;
      tried.push((await put(org, ada, null, [[unknown, ['read']]])).status);
    }
    expect([tried.indexOf(429), new Set(tried)]).toEqual([100, new Set([404, 429])]);
    expect((await put(org, ada, null, [[`user:${cleo.email}`, ['read']]])).status).toBe(429);
    expect((await put(org, ada, null, [[`user:${cleo.id}`, ['read']]])).status).toBe(200);
  });
});

describe('a repository that is made', () => {
  it('begins with it: at once a member of a group pulls, and a bot pushes', async () => {
    const { org, team, ada, ben, cleo, to, group, bot } = await newWorld();
    await set(org, ada, [to.group, ['read']], [to.bot, ['read', 'write']], [`user:${ben.id}`, ['admin']]);
    const owner = await newPerson(server);
    await server.context.write({}, (tx) =>
      tx
        .insertInto('memberships')
        .values({ org_id: team.id, user_id: owner.id, role: 'owner', created_at: new Date().toISOString() })
        .execute(),
    );
    const key = await newTestKey();
    await call(server, `/v1/orgs/${org}/bots/ci/keys`, {
      token: ada.token,
      body: { registration_token: await key.registrationToken(to.bot, server.origin) },
    });
    const login = { username: 'bot', password: await key.apiToken(to.bot, server.origin) };
    // To be given something on what there will be, is not to make it.
    const early = await RepositoryClient.open(server, login, `${org}/new`);
    expect((await early.send('blobs/uploads/', { method: 'POST' })).status).toBe(404);
    const before = await new AccessCaller(server, ada.token, org).version();
    await push(owner, org, 'new');
    expect((await (await clientOf(cleo, org, 'new')).send('manifests/v1')).status).toBe(200);
    expect((await (await clientOf(cleo, org, 'new')).send('blobs/uploads/', { method: 'POST' })).status).toBe(
      403,
    );
    const client = await RepositoryClient.open(server, login, `${org}/new`);
    expect((await client.putManifest('v2', await client.newImage('by a bot'))).status).toBe(201);
    expect(await givenOn(org, 'new')).toEqual({
      [group]: ['read', ada.id],
      [bot]: ['read,write', ada.id],
      [ben.id]: ['admin', ada.id],
    });
    const told = (await auditOf(server, org, 'grant.set')).filter(({ target }) => target === `${org}/new`);
    expect(told.map(({ by, details }) => [by, details['defaults_of']])).toEqual(
      Array.from({ length: 3 }, () => [owner.username, ada.id]),
    );
    // Who administers it by that, sees who gave it.
    const query = new URLSearchParams({ principal: to.group, repository: `${org}/new` }).toString();
    const explained = await call(server, `/v1/access/explain?${query}`, { token: ben.token });
    const { because: reasons } = explanationSchema.parse(explained.body);
    expect(reasons[0]?.by).toMatchObject([{ kind: 'grant', group: null, given_by: ada.username }]);
    // Who has looked before, has not seen that.
    const change = { principal: to.group, repository: `${org}/new`, actions: [] };
    const late = await new AccessCaller(server, ada.token, org).send([change], before);
    expect([late.status, late.body]).toMatchObject([
      ...[412, { error: { details: { cells: [{ actions: ['read'], changed_by: ada.username }] } } }],
    ]);
  });

  it('is given it once, however many make it at a time, and again where it is made anew', async () => {
    const { org, ada, to, cleo, group } = await newWorld();
    await set(org, ada, [to.group, ['read']]);
    const clients = await Promise.all([1, 2, 3].map(() => clientOf(ada, org, 'new')));
    const begun = await Promise.all(
      clients.map((client) => client.send('blobs/uploads/', { method: 'POST' })),
    );
    expect(begun.map(({ status }) => status)).toEqual([202, 202, 202]);
    expect(await givenOn(org, 'new')).toEqual({ [group]: ['read', ada.id] });
    expect(await auditOf(server, org, 'grant.set')).toHaveLength(1);
    await push(ada, org, 'new');
    expect(await auditOf(server, org, 'grant.set')).toHaveLength(1);
    await server.context.write({}, (tx) =>
      tx.deleteFrom('repositories').where('full_name', '=', `${org}/new`).execute(),
    );
    await set(org, ada, [to.cleo, ['write']]);
    await push(ada, org, 'new');
    expect(await givenOn(org, 'new')).toEqual({ [cleo.id]: ['write', ada.id] });
    expect(await givenOn(org, 'old')).not.toHaveProperty(cleo.id);
  });

  it('gives nothing to who has left, is gone, or is of elsewhere, also where they come back', async () => {
    const { org, team, access, ada, cleo, to, group } = await newWorld();
    const other = await newWorld();
    const outsider = await newPerson(server);
    const whom = [to.group, to.bot, to.cleo, `user:${outsider.id}`];
    await set(org, ada, ...whom.map((who) => [who, ['read']] as const));
    await set(other.org, other.ada, [to.cleo, ['read']]);
    await server.context.write({}, (tx) =>
      tx
        .insertInto('access_default_grants')
        .values(
          [other.group, other.bot].map((id) => ({ org_id: team.id, principal_id: id, actions: 'read' })),
        )
        .execute(),
    );
    const { token } = ada;
    const removed = [
      await call(server, `${membersPath(org)}/${cleo.id}`, { method: 'DELETE', token }),
      await call(server, `/v1/orgs/${org}/bots/ci`, { method: 'DELETE', token }),
    ];
    expect(removed.map(({ status }) => status)).toEqual([204, 204]);
    await access.bot('ci');
    const row = { org_id: team.id, user_id: cleo.id, role: 'member' as const };
    await server.context.write({}, (tx) =>
      tx
        .insertInto('memberships')
        .values({ ...row, created_at: new Date().toISOString() })
        .execute(),
    );
    await push(ada, org, 'new');
    const given = ['read', ada.id];
    expect(await givenOn(org, 'new')).toEqual({ [group]: given, [outsider.id]: given });
    expect(words(await read(org, ada))).toEqual([`${to.group} read`, `user:${outsider.id} read`]);
    // What another organization says of them stays.
    expect(words(await read(other.org, other.ada))).toEqual([`${to.cleo} read`]);
    await server.context.write({}, (tx) => tx.deleteFrom('principals').where('id', '=', group).execute());
    await push(ada, org, 'newer');
    expect(await givenOn(org, 'newer')).toEqual({ [outsider.id]: given });
  });

  it('gives it to a group of a directory that has nothing else yet, and stays for that', async () => {
    const { org, ada } = await newWorld();
    const { context } = server;
    const id = await context.write({}, (tx) => requireMainOrganization(tx, context.now()));
    const main = new AccessTeam(context, { id, slug: 'main' });
    const [kept, unused] = [await main.group(`kept-${org}`), await main.group(`unused-${org}`)];
    await context.write({}, (tx) =>
      tx.updateTable('groups').set({ source: org }).where('id', 'in', [kept, unused]).execute(),
    );
    await set(org, ada, [`group:${kept}`, ['read']]);
    await context.write({}, (tx, audit) => deleteUnusedGroups(tx, org, audit));
    const left = await context.db.selectFrom('groups').select('id').where('source', '=', org).execute();
    expect(left).toEqual([{ id: kept }]);
    await push(ada, org, 'new');
    expect(await givenOn(org, 'new')).toEqual({ [kept]: ['read', ada.id] });
  });
});
