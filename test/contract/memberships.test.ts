import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberListSchema, memberSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import { orgRoleSchema } from '../../contracts/server-api/primitives.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { invite } from '../../reference-server/identity/invitations.ts';
import { changeRole, removeMember } from '../../reference-server/identity/memberships.ts';
import {
  createPersonalOrganization,
  deleteOrganization,
  renameOrganization,
} from '../../reference-server/identity/organizations.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { tryDeed } from '../support/member-oracle.ts';
import type { OracleDeed } from '../support/member-oracle.ts';
import { jwtOf, newApiKey, newPerson, newTeam, rolesIn } from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { registryToken, RepositoryClient } from '../support/registry-client.ts';
import { call, errorCode } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

function send(team: Team, deed: OracleDeed, token = team.person(deed.by).token): Promise<CallResult> {
  const org = `/v1/orgs/${team.slug}`;
  switch (deed.kind) {
    case 'give': {
      const path = `${org}/members/${team.person(deed.to).id}`;
      return call(server, path, { method: 'PATCH', token, body: { role: deed.role } });
    }
    case 'remove':
      return call(server, `${org}/members/${team.person(deed.who).id}`, { method: 'DELETE', token });
    case 'hand over':
      return call(server, `${org}/transfer`, { token, body: { user_id: team.person(deed.to).id } });
  }
}

async function rolesByName({ id, people }: Team): Promise<Record<string, string>> {
  const roles = await rolesIn(server, id);
  return Object.fromEntries(
    Object.entries(people).flatMap(([name, { username }]) => {
      const role = roles[username];
      return role === undefined ? [] : [[name, role]];
    }),
  );
}

const roles = orgRoleSchema.options;

const membersOf = async ({ slug }: Team, token: string, query = '') =>
  memberListSchema.parse((await call(server, `/v1/orgs/${slug}/members${query}`, { token })).body);

async function auditOf(org: string, action: string) {
  const rows = await server.context.db
    .selectFrom('audit_events')
    .selectAll()
    .where('org', '=', org)
    .where('action', '=', action)
    .orderBy('seq')
    .execute();
  return rows.map(({ target, actor_name: by, details }) => ({
    target,
    by,
    details: JSON.parse(details) as Record<string, unknown>,
  }));
}

describe('who may change members', () => {
  const names: Record<string, OrgRole> = {
    ...{ first: 'owner', second: 'owner', a: 'admin', b: 'admin' },
    ...{ m: 'member', n: 'member', v: 'viewer', w: 'viewer' },
  };

  it('is as the plain rules say, for every role, of others and of oneself', async () => {
    const deeds = ['first', 'a', 'm', 'v'].flatMap((by) =>
      Object.keys(names).flatMap((to): OracleDeed[] => [
        ...roles.map((role) => ({ kind: 'give' as const, by, to, role })),
        { kind: 'remove', by, who: to },
        { kind: 'hand over', by, to },
      ]),
    );
    for (const deed of deeds) {
      const team = await newTeam(server, names);
      const [status, after] = tryDeed({ roles: names, asleep: new Set() }, deed);
      expect([deed, (await send(team, deed)).status]).toEqual([deed, status]);
      expect([deed, await rolesByName(team)]).toEqual([deed, after]);
    }
  }, 120_000);

  const somebody = fc.constantFrom(...Object.keys(names));
  const anyDeed: fc.Arbitrary<OracleDeed> = fc.oneof(
    fc.record({
      kind: fc.constant('give' as const),
      by: somebody,
      to: somebody,
      role: fc.constantFrom(...roles),
    }),
    fc.record({ kind: fc.constant('remove' as const), by: somebody, who: somebody }),
    fc.record({ kind: fc.constant('hand over' as const), by: somebody, to: somebody }),
  );

  it('is as the plain rules say, whatever was done before and whoever cannot sign in', async () => {
    const deeds = fc.array(anyDeed, { minLength: 5, maxLength: 25 });
    await fc.assert(
      fc.asyncProperty(deeds, fc.subarray(['second', 'm']), async (all, sleepers) => {
        const team = await newTeam(server, names);
        const asleep = new Set(sleepers);
        const ids = sleepers.map((name) => team.person(name).id);
        await setStatus(ids, 'disabled');
        let model: Record<string, OrgRole> = { ...names };
        for (const deed of all.filter(({ by }) => !asleep.has(by))) {
          const [status, after] = tryDeed({ roles: model, asleep }, deed);
          expect([deed, (await send(team, deed)).status]).toEqual([deed, status]);
          model = after;
        }
        expect(await rolesByName(team)).toEqual(model);
      }),
      { numRuns: 25 },
    );
  }, 120_000);

  async function setStatus(ids: readonly string[], status: 'active' | 'disabled'): Promise<void> {
    if (ids.length === 0) return;
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status }).where('id', 'in', ids).execute(),
    );
  }

  it('is looked at again where the change is made: a role that was lowered on the way counts no more', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin', m: 'member' });
    const { id, slug } = team;
    const { context } = server;
    const [a, m] = [team.person('a'), team.person('m')];
    const actor = { id: a.id, name: a.username };
    // What the guard saw of the admin: an owner.
    const seen = { id, slug, role: 'owner' } as const;
    await expect(changeRole(context, seen, m.id, 'owner', actor)).rejects.toMatchObject({
      code: 'role_insufficient',
    });
    await expect(removeMember(context, seen, m.id, actor)).rejects.toMatchObject({
      code: 'role_insufficient',
    });
    await expect(renameOrganization(context, seen, 'New', actor)).rejects.toMatchObject({
      code: 'role_insufficient',
    });
    await expect(deleteOrganization(context, seen, actor)).rejects.toMatchObject({
      code: 'role_insufficient',
    });
    await expect(
      invite(context, seen, { emails: ['x@acme.example'], role: 'admin' }, actor),
    ).rejects.toMatchObject({ code: 'role_insufficient' });
    await send(team, { kind: 'remove', by: 'o', who: 'a' });
    await expect(
      changeRole(context, { ...seen, role: 'admin' }, m.id, 'viewer', actor),
    ).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await rolesByName(team)).toEqual({ o: 'owner', m: 'member' });
  });
});

describe('of changes at the same time', () => {
  it('two owners who demote each other leave one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const team = await newTeam(server, { one: 'owner', two: 'owner' });
      const give = (by: string, to: string) => send(team, { kind: 'give', by, to, role: 'member' });
      const answers = await Promise.all([give('one', 'two'), give('two', 'one')]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 403]);
      expect(Object.values(await rolesByName(team)).toSorted()).toEqual(['member', 'owner']);
    }
  });

  it('owners who all leave leave one', async () => {
    const names = Object.fromEntries(
      Array.from({ length: 8 }, (_, index) => [`o${String(index)}`, 'owner' as const]),
    );
    const team = await newTeam(server, names);
    const answers = await Promise.all(
      Object.keys(names).map((who) => send(team, { kind: 'remove', by: who, who })),
    );
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(7);
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(1);
    expect(Object.values(await rolesByName(team))).toEqual(['owner']);
  });
});

describe('the list of members', () => {
  it('is there for every member, in pages, and found by parts of name and address', async () => {
    const team = await newTeam(server, { o: 'owner', v: 'viewer' });
    const token = team.person('v').token;
    const made = ['özlem', '100%_sure', 'back\\slash'].map((name, index) =>
      newPerson(server, {
        username: `z-${team.slug}-${String(index)}`,
        display_name: `${name.charAt(0).toUpperCase()}${name.slice(1)} ${team.slug}`,
      }),
    );
    for (const { id } of await Promise.all(made)) await join(team, id);
    const all = await membersOf(team, token);
    expect(all).toMatchObject({ total: 5, members: [{}, {}, {}, {}, {}] });
    expect(all.next).toBeUndefined();
    const usernames = all.members.map(({ user }) => user.username);
    expect(usernames).toEqual(usernames.toSorted());

    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const page = await membersOf(team, token, `?limit=2&after=${encodeURIComponent(after)}`);
      expect(page.members.length).toBeLessThanOrEqual(2);
      expect(page.total).toBe(5);
      seen.push(...page.members.map(({ user }) => user.username));
      after = page.next;
    }
    expect(seen).toEqual(usernames);

    const found = async (search: string) => {
      const { members, total } = await membersOf(team, token, `?search=${encodeURIComponent(search)}`);
      expect(total).toBe(members.length);
      return members.map(({ user }) => user.username.at(-1));
    };
    expect(await found('ÖZLEM')).toEqual(['0']);
    expect(await found('özlem')).toEqual(['0']);
    expect(await found('100%_S')).toEqual(['1']);
    expect(await found('%')).toEqual(['1']);
    expect(await found('back\\')).toEqual(['2']);
    expect(await found(`z-${team.slug}-1@PEOPLE`)).toEqual(['1']);
    expect(await found('nobody of that name')).toEqual([]);
    expect(JSON.stringify(all)).not.toContain('password');
  });

  it('bounds what is asked for', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const { token } = team.person('o');
    const status = async (query: string) =>
      (await call(server, `/v1/orgs/${team.slug}/members?${query}`, { token })).status;
    expect(await status(`search=${'x'.repeat(101)}`)).toBe(400);
    expect(await status('limit=0')).toBe(400);
    expect(await status('limit=100000000')).toBe(200);
    expect(await status('role=owner')).toBe(400);
  });

  async function join({ id: org_id }: Team, user_id: string): Promise<void> {
    const created_at = server.context.now().toISOString();
    await server.context.write({}, (tx) =>
      tx.insertInto('memberships').values({ org_id, user_id, role: 'viewer', created_at }).execute(),
    );
  }
});

describe('a role that is changed', () => {
  it('counts downwards at once and upwards from the next renewal on, for a server JWT', async () => {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    const token = await jwtOf(server, team.person('m'), team.slug);
    const give = (role: OrgRole) => send(team, { kind: 'give', by: 'o', to: 'm', role });
    const rename = (by: string) =>
      call(server, `/v1/orgs/${team.slug}`, { method: 'PATCH', token: by, body: { name: 'Team' } });
    expect(memberSchema.parse((await give('admin')).body).role).toBe('admin');
    expect(errorCode(await rename(token))).toBe('role_insufficient');
    const renewed = await call(server, '/v1/auth/refresh', { method: 'POST', token });
    const { token: higher } = sessionJwtSchema.parse(renewed.body);
    expect((await rename(higher)).status).toBe(200);
    await give('member');
    expect(errorCode(await rename(higher))).toBe('role_insufficient');
    // An owner by the database, an admin by the token: what owners give is not the token's to give.
    await give('admin');
    const admin = await jwtOf(server, team.person('m'), team.slug);
    await give('owner');
    const raise = { kind: 'give', by: 'm', to: 'o', role: 'member' } as const;
    expect(errorCode(await send(team, raise, admin))).toBe('role_insufficient');
    expect((await send(team, raise)).status).toBe(200);
  });

  it('is in the audit log, with what ended by it', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const invitations = `/v1/orgs/${team.slug}/invitations`;
    const emails = ['one@acme.example', 'two@acme.example'];
    await call(server, invitations, { token: team.person('a').token, body: { emails } });
    await send(team, { kind: 'give', by: 'o', to: 'a', role: 'admin' });
    await send(team, { kind: 'give', by: 'o', to: 'a', role: 'member' });
    expect(await auditOf(team.slug, 'member.role_changed')).toEqual([
      {
        target: team.person('a').username,
        by: team.person('o').username,
        details: { from: 'admin', to: 'member', invitations_revoked: 2 },
      },
    ]);
    const { body } = await call(server, invitations, { token: team.person('o').token });
    expect(body).toEqual({ invitations: [] });
  });
});

describe('who is removed, or leaves', () => {
  it.each(['remove', 'leave'] as const)('keeps nothing that is open: %s', async (way) => {
    const team = await newTeam(server, { o: 'owner', p: 'owner' });
    const person = team.person('p');
    const client = await RepositoryClient.open(
      server,
      { username: 'any', password: await jwtOf(server, person, team.slug) },
      `${team.slug}/web`,
    );
    const image = await client.newImage('web');
    await client.putManifest('v1', image);
    const key = await newApiKey(server, team.id, person.id);
    const jwt = await jwtOf(server, person, team.slug);
    const byKey = new RepositoryClient(
      server,
      client.name,
      await registryToken(server, { username: 'any', password: key.secret }, `repository:${client.name}:*`),
    );
    const open = () =>
      Promise.all([
        client.send('manifests/v1'),
        byKey.send('manifests/v1'),
        client.send('blobs/uploads/', { method: 'POST' }),
        call(server, `/v1/orgs/${team.slug}`, { token: person.token }),
        call(server, `/v1/orgs/${team.slug}`, { token: jwt }),
        call(server, `/v1/orgs/${team.slug}`, { token: key.secret }),
      ]);
    expect((await open()).map(({ status }) => status)).toEqual([200, 200, 202, 200, 200, 200]);

    await allow(client.name, person.id);
    await call(server, `/v1/orgs/${team.slug}/invitations`, {
      token: person.token,
      body: { emails: ['late@acme.example'] },
    });
    const by = way === 'leave' ? 'p' : 'o';
    expect((await send(team, { kind: 'remove', by, who: 'p' })).status).toBe(204);
    expect((await open()).map(({ status }) => status)).toEqual([404, 401, 404, 404, 404, 401]);
    expect(await auditOf(team.slug, way === 'leave' ? 'member.left' : 'member.removed')).toEqual([
      {
        target: person.username,
        by: team.person(by).username,
        details: { api_keys_revoked: 1, authorizations_removed: 1, invitations_revoked: 1 },
      },
    ]);

    await comeBack(team, person.id);
    expect((await call(server, `/v1/orgs/${team.slug}`, { token: key.secret })).status).toBe(401);
    expect((await byKey.send('manifests/v1')).status).toBe(401);
    // What was denied to the member is denied still.
    const left = await server.context.db
      .selectFrom('grants')
      .select('effect')
      .where('principal_id', '=', person.id)
      .execute();
    expect(left).toEqual([{ effect: 'deny' }]);
  });

  /** A right on a repository, and one that is denied. */
  async function allow(name: string, principal_id: string): Promise<void> {
    await server.context.write({}, async (tx) => {
      const { id: repository_id } = await tx
        .selectFrom('repositories')
        .select('id')
        .where('full_name', '=', name)
        .executeTakeFirstOrThrow();
      const given = { repository_id, principal_id, batch: null, created_by: principal_id };
      const created_at = server.context.now().toISOString();
      for (const [effect, actions] of [
        ['allow', 'read'],
        ['deny', 'delete'],
      ] as const) {
        await tx
          .insertInto('grants')
          .values({ ...given, id: newId('g'), actions, effect, created_at, expires_at: null })
          .execute();
      }
    });
  }

  async function comeBack({ id: org_id }: Team, user_id: string): Promise<void> {
    const created_at = server.context.now().toISOString();
    await server.context.write({}, (tx) =>
      tx.insertInto('memberships').values({ org_id, user_id, role: 'member', created_at }).execute(),
    );
  }
});

describe('a personal organization', () => {
  it('is left, shared, handed over and deleted by nobody', async () => {
    const owner = await newPerson(server);
    const { context } = server;
    const user = await context.db
      .selectFrom('users')
      .selectAll()
      .where('id', '=', owner.id)
      .executeTakeFirstOrThrow();
    const { slug } = await context.write({}, (tx) => createPersonalOrganization(tx, user, context.now()));
    const path = `/v1/orgs/${slug}`;
    const { token } = owner;
    const answers = await Promise.all([
      call(server, `${path}/members/${owner.id}`, { method: 'DELETE', token }),
      call(server, `${path}/members/${owner.id}`, { method: 'PATCH', token, body: { role: 'admin' } }),
      call(server, `${path}/invitations`, { token, body: { emails: ['x@acme.example'] } }),
      call(server, `${path}/transfer`, { token, body: { user_id: owner.id } }),
      call(server, path, { method: 'DELETE', token }),
    ]);
    expect(answers.map(errorCode)).toEqual(answers.map(() => 'conflict'));
    expect(await rolesIn(server, (await organizationOf(slug)).id)).toEqual({ [owner.username]: 'owner' });
  });

  const organizationOf = (slug: string) =>
    server.context.db
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', slug)
      .executeTakeFirstOrThrow();
});
