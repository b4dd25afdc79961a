import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addSession, appOrganization, byAccessToken } from '../support/app-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson, newTeam, type Team } from '../support/organization.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

let server: LocalServer;
let parts: SignInParts;
let app: ReturnType<typeof appOrganization>;
let team: Team;
/** A context of an administrator of the server, and one of somebody else in the team. */
let admin: string;
let member: string;

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  const clock = new ManualClock(new Date());
  parts = await signInParts(clock);
  app = appOrganization(parts, clock, undefined, byAccessToken(server, parts));
  team = await newTeam(server, { root: 'owner', m: 'member', other: 'member' });
  const { id } = team.person('root');
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set({ role: 'admin' }).where('id', '=', id).execute(),
  );
  admin = await addSession(parts, server, team.person('root'), team.slug);
  member = await addSession(parts, server, team.person('m'), team.slug);
});
afterEach(() => parts.dispose());

const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
const make = (name: string) =>
  app.groups.create(admin, { name, description: 'For tests', organization: team.slug });

describe('the groups of a server', () => {
  it('are made by administrators, and seen by the members of their organization', async () => {
    const group = await make('developers');
    expect(group).toMatchObject({
      ...{ name: 'developers', description: 'For tests', organization: team.slug },
      ...{ source: null, memberCount: 0 },
    });
    await refused(make('developers'), 'group_name_taken');
    await refused(
      app.groups.create(member, { name: 'x', description: '', organization: null }),
      'not_allowed',
    );
    const { groups, total } = await app.groups.list(member);
    expect(groups.map(({ id }) => id)).toContain(group.id);
    expect(total).toBe(groups.length);
    const elsewhere = { name: 'y', description: '', organization: 'no-such-organization' };
    await refused(app.groups.create(admin, elsewhere), 'not_allowed');
  });

  it('are called otherwise by administrators; who is in them stays', async () => {
    const [group, other] = [await make('testers'), await make('builders')];
    const place = { contextId: admin, groupId: group.id };
    await app.groups.addMembers(place, [team.person('m').id]);
    const words = { name: 'quality', description: 'Who tests' };
    await app.groups.change(place, words);
    const listed = (await app.groups.list(admin)).groups.find(({ id }) => id === group.id);
    expect(listed).toEqual({ ...group, ...words, memberCount: 1 });
    expect(await app.groups.list(admin, 'qualit')).toMatchObject({ groups: [{ id: group.id }], total: 1 });
    expect(parts.logged().at(-1)).toContain(`testers (${group.id}): quality`);
    await refused(app.groups.change(place, { ...words, name: other.name }), 'group_name_taken');
    await refused(app.groups.change({ ...place, contextId: member }, words), 'not_allowed');
    await app.groups.change(place, { ...words, name: 'assurance' });
    await app.groups.remove(place);
    await refused(app.groups.change(place, words), 'group_gone');
    expect(parts.logged().at(-1)).toContain(`assurance (${group.id})`);
  });

  it('take people in and let them go', async () => {
    const group = { contextId: admin, groupId: (await make('movers')).id };
    const ids = ['m', 'other'].map((name) => team.person(name).id);
    await app.groups.addMembers(group, ids);
    const { members, total } = await app.groups.members(group);
    expect(members.map(({ userId }) => userId).sort()).toEqual([...ids].sort());
    expect(total).toBe(2);
    await app.groups.removeMembers(group, ids.slice(0, 1));
    expect((await app.groups.members(group)).members.map(({ userId }) => userId)).toEqual(ids.slice(1));
    await refused(app.groups.addMembers({ ...group, contextId: member }, ids), 'not_allowed');
    expect(
      parts
        .logged()
        .filter((line) => line.startsWith('group.members'))
        .at(-1),
    ).toContain('movers (grp_');
  });

  it('take in more people than fit into one request', async () => {
    const group = { contextId: admin, groupId: (await make('many')).id };
    const people = [];
    for (let index = 0; index < 501; index += 1) people.push(await newPerson(server));
    await app.groups.addMembers(
      group,
      people.map(({ id }) => id),
    );
    const { members, total } = await app.groups.members(group);
    expect([members.length, total]).toEqual([501, 501]);
    expect((await app.users.list(admin)).total).toBeGreaterThan(501);
  });

  it('of a directory are not changed here', async () => {
    const { id } = await make('external');
    await server.context.write({}, (tx) =>
      tx.updateTable('groups').set({ source: 'ldap' }).where('id', '=', id).execute(),
    );
    const group = { contextId: admin, groupId: id };
    expect((await app.groups.list(admin)).groups.find((each) => each.id === id)?.source).toBe('ldap');
    await refused(app.groups.addMembers(group, [team.person('m').id]), 'group_elsewhere');
    await refused(app.groups.remove(group), 'group_elsewhere');
  });

  it('are deleted, and gone then', async () => {
    const group = { contextId: admin, groupId: (await make('short-lived')).id };
    await app.groups.remove(group);
    await refused(app.groups.members(group), 'group_gone');
    await refused(app.groups.remove(group), 'group_gone');
    expect(parts.logged().at(-1)).toContain(`short-lived (${group.groupId})`);
  });
});
