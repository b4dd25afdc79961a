import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { memberListSchema, memberSchema } from '../../contracts/server-api/kisenon/organizations.ts';
import { sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import { orgRoleSchema } from '../../contracts/server-api/primitives.ts';
import type { OrgRole } from '../../contracts/server-api/primitives.ts';
import { createApiKey, renameApiKey, revokeApiKey } from '../../reference-server/identity/api-key-changes.ts';
import { createBot } from '../../reference-server/identity/bots.ts';
import { createBranch, deleteBranch, renameBranch } from '../../reference-server/identity/branches.ts';
import { invite, resendInvitation, revokeInvitation } from '../../reference-server/identity/invitations.ts';
import {
  changeRole,
  removeMember,
  transferOrganization,
} from '../../reference-server/identity/memberships.ts';
import {
  createPersonalOrganization,
  deleteOrganization,
  renameOrganization,
} from '../../reference-server/identity/organizations.ts';
import { createProject, deleteProject, renameProject } from '../../reference-server/identity/projects.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { tryDeed } from '../support/member-oracle.ts';
import type { OracleDeed } from '../support/member-oracle.ts';
import {
  auditOf,
  jwtOf,
  storeApiKey,
  newPerson,
  newTeam,
  rolesIn,
  sendDeed,
} from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

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
      expect([deed, (await sendDeed(server, team, deed)).status]).toEqual([deed, status]);
      expect([deed, await rolesByName(team)]).toEqual([deed, after]);
    }
  });

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
          expect([deed, (await sendDeed(server, team, deed)).status]).toEqual([deed, status]);
          model = after;
        }
        expect(await rolesByName(team)).toEqual(model);
      }),
      { numRuns: 25 },
    );
  });

  async function setStatus(ids: readonly string[], status: 'active' | 'disabled'): Promise<void> {
    if (ids.length === 0) return;
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status }).where('id', 'in', ids).execute(),
    );
  }

  it('does not make an owner, by handing over, of who cannot sign in', async () => {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    await setStatus([team.person('m').id], 'disabled');
    expect((await sendDeed(server, team, { kind: 'hand over', by: 'o', to: 'm' })).status).toBe(409);
    expect(await rolesByName(team)).toEqual({ o: 'owner', m: 'member' });
  });

  it('is looked at again where the change is made: a role that was lowered on the way counts no more', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin', m: 'member' });
    const { id, slug } = team;
    const { context } = server;
    const [a, m] = [team.person('a'), team.person('m')];
    const actor = { id: a.id, name: a.username };
    // What the guard saw of the admin: an owner.
    const seen = { id, slug, role: 'owner' } as const;
    const key = { name: 'CI', scope: { kind: 'org' }, capability: 'read', expiresAt: null } as const;
    const place = { projectId: 'prj_', id: 'br_' };
    const changes = {
      changeRole: () => changeRole(context, seen, m.id, 'owner', actor),
      removeMember: () => removeMember(context, seen, m.id, actor),
      transferOrganization: () => transferOrganization(context, seen, m.id, actor),
      renameOrganization: () => renameOrganization(context, seen, 'New', actor),
      deleteOrganization: () => deleteOrganization(context, seen, actor),
      invite: () => invite(context, seen, { emails: ['x@acme.example'], role: 'admin' }, actor),
      resendInvitation: () => resendInvitation(context, seen, 'inv_', actor),
      revokeInvitation: () => revokeInvitation(context, seen, 'inv_', actor),
      createApiKey: () => createApiKey(context, seen, key, null, actor),
      renameApiKey: () => renameApiKey(context, seen, { id: 'key_', others: true }, 'New', actor),
      revokeApiKey: () => revokeApiKey(context, seen, { id: 'key_', others: true }, actor),
      createProject: () => createProject(context, seen, { name: 'shop', default_branch: 'main' }, actor),
      renameProject: () => renameProject(context, seen, 'prj_', 'shop', actor),
      deleteProject: () => deleteProject(context, seen, 'prj_', actor),
      createBranch: () => createBranch(context, seen, 'prj_', 'next', actor),
      renameBranch: () => renameBranch(context, seen, place, 'next', actor),
      createBot: () => createBot(context, seen, 'ci', actor),
      deleteBranch: () => deleteBranch(context, seen, place, actor),
    };
    for (const [name, change] of Object.entries(changes)) {
      await expect(change(), name).rejects.toMatchObject({ code: 'role_insufficient' });
    }
    await sendDeed(server, team, { kind: 'remove', by: 'o', who: 'a' });
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
      const give = (by: string, to: string) =>
        sendDeed(server, team, { kind: 'give', by, to, role: 'member' });
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
      Object.keys(names).map((who) => sendDeed(server, team, { kind: 'remove', by: who, who })),
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
    const give = (role: OrgRole) => sendDeed(server, team, { kind: 'give', by: 'o', to: 'm', role });
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
    expect(errorCode(await sendDeed(server, team, raise, admin))).toBe('role_insufficient');
    expect((await sendDeed(server, team, raise)).status).toBe(200);
  });

  it('is in the audit log, with what ended by it', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin' });
    const invitations = `/v1/orgs/${team.slug}/invitations`;
    const emails = ['one@acme.example', 'two@acme.example'];
    await call(server, invitations, { token: team.person('a').token, body: { emails } });
    await sendDeed(server, team, { kind: 'give', by: 'o', to: 'a', role: 'admin' });
    await sendDeed(server, team, { kind: 'give', by: 'o', to: 'a', role: 'member' });
    expect(await auditOf(server, team.slug, 'member.role_changed')).toEqual([
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

describe('what changes', () => {
  it('is told to who follows the organization, without an address', async () => {
    const team = await newTeam(server, { o: 'owner', a: 'admin', p: 'member' });
    const [o, a, p] = [team.person('o'), team.person('a'), team.person('p')];
    const base = `/v1/orgs/${team.slug}`;
    const key = await storeApiKey(server, team.id, a.id);
    await call(server, base, { method: 'PATCH', token: o.token, body: { name: 'Renamed' } });
    const invited = await call(server, `${base}/invitations`, {
      token: a.token,
      body: { emails: ['told@people.example'] },
    });
    const [{ id: invitation }] = (invited.body as { invited: [{ id: string }] }).invited;
    await sendDeed(server, team, { kind: 'give', by: 'o', to: 'p', role: 'viewer' });
    await sendDeed(server, team, { kind: 'remove', by: 'o', who: 'a' });
    await sendDeed(server, team, { kind: 'remove', by: 'p', who: 'p' });
    const rows = await server.context.db
      .selectFrom('events')
      .select(['type', 'data'])
      .where('org_id', '=', team.id)
      .orderBy('id')
      .execute();
    expect(rows.map(({ type, data }) => [type, JSON.parse(data) as unknown])).toEqual([
      ['organization.changed.v1', { action: 'renamed', id: team.id, name: 'Renamed' }],
      ['invitation.changed.v1', { action: 'created', id: invitation }],
      ['member.changed.v1', { action: 'role_changed', id: p.id, role: 'viewer' }],
      ['api-key.changed.v1', { action: 'revoked', id: key.id, user_id: a.id }],
      ['invitation.changed.v1', { action: 'revoked', id: invitation }],
      ['member.changed.v1', { action: 'removed', id: a.id }],
      ['member.changed.v1', { action: 'removed', id: p.id }],
    ]);
  });
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
