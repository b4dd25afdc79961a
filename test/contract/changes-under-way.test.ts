import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { templateSchema } from '../../contracts/server-api/access/templates.ts';
import type { Template } from '../../contracts/server-api/access/templates.ts';
import { groupSchema } from '../../contracts/server-api/artifact-keeper/groups.ts';
import type { Group } from '../../contracts/server-api/artifact-keeper/groups.ts';
import {
  permissionListSchema,
  permissionSchema,
} from '../../contracts/server-api/artifact-keeper/permissions.ts';
import type { Permission } from '../../contracts/server-api/artifact-keeper/permissions.ts';
import type { GrantTable } from '../../reference-server/db/schema.ts';
import { between } from '../support/between.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { answerForm, newProgram, openForm } from '../support/loopback-program.ts';
import { jwtOf, newPerson, newTeam } from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { call } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

/** A team whose owner `a` is about to do something, with something of each kind to do it to. */
async function newStage() {
  const team = await newTeam(server, { o: 'owner', a: 'owner' });
  const [o, a] = [team.person('o'), team.person('a')];
  const org = `/v1/orgs/${team.slug}`;
  const grants = `/v1/repos/${team.slug}/web/authorizations`;
  const login = { username: 'any', password: await jwtOf(server, a, team.slug) };
  const web = await RepositoryClient.open(server, login, `${team.slug}/web`);
  await web.putManifest('v1', await web.newImage(`of ${team.slug}`));
  const bot = await newTestKey();
  const subject = `bot:${team.slug}/ci`;
  await call(server, `${org}/bots`, { token: o.token, body: { name: 'ci' } });
  const grant = await call(server, grants, { token: o.token, body: { bot: 'ci', permission: 'reader' } });
  const old = await newTestKey();
  const registration_token = await old.registrationToken(subject, server.origin);
  await call(server, `${org}/bots/ci/keys`, { token: o.token, body: { registration_token } });
  return {
    ...{ team, o, a, org, grants, login, oldKid: old.kid },
    grant: (grant.body as { id: string }).id,
    newKey: await bot.registrationToken(subject, server.origin),
    email: (await newPerson(server)).email,
  };
}
type Stage = Awaited<ReturnType<typeof newStage>>;

/** What `a` does; gives the status. What has to be there before is made before. */
const deeds: Readonly<Record<string, (stage: Stage) => Promise<() => Promise<{ status: number }>>>> = {
  'makes a bot': ready(({ org }) => [`${org}/bots`, { body: { name: 'late' } }]),
  'deletes a bot': ready(({ org }) => [`${org}/bots/ci`, { method: 'DELETE' }]),
  'gives a bot a key': ready(({ org, newKey }) => [
    `${org}/bots/ci/keys`,
    { body: { registration_token: newKey } },
  ]),
  'revokes a bot’s key': ready(({ org, oldKid }) => [`${org}/bots/ci/keys/${oldKid}`, { method: 'DELETE' }]),
  'lets somebody push': ready(({ grants, email }) => [grants, { body: { email, permission: 'writer' } }]),
  'takes a right back': ready(({ grants, grant }) => [`${grants}/${grant}`, { method: 'DELETE' }]),
  'makes a template of access': ready(({ team }) => [
    '/v1/access/templates',
    { body: { org: team.slug, name: 'late', lines: linesOf(team) } },
  ]),
  'changes a template of access': async (stage) => {
    const { id, changed_at: replaces } = await newTemplate(stage);
    const body = { replaces, name: 'later', lines: linesOf(stage.team) };
    return ready(() => [`/v1/access/templates/${id}`, { method: 'PUT', body }])(stage);
  },
  'deletes a template of access': async (stage) => {
    const { id } = await newTemplate(stage);
    return ready(() => [`/v1/access/templates/${id}`, { method: 'DELETE' }])(stage);
  },
  'sets what new repositories begin with': ready(({ team }) => [
    '/v1/access/defaults',
    {
      method: 'PUT',
      body: {
        ...{ org: team.slug, replaces: null },
        grants: [{ principal: `bot:${team.slug}/ci`, actions: ['read'] }],
      },
    },
  ]),
  'makes an API key': ready(() => ['/v1/api-keys/', { body: { name: 'late' } }]),
  'makes a project': ready(() => ['/v1/projects', { body: { name: 'late' } }]),
  'invites somebody': ready(({ org }) => [`${org}/invitations`, { body: { emails: ['late@acme.example'] } }]),
  'lets a program sign in': async ({ team, a }) => {
    const { query } = newProgram({ org: team.slug });
    const form = await openForm(server, a.token, query);
    return () => answerForm(server, form, { ...query, org: team.slug });
  },
  'pushes to a new repository': async ({ team, login }) => {
    const client = await RepositoryClient.open(server, login, `${team.slug}/new`);
    return () => client.send('blobs/uploads/', { method: 'POST' });
  },
};

const linesOf = ({ slug }: Team) => [{ repositories: `${slug}/*`, actions: ['read'], days: null }];

async function newTemplate({ team, o }: Stage): Promise<Template> {
  const body = { org: team.slug, name: 'early', lines: linesOf(team) };
  return templateSchema.parse((await call(server, '/v1/access/templates', { token: o.token, body })).body);
}

function ready(
  request: (stage: Stage) => [path: string, options: { method?: string; body?: object }],
): (stage: Stage) => Promise<() => Promise<{ status: number }>> {
  return async (stage) => {
    const [path, options] = request(stage);
    // A server JWT, as sessions act in the organization that comes first.
    const token = await jwtOf(server, stage.a, stage.team.slug);
    return () => call(server, path, { ...options, token });
  };
}

/** What comes between the guard and the change, by the other owner. */
const endings: Readonly<Record<string, (stage: Stage) => Promise<{ status: number }>>> = {
  'the organization is deleted': ({ org, o }) => call(server, org, { method: 'DELETE', token: o.token }),
  'they are removed': ({ org, o, a }) =>
    call(server, `${org}/members/${a.id}`, { method: 'DELETE', token: o.token }),
  'they become a viewer': ({ org, o, a }) =>
    call(server, `${org}/members/${a.id}`, { method: 'PATCH', token: o.token, body: { role: 'viewer' } }),
};

describe('a change that was let in before', () => {
  it.each(Object.entries(endings))('comes to nothing when %s', async (_what, end) => {
    for (const [name, prepare] of Object.entries(deeds)) {
      const stage = await newStage();
      const deed = await prepare(stage);
      const { status } = await between(server, () => end(stage), deed);
      expect([name, status]).toEqual([name, expect.toBeOneOf([403, 404])]);
    }
  });

  it.each(Object.entries(deeds))(
    'is made where nothing comes between: somebody %s',
    async (_what, prepare) => {
      const { status } = await (await prepare(await newStage()))();
      expect(status).toBeLessThan(400);
    },
  );

  it('leaves a page as it is when the organization that it shows is deleted', async () => {
    const [first, second] = [await newTeam(server, { p: 'owner' }), await newTeam(server, { o: 'owner' })];
    const { id: user_id, token } = first.person('p');
    const later = { created_at: '2999-01-01T00:00:00.000Z', role: 'viewer' as const };
    const row = { org_id: second.id, user_id, ...later };
    await server.context.write({}, (tx) => tx.insertInto('memberships').values(row).execute());
    const cookie = `keyhold_session_${new URL(server.origin).port}=${token}`;
    // The browser was in the first one, and is to be remembered in this one.
    const open = () => fetch(`${server.origin}/orgs/${second.slug}/projects`, { headers: { cookie } });
    const remove = () =>
      call(server, `/v1/orgs/${second.slug}`, { method: 'DELETE', token: second.person('o').token });
    expect((await between(server, remove, open)).status).toBe(200);
  });
});

describe('what an administrator of the server was let in to do', () => {
  const users = '/api/v1/users';
  const groups = '/api/v1/groups';
  const works: [string, (group: Group) => [path: string, options: { method: string; body?: object }]][] = [
    ['makes a user', () => [users, { method: 'POST', body: { username: 'late', email: 'l@acme.example' } }]],
    [
      'changes a user',
      () => [`${users}/${server.user('maya').id}`, { method: 'PATCH', body: { role: 'admin' } }],
    ],
    ['makes a group', () => [groups, { method: 'POST', body: { name: 'late' } }]],
    ['renames a group', ({ id }) => [`${groups}/${id}`, { method: 'PATCH', body: { name: 'late' } }]],
    ['deletes a group', ({ id }) => [`${groups}/${id}`, { method: 'DELETE' }]],
    [
      'adds to a group',
      ({ id }) => [
        `${groups}/${id}/members`,
        { method: 'POST', body: { user_ids: [server.user('maya').id] } },
      ],
    ],
  ];

  it.each(works)('comes to nothing when they stop being one: who %s', async (_what, request) => {
    const admin = await newPerson(server, { role: 'admin' });
    const { token } = admin;
    const made = await call(server, groups, { token, body: { name: `of ${admin.id}` } });
    const group = groupSchema.parse(made.body);
    const [path, options] = request(group);
    const demote = async () => {
      await setUser(admin, { role: 'user' });
      return { status: 200 };
    };
    expect((await between(server, demote, () => call(server, path, { token, ...options }))).status).toBe(403);
    await setUser(admin, { role: 'admin' });
    expect((await call(server, `${groups}/${group.id}`, { token })).body).toMatchObject(group);
    expect((await call(server, `${groups}?search=late`, { token })).body).toMatchObject({ items: [] });
  });

  const setUser = ({ id }: { id: string }, as: { role: 'admin' | 'user' }) =>
    server.context.write({}, (tx) => tx.updateTable('users').set(as).where('id', '=', id).execute());
});

describe('a permission', () => {
  const permissions = '/api/v1/permissions';

  it('that was deleted meanwhile is not brought back by a change, nor is another put in its place', async () => {
    const { o, a, grant } = await newStage();
    const path = `${permissions}/${grant}`;
    const before = permissionSchema.parse((await call(server, path, { token: a.token })).body);
    const { principal_type, principal_id, target_type, target_id } = before;
    const named = { principal_type, principal_id, target_type, target_id };
    const list = async () => {
      const { body } = await call(server, `${permissions}?repository_id=${target_id}`, { token: o.token });
      return permissionListSchema.parse(body).items.map(({ id, actions }) => `${id}: ${actions.join(' ')}`);
    };
    const change = () =>
      call(server, path, { method: 'PUT', token: a.token, body: { ...named, actions: ['write'] } });
    const take = () => call(server, path, { method: 'DELETE', token: o.token });
    const give = () => call(server, permissions, { token: o.token, body: { ...named, actions: ['read'] } });
    expect((await between(server, take, change)).status).toBe(404);
    expect(await list()).toEqual([]);
    await server.context.write({}, (tx) => tx.insertInto('grants').values(rowOf(before, a)).execute());
    let other = '';
    const replace = async () => {
      const taken = await take();
      other = permissionSchema.parse((await give()).body).id;
      return taken;
    };
    expect((await between(server, replace, change)).status).toBe(404);
    expect(await list()).toEqual([`${other}: read`]);
  });

  it('is given to nobody who is gone meanwhile', async () => {
    const { o, a, team, email } = await newStage();
    const body = { email, permission: 'reader' };
    const path = `/v1/repos/${team.slug}/web/authorizations`;
    const remove = async () => {
      const { context } = server;
      await context.write({}, async (tx) => {
        const { id } = await tx
          .selectFrom('users')
          .select('id')
          .where('email', '=', email)
          .executeTakeFirstOrThrow();
        await tx.deleteFrom('principals').where('id', '=', id).execute();
      });
      return { status: 200 };
    };
    const give = () => call(server, path, { token: a.token, body });
    expect((await between(server, remove, give)).status).toBe(404);
    expect((await call(server, path, { token: o.token })).body).toMatchObject({ authorizations: [{}] });
  });

  const rowOf = (permission: Permission, { id: created_by }: { id: string }): GrantTable => ({
    ...{ id: permission.id, repository_id: permission.repository_id },
    ...{ principal_id: permission.principal_id, actions: 'read', effect: 'allow', batch: null },
    ...{ created_by, created_at: permission.created_at, expires_at: null },
  });
});
