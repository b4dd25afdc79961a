import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import {
  groupDetailsSchema,
  groupListSchema,
  groupSchema,
} from '../../contracts/server-api/artifact-keeper/groups.ts';
import type { Group } from '../../contracts/server-api/artifact-keeper/groups.ts';
import { cheapHash } from '../support/demo-seed.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { registryToken } from '../support/registry-client.ts';
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

const groups = '/api/v1/groups';
const permissions = '/api/v1/permissions';
const codeOf = ({ status, body }: { status: number; body: unknown }) => [
  status,
  artifactKeeperErrorSchema.parse(body).code,
];
const post = (path: string, body: unknown, token = admin.token) => call(server, path, { token, body });
const remove = (path: string, token = admin.token, body?: unknown) =>
  call(server, path, { method: 'DELETE', token, body });
const pagination = { page: 1, per_page: 20 };

/** What a registry token is bought with here is a password. */
async function registryTokenOf(person: Person, scope: string): Promise<string> {
  const password = 'a long password';
  const password_hash = await cheapHash(password);
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set({ password_hash }).where('id', '=', person.id).execute(),
  );
  const authorization = `Basic ${Buffer.from(`${person.username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${server.origin}/v2/token?scope=${scope}`, { headers: { authorization } });
  return ((await answer.json()) as { token: string }).token;
}

let made = 0;
async function newGroup(organization = 'acme'): Promise<Group> {
  const { status, body } = await post(groups, { name: `group-${String((made += 1))}`, organization });
  expect(status).toBe(201);
  return groupSchema.parse(body);
}

async function auditOf(target: string): Promise<[string, unknown][]> {
  const rows = await server.context.db
    .selectFrom('audit_events')
    .select(['action', 'details'])
    .where('target', '=', target)
    .orderBy('seq')
    .execute();
  return rows.map(({ action, details }) => [action, JSON.parse(details)]);
}

const members = (group: Group) => `${groups}/${group.id}/members`;

/** The status of a pull of a manifest that is not there: 404 with a right to it as well, so the tag list. */
async function pull(token: string, name = 'acme/api'): Promise<number> {
  const response = await fetch(`${server.origin}/v2/${name}/tags/list`, {
    headers: { authorization: `Bearer ${token}` },
  });
  await response.arrayBuffer();
  return response.status;
}

describe('groups', () => {
  it('are made in main, listed, looked for and deleted by an administrator', async () => {
    const { status, body } = await post(groups, { name: 'developers', description: 'Development team' });
    expect(status).toBe(201);
    const group = groupSchema.parse(body);
    expect(group).toMatchObject({ name: 'developers', organization: 'main', source: null, member_count: 0 });
    const list = await call(server, `${groups}?search=VELOP&organization=main`, { token: admin.token });
    expect(groupListSchema.parse(list.body)).toEqual({
      items: [group],
      pagination: { ...pagination, total: 1, total_pages: 1 },
    });
    for (const nothing of ['search=developers&organization=acme', 'search=none&organization=main']) {
      const { body } = await call(server, `${groups}?${nothing}`, { token: admin.token });
      expect([nothing, groupListSchema.parse(body).items]).toEqual([nothing, []]);
    }
    const given = { repository_id: 'acme/api', group_id: group.id, permissions: ['read'] };
    expect((await post(permissions, given)).status).toBe(201);
    expect((await remove(`${groups}/${group.id}`)).status).toBe(204);
    expect(codeOf(await remove(`${groups}/${group.id}`))).toEqual([404, 'NOT_FOUND']);
    expect(await auditOf('main/developers')).toEqual([
      ['group.created', {}],
      ['group.deleted', { members: 0, authorizations: 1 }],
    ]);
    const rows = await server.context.db
      .selectFrom('principals')
      .where('id', '=', group.id)
      .selectAll()
      .execute();
    expect(rows).toEqual([]);
  });

  it('have one name each in their organization', async () => {
    const { name } = await newGroup('acme');
    expect(codeOf(await post(groups, { name, organization: 'acme' }))).toEqual([409, 'CONFLICT']);
    expect((await post(groups, { name, organization: 'northwind' })).status).toBe(201);
    expect(codeOf(await post(groups, { name, organization: 'nowhere' }))).toEqual([404, 'NOT_FOUND']);
  });

  it('have members, in pages; who is in twice is in once', async () => {
    const [group, other] = [await newGroup(), await newGroup()];
    const ids = ['maya', 'jonas', 'priya'].map((name) => server.user(name).id);
    for (const each of [group, other]) {
      expect((await post(members(each), { user_ids: ids })).status).toBe(204);
    }
    expect((await post(members(group), { user_ids: ids.slice(0, 2) })).status).toBe(204);
    const page = await call(server, `${groups}/${group.id}?per_page=2&page=2`, { token: admin.token });
    const details = groupDetailsSchema.parse(page.body);
    expect(details).toMatchObject({ member_count: 3, members: { items: [{ username: 'priya' }] } });
    expect(details.members.pagination).toEqual({ page: 2, per_page: 2, total: 3, total_pages: 2 });
    expect((await remove(members(group), admin.token, { user_ids: ids.slice(1) })).status).toBe(204);
    const [after, ofOther] = await Promise.all(
      [group, other].map(({ id }) => call(server, `${groups}/${id}`, { token: admin.token })),
    );
    expect(groupDetailsSchema.parse(after?.body).members.items).toMatchObject([{ username: 'maya' }]);
    expect(groupDetailsSchema.parse(ofOther?.body).member_count).toBe(3);
    expect((await auditOf(`acme/${group.name}`)).map(([action]) => action)).toEqual([
      ...['group.created', 'group.members_added', 'group.members_removed'],
    ]);
    for (const each of [group, other]) await remove(`${groups}/${each.id}`);
  });

  it('take nobody whom there is not, and no other group', async () => {
    const [group, other] = [await newGroup(), await newGroup()];
    const unknown = `u_${'a'.repeat(26)}`;
    for (const id of [unknown, other.id, group.id]) {
      const answer = await post(members(group), { user_ids: [server.user('maya').id, id] });
      expect(codeOf(answer)).toEqual([400, 'VALIDATION_ERROR']);
    }
    const seen = await call(server, `${groups}/${group.id}`, { token: admin.token });
    expect(groupDetailsSchema.parse(seen.body).member_count).toBe(0);
  });

  it('get another name and description, and keep what they were given', async () => {
    const group = await newGroup();
    await post(permissions, { repository_id: 'acme/api', group_id: group.id, permissions: ['read'] });
    await post(members(group), { user_ids: [server.user('priya').id] });
    const path = `${groups}/${group.id}`;
    const change = async (method: string, body: unknown) => {
      const answer = await call(server, path, { method, token: admin.token, body });
      expect(answer.status).toBe(200);
      const seen = groupDetailsSchema.parse((await call(server, path, { token: admin.token })).body);
      expect(groupSchema.parse(answer.body)).toEqual(groupSchema.parse(seen));
      return groupSchema.parse(answer.body);
    };
    const changed = { ...group, name: 'renamed', member_count: 1 };
    expect(await change('PATCH', { name: 'renamed' })).toEqual(changed);
    expect(await change('PATCH', { description: 'Who ships' })).toMatchObject({
      ...{ name: 'renamed', description: 'Who ships' },
    });
    expect(await change('PATCH', {})).toMatchObject({ name: 'renamed', description: 'Who ships' });
    expect(await change('PUT', { name: 'renamed' })).toEqual({ ...changed, description: '' });
    expect(await pull(await registryToken(server, 'priya', 'repository:acme/api:pull'))).toBe(200);
    const said = await server.context.db
      .selectFrom('audit_events')
      .select(['action', 'target', 'org', 'actor_id'])
      .where('action', '=', 'group.updated')
      .execute();
    // What changes nothing is not noted.
    expect(said).toHaveLength(3);
    expect(said[0]).toMatchObject({ target: `acme/${group.name}`, org: 'acme', actor_id: admin.id });
    await remove(path);
  });

  it('keep their name where their organization has another of the new one', async () => {
    const [group, other] = [await newGroup('acme'), await newGroup('northwind')];
    const { name: taken } = await newGroup('acme');
    const rename = (name: string) =>
      call(server, `${groups}/${group.id}`, { method: 'PATCH', token: admin.token, body: { name } });
    expect(codeOf(await rename(taken))).toEqual([409, 'CONFLICT']);
    expect(codeOf(await rename(''))).toEqual([400, 'VALIDATION_ERROR']);
    expect((await rename(other.name)).status).toBe(200);
  });

  it('of a directory are changed there', async () => {
    const group = await newGroup();
    await server.context.write({}, (tx) =>
      tx.updateTable('groups').set({ source: 'ldap' }).where('id', '=', group.id).execute(),
    );
    const body = { user_ids: [server.user('maya').id] };
    for (const answer of [
      await post(members(group), body),
      await remove(members(group), admin.token, body),
      await remove(`${groups}/${group.id}`),
      await call(server, `${groups}/${group.id}`, {
        ...{ method: 'PATCH', token: admin.token, body: { name: 'x' } },
      }),
    ]) {
      expect(codeOf(answer)).toEqual([409, 'CONFLICT']);
      expect(artifactKeeperErrorSchema.parse(answer.body).message).toContain('ldap');
    }
  });

  it('are seen by members of their organization and their own, and changed by administrators alone', async () => {
    const group = await newGroup('acme');
    expect((await call(server, `${groups}/${group.id}`, { token: jonas })).status).toBe(200);
    expect((await call(server, `${groups}/${group.id}`, { token: priya })).status).toBe(404);
    await post(members(group), { user_ids: [server.user('priya').id] });
    expect((await call(server, `${groups}/${group.id}`, { token: priya })).status).toBe(200);
    const list = groupListSchema.parse((await call(server, `${groups}?per_page=100`, { token: priya })).body);
    expect(list.items.filter(({ organization }) => organization === 'acme')).toHaveLength(1);
    for (const token of [maya, jonas]) {
      expect(codeOf(await post(groups, { name: 'x' }, token))).toEqual([403, 'FORBIDDEN']);
      const answer = await post(members(group), { user_ids: [server.user('jonas').id] }, token);
      expect(codeOf(answer)).toEqual([403, 'FORBIDDEN']);
    }
  });
});

describe('what a group was given', () => {
  it('counts at the registry as long as somebody is in it, for open registry tokens too', async () => {
    const group = await newGroup();
    await post(permissions, { repository_id: 'acme/api', group_id: group.id, permissions: ['read'] });
    const body = { user_ids: [server.user('priya').id] };
    const scope = 'repository:acme/api:pull';
    expect(await pull(await registryToken(server, 'priya', scope))).toBe(404);
    await post(members(group), body);
    const token = await registryToken(server, 'priya', scope);
    expect(await pull(token)).toBe(200);
    await remove(members(group), admin.token, body);
    expect(await pull(token)).toBe(404);
    await post(members(group), body);
    expect(await pull(token)).toBe(200);
    await remove(`${groups}/${group.id}`);
    expect(await pull(token)).toBe(404);
  });

  it('ends with the membership in its organization', async () => {
    const group = await newGroup();
    await post(permissions, { repository_id: 'acme/api', group_id: group.id, permissions: ['read'] });
    await post(members(group), { user_ids: [server.user('jonas').id] });
    const token = await registryToken(server, 'jonas', 'repository:acme/api:pull');
    expect(await pull(token)).toBe(200);
    const member = `/v1/orgs/acme/members/${server.user('jonas').id}`;
    expect((await remove(member, maya)).status).toBe(204);
    expect(await pull(token)).toBe(404);
  });

  it('is not needed by an administrator, who may push to main as well', async () => {
    const other = await newPerson(server, { role: 'admin' });
    const jwt = await registryTokenOf(other, 'repository:main/first:pull,push');
    const begin = await fetch(`${server.origin}/v2/main/first/blobs/uploads/`, {
      method: 'POST',
      headers: { authorization: `Bearer ${jwt}` },
    });
    expect(begin.status).toBe(202);
    const user_id = server.user('priya').id;
    expect(
      (await post(permissions, { repository_id: 'first', user_id, permissions: ['read'] })).body,
    ).toMatchObject({
      target_name: 'first',
    });
  });

  it('lets a viewer of the server read at most', async () => {
    const viewer = await newPerson(server, { role: 'viewer' });
    const body = { repository_id: 'acme/api', user_id: viewer.id, permissions: ['admin'] };
    expect((await post(permissions, body)).status).toBe(201);
    const list = await call(server, '/v1/repos', { token: viewer.token });
    expect(list.body).toMatchObject({ repositories: [{ name: 'acme/api', actions: ['read'] }, {}] });
    expect(codeOf(await post(permissions, { ...body, user_id: admin.id }, viewer.token))).toEqual([
      ...[403, 'FORBIDDEN'],
    ]);
  });
});
