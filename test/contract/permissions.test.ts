import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import { groupSchema } from '../../contracts/server-api/artifact-keeper/groups.ts';
import type { Group } from '../../contracts/server-api/artifact-keeper/groups.ts';
import {
  permissionListSchema,
  permissionSchema,
} from '../../contracts/server-api/artifact-keeper/permissions.ts';
import type { Permission } from '../../contracts/server-api/artifact-keeper/permissions.ts';
import { grantListSchema } from '../../contracts/server-api/authorizations.ts';
import { botSchema } from '../../contracts/server-api/bots.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { call, signIn } from '../support/server-client.ts';

let server: LocalServer;
let admin: Person;
let maya: string;
let jonas: string;
let priya: string;
beforeAll(async () => {
  server = await startLocalServer();
  admin = await newPerson(server, { role: 'admin' });
  [maya, jonas, priya] = (await Promise.all(
    ['maya', 'jonas', 'priya'].map((name) => signIn(server, name)),
  )) as [string, string, string];
});
afterAll(() => server.stop());

const permissions = '/api/v1/permissions';
const codeOf = ({ status, body }: { status: number; body: unknown }) => [
  status,
  artifactKeeperErrorSchema.parse(body).code,
];
const post = (path: string, body: unknown, token = admin.token) => call(server, path, { token, body });
const remove = (path: string, token = admin.token) => call(server, path, { method: 'DELETE', token });

let made = 0;
const nextName = () => `group-${String((made += 1))}`;
async function newGroup(organization = 'acme', name = nextName()): Promise<Group> {
  const { status, body } = await post('/api/v1/groups', { name, organization });
  expect(status).toBe(201);
  return groupSchema.parse(body);
}

describe('permissions', () => {
  const repository = 'acme/api';

  it('are given in both forms, shown in both, and the same as authorizations', async () => {
    const group = await newGroup();
    const { id: repositoryId } = await server.context.db
      .selectFrom('repositories')
      .select('id')
      .where('full_name', '=', repository)
      .executeTakeFirstOrThrow();
    const short = await post(permissions, {
      ...{ repository_id: repositoryId, user_id: server.user('priya').id, permissions: ['write', 'read'] },
    });
    expect(short.status).toBe(201);
    expect(permissionSchema.parse(short.body)).toMatchObject({
      ...{ user_id: server.user('priya').id, permissions: ['read', 'write'], actions: ['read', 'write'] },
      ...{ principal_type: 'user', principal_name: 'priya', target_name: repository, expires_at: null },
    });
    const long = await post(
      permissions,
      {
        ...{ principal_type: 'group', principal_id: group.id, target_type: 'repository' },
        ...{ target_id: repository, actions: ['read'], expires_at: '2999-01-01T00:00:00.000Z' },
      },
      maya,
    );
    expect(long.status).toBe(201);
    const list = await call(server, `${permissions}?repository_id=${repository}`, { token: maya });
    const all = permissionListSchema.parse(list.body);
    expect(all.items).toEqual([permissionSchema.parse(short.body), permissionSchema.parse(long.body)]);
    const kheeper = await call(server, `/v1/repos/${repository}/authorizations`, { token: maya });
    expect(grantListSchema.parse(kheeper.body).authorizations).toMatchObject([
      { user: { username: 'priya' }, permission: 'writer' },
      {
        group: { id: group.id, name: group.name },
        permission: 'reader',
        expires_at: '2999-01-01T00:00:00.000Z',
      },
    ]);
    const filtered = await call(server, `${permissions}?group_id=${group.id}`, { token: admin.token });
    expect(permissionListSchema.parse(filtered.body).items).toEqual([permissionSchema.parse(long.body)]);
    for (const [query, found] of [
      [`target_id=${repository}&principal_type=group`, [long]],
      [`target_id=acme/web&principal_id=${group.id}`, []],
      [`principal_type=user&principal_id=${server.user('priya').id}`, [short]],
      [`user_id=${server.user('priya').id}&group_id=${group.id}`, []],
    ] as const) {
      const { body } = await call(server, `${permissions}?${query}`, { token: admin.token });
      const expected = found.map((each) => permissionSchema.parse(each.body));
      expect([query, permissionListSchema.parse(body).items]).toEqual([query, expected]);
    }
    const second = `${permissions}?repository_id=${repository}&per_page=1&page=2`;
    expect(permissionListSchema.parse((await call(server, second, { token: maya })).body)).toEqual({
      items: [permissionSchema.parse(long.body)],
      pagination: { page: 2, per_page: 1, total: 2, total_pages: 2 },
    });
    for (const { id } of all.items) expect((await remove(`${permissions}/${id}`, maya)).status).toBe(204);
    expect(codeOf(await remove(`${permissions}/${all.items[0]?.id ?? ''}`, maya))).toEqual([
      404,
      'NOT_FOUND',
    ]);
  });

  it('of groups of one name in two organizations are both shown, page by page', async () => {
    const name = nextName();
    const groups = [await newGroup('main', name), await newGroup('acme', name)];
    const given = groups.map((group) =>
      post(permissions, { repository_id: repository, group_id: group.id, permissions: ['read'] }),
    );
    const ids = (await Promise.all(given)).map(({ body }) => permissionSchema.parse(body).id);
    const shown: (string | undefined)[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const path = `/v1/repos/${repository}/authorizations?limit=1&after=${encodeURIComponent(after)}`;
      const { authorizations, next } = grantListSchema.parse(
        (await call(server, path, { token: maya })).body,
      );
      shown.push(...authorizations.map((each) => each.group?.id));
      after = next;
    }
    expect(shown.toSorted()).toEqual(groups.map(({ id }) => id).toSorted());
    for (const id of ids) expect((await remove(`${permissions}/${id}`, maya)).status).toBe(204);
  });

  it('are one for each principal and repository, until it has ended', async () => {
    const group = await newGroup();
    const body = { repository_id: repository, group_id: group.id, permissions: ['read'] };
    const { body: created } = await post(permissions, body);
    expect(codeOf(await post(permissions, body))).toEqual([409, 'CONFLICT']);
    await server.context.write({}, (tx) =>
      tx
        .updateTable('grants')
        .set({ expires_at: '2020-01-01T00:00:00.000Z' })
        .where('id', '=', permissionSchema.parse(created).id)
        .execute(),
    );
    expect((await post(permissions, body)).status).toBe(201);
  });

  it('are for bots of the organization, and for nobody who is gone or of another', async () => {
    const answer = await call(server, '/v1/orgs/acme/bots', { token: maya, body: { name: 'builder' } });
    const bot = botSchema.parse(answer.body);
    const target = { target_type: 'repository', actions: ['read'] };
    const given = (principal_type: string, principal_id: string, target_id = repository) =>
      post(permissions, { ...target, principal_type, principal_id, target_id });
    const made = await given('service_account', bot.id);
    expect(permissionSchema.parse(made.body)).toMatchObject({ principal_name: 'acme/builder' });
    const [northwind, everywhere] = [await newGroup('northwind'), await newGroup('main')];
    expect((await given('group', everywhere.id)).status).toBe(201);
    const theirs = await call(server, '/v1/orgs/northwind/bots', { token: priya, body: { name: 'ci' } });
    for (const [type, id] of [
      ['user', `u_${'a'.repeat(26)}`],
      ['user', bot.id],
      ['group', northwind.id],
      ['group', `grp_${'a'.repeat(26)}`],
      ['service_account', server.user('maya').id],
      ['service_account', botSchema.parse(theirs.body).id],
    ] as const) {
      expect(codeOf(await given(type, id))).toEqual([400, 'VALIDATION_ERROR']);
    }
    expect(codeOf(await given('user', server.user('maya').id, 'nothing'))).toEqual([404, 'NOT_FOUND']);
    await call(server, '/v1/orgs/acme/bots/builder', { method: 'DELETE', token: maya });
    expect(codeOf(await given('service_account', bot.id))).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('are refused where they say nothing, too much, or what has ended', async () => {
    const user_id = server.user('priya').id;
    const group_id = (await newGroup()).id;
    for (const body of [
      { repository_id: repository, user_id, permissions: [] },
      { repository_id: repository, user_id, permissions: ['own'] },
      { repository_id: repository, user_id, group_id, permissions: ['read'] },
      { repository_id: repository, permissions: ['read'] },
      { repository_id: repository, user_id, permissions: ['read'], more: 1 },
      { repository_id: repository, user_id, permissions: ['read'], expires_at: '2020-01-01T00:00:00.000Z' },
    ]) {
      expect(codeOf(await post(permissions, body))).toEqual([400, 'VALIDATION_ERROR']);
    }
  });

  it('are given by who administers the repository, and hidden from who may not read it', async () => {
    const body = { repository_id: 'acme/web', user_id: server.user('priya').id, permissions: ['read'] };
    expect(codeOf(await post(permissions, body, jonas))).toEqual([403, 'FORBIDDEN']);
    const hidden = await post(permissions, body, priya);
    const { id } = await server.context.db
      .selectFrom('repositories')
      .select('id')
      .where('full_name', '=', 'acme/web')
      .executeTakeFirstOrThrow();
    const hiddenById = await post(permissions, { ...body, repository_id: id }, priya);
    for (const each of [hidden, hiddenById]) expect(codeOf(each)).toEqual([404, 'NOT_FOUND']);
    expect(JSON.stringify(hiddenById.body)).not.toContain('acme/web');
    expect(codeOf(await call(server, permissions, { token: jonas }))).toEqual([403, 'FORBIDDEN']);
    const ofWeb = `${permissions}?repository_id=acme/web`;
    expect(codeOf(await call(server, ofWeb, { token: jonas }))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await call(server, ofWeb, { token: priya }))).toEqual([404, 'NOT_FOUND']);
    const person = await newPerson(server);
    await post(permissions, { ...body, user_id: person.id, permissions: ['admin'] });
    const given = await post(permissions, body, person.token);
    expect(given.status).toBe(201);
    expect((await remove(`${permissions}/${permissionSchema.parse(given.body).id}`, jonas)).status).toBe(403);
    expect((await remove(`${permissions}/${permissionSchema.parse(given.body).id}`, maya)).status).toBe(204);
  });
});

describe('a permission', () => {
  const repository = 'acme/api';

  /** One of a user of its own, who reads. */
  async function given(more: object = {}): Promise<{ permission: Permission; body: object; token: string }> {
    const person = await newPerson(server);
    const body = { repository_id: repository, user_id: person.id, permissions: ['read'], ...more };
    const { status, body: answer } = await post(permissions, body, maya);
    expect(status).toBe(201);
    return { permission: permissionSchema.parse(answer), body, token: person.token };
  }
  const put = (id: string, body: object, token = maya) =>
    call(server, `${permissions}/${id}`, { method: 'PUT', token, body });
  const actionsOf = async (token: string) => {
    const { body } = await call(server, '/v1/repos', { token });
    const { repositories } = body as { repositories: { name: string; actions: string[] }[] };
    return repositories.find(({ name }) => name === repository)?.actions ?? [];
  };

  it('is shown by its id to who administers the repository, and to no other', async () => {
    const { permission, token } = await given();
    const path = `${permissions}/${permission.id}`;
    for (const by of [maya, admin.token]) {
      expect((await call(server, path, { token: by })).body).toEqual(permission);
    }
    // May read the repository, and so knows of it.
    expect(codeOf(await call(server, path, { token }))).toEqual([403, 'FORBIDDEN']);
    const hidden = await call(server, path, { token: priya });
    expect(codeOf(hidden)).toEqual([404, 'NOT_FOUND']);
    expect(JSON.stringify(hidden.body)).not.toContain(repository);
    await remove(path);
    expect(codeOf(await call(server, path, { token: maya }))).toEqual([404, 'NOT_FOUND']);
  });

  it('is changed in both forms, keeps its id, and counts at once', async () => {
    const { permission, body, token } = await given();
    const ends = '2999-01-01T00:00:00.000Z';
    const wider = await put(permission.id, { ...body, permissions: ['read', 'write'], expires_at: ends });
    expect(permissionSchema.parse(wider.body)).toMatchObject({
      ...{
        id: permission.id,
        actions: ['read', 'write'],
        expires_at: ends,
        principal_id: permission.user_id,
      },
    });
    expect(await actionsOf(token)).toEqual(['read', 'write']);
    const long = {
      ...{ principal_type: 'user', principal_id: permission.user_id, target_type: 'repository' },
      ...{ target_id: permission.repository_id, actions: ['delete'] },
    };
    const other = await put(permission.id, long);
    expect(permissionSchema.parse(other.body)).toMatchObject({ actions: ['delete'], expires_at: null });
    expect(await actionsOf(token)).toEqual([]);
    const list = await call(server, `${permissions}?user_id=${permission.user_id ?? ''}`, {
      token: admin.token,
    });
    expect(permissionListSchema.parse(list.body).items).toEqual([permissionSchema.parse(other.body)]);
  });

  it('that has ended, or takes something away, is none; and it is of one repository alone', async () => {
    for (const change of [{ expires_at: '2020-01-01T00:00:00.000Z' }, { effect: 'deny' }] as const) {
      const { permission } = await given();
      const path = `${permissions}/${permission.id}`;
      await server.context.write({}, (tx) =>
        tx.updateTable('grants').set(change).where('id', '=', permission.id).execute(),
      );
      expect(codeOf(await call(server, path, { token: maya }))).toEqual([404, 'NOT_FOUND']);
      const list = await call(server, `${permissions}?user_id=${permission.user_id ?? ''}`, {
        token: admin.token,
      });
      expect(permissionListSchema.parse(list.body).pagination.total).toBe(0);
    }
    const { permission } = await given();
    expect((await remove(`/v1/repos/acme/web/authorizations/${permission.id}`, maya)).status).toBe(404);
    expect((await call(server, `${permissions}/${permission.id}`, { token: maya })).status).toBe(200);
  });

  it('does not move to somebody else or to another repository, and is not brought back', async () => {
    const { permission, body, token } = await given();
    for (const wrong of [
      { user_id: server.user('jonas').id },
      { repository_id: 'acme/web' },
      { repository_id: 'nowhere' },
      { permissions: [] },
      { expires_at: '2020-01-01T00:00:00.000Z' },
    ]) {
      expect(codeOf(await put(permission.id, { ...body, ...wrong }))).toEqual([400, 'VALIDATION_ERROR']);
    }
    expect(codeOf(await put(permission.id, body, token))).toEqual([403, 'FORBIDDEN']);
    expect(codeOf(await put(permission.id, body, priya))).toEqual([404, 'NOT_FOUND']);
    expect(await actionsOf(token)).toEqual(['read']);
    await remove(`${permissions}/${permission.id}`);
    expect(codeOf(await put(permission.id, body))).toEqual([404, 'NOT_FOUND']);
  });

  it('that is deleted and changed at once is gone, or was changed before', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { permission, body, token } = await given();
      const [deleted, changed] = await Promise.all([
        remove(`${permissions}/${permission.id}`),
        put(permission.id, { ...body, permissions: ['read', 'write'] }),
      ]);
      expect([deleted.status, [200, 404].includes(changed.status)]).toEqual([204, true]);
      expect(await actionsOf(token)).toEqual([]);
    }
  });
});
