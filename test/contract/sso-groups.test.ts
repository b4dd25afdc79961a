import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { LocalServer } from '../support/local-server.ts';
import type { TestProvider } from '../support/oidc-provider.ts';
import { startSsoSite } from '../support/sso-site.ts';
import type { SsoSite } from '../support/sso-site.ts';
import { newPerson as newMember } from '../support/organization.ts';
import { call } from '../support/server-client.ts';

let site: SsoSite;
let server: LocalServer;
let sso: TestProvider;
beforeAll(async () => {
  site = await startSsoSite();
  ({ server, sso } = site);
});
afterAll(() => site.stop());
beforeEach(() => {
  site.reset();
});

describe('groups', () => {
  /** Names of the groups that somebody is in, with where they come from. */
  async function groupsOf(userId: string): Promise<string[]> {
    const rows = await server.context.db
      .selectFrom('group_members')
      .innerJoin('groups', 'groups.id', 'group_members.group_id')
      .select(['groups.name', 'groups.source'])
      .where('user_id', '=', userId)
      .orderBy('name')
      .execute();
    return rows.map(({ name, source }) => `${name} of ${source ?? 'here'}`);
  }
  const of = (...names: string[]) => names.map((name) => `${name} of sso`);

  it('are those of the claim, from sign-in to sign-in', async () => {
    const person = site.newPerson({ groups: ['builders', '/ops', 'builders'] });
    const { id } = await site.signedIn(person);
    expect(await groupsOf(id)).toEqual(of('/ops', 'builders'));
    const other = await site.signedIn(site.newPerson({ groups: ['builders'] }));
    for (const [groups, left] of [
      [
        ['builders', 'night shift'],
        ['builders', 'night shift'],
      ],
      ['builders', ['builders']],
      [[], []],
      [['builders'], ['builders']],
      [undefined, []],
    ] as const) {
      person.groups = groups;
      await site.signedIn(person);
      expect(await groupsOf(id)).toEqual(of(...left));
    }
    expect(await groupsOf(other.id)).toEqual(of('builders'));
    // Nobody is in it, and nothing was given to it.
    const shift = server.context.db.selectFrom('groups').select('id').where('name', '=', 'night shift');
    expect(await shift.execute()).toEqual([]);
  });

  it('are changed there alone, and let their members do what they were given', async () => {
    const { token } = await newMember(server, { role: 'admin' });
    const person = site.newPerson({ groups: ['pullers'] });
    await site.signedIn(person);
    const { body } = await call(server, '/api/v1/groups?search=pullers', { token });
    const [group] = (body as { items: { id: string; source: string }[] }).items;
    expect(group?.source).toBe('sso');
    const path = `/api/v1/groups/${group?.id ?? ''}`;
    const members = { token, body: { user_ids: [server.user('jonas').id] } };
    const answers = [
      await call(server, `${path}/members`, members),
      await call(server, `${path}/members`, { ...members, method: 'DELETE' }),
      await call(server, path, { token, method: 'DELETE' }),
    ];
    for (const { status, body: said } of answers) {
      expect([status, JSON.stringify(said)]).toEqual([409, expect.stringContaining('comes from sso')]);
    }
    const permission = { repository_id: 'acme/web', group_id: group?.id, permissions: ['read'] };
    expect((await call(server, '/api/v1/permissions', { token, body: permission })).status).toBe(201);
    const reads = async () => {
      await site.signIn(person);
      const { body: seen } = await call(server, '/v1/repos', { token: site.session() });
      return JSON.stringify(seen).includes('acme/web');
    };
    const member = await reads();
    person.groups = [];
    expect([member, await reads()]).toEqual([true, false]);
  });

  it('are not those of the same name that are kept here', async () => {
    const { token } = await newMember(server, { role: 'admin' });
    const made = await call(server, '/api/v1/groups', { token, body: { name: 'keepers' } });
    expect(made.status).toBe(201);
    const { id } = await site.signedIn(site.newPerson({ groups: ['keepers', 'others'] }));
    expect(await groupsOf(id)).toEqual(of('others'));
    const { details } = await server.context.db
      .selectFrom('audit_events')
      .select('details')
      .where('action', '=', 'auth.sign_in')
      .where('actor_id', '=', id)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(details)).toMatchObject({ provider: 'sso', groups_refused: 1 });
  });

  it.each([
    ['an object', { admin: true }],
    ['a number in it', ['builders', 5]],
    ['10,001 names', Array.from({ length: 10_001 }, (_, at) => `g${String(at)}`)],
  ])('that are no list of names are refused: %s', async (_, groups) => {
    const person = site.newPerson();
    const address = await site.begin();
    const back = await site.back(person, { at: address });
    site.answerToken(await sso.idToken({ sub: person.sub }, { nonce: address.searchParams.get('nonce') }));
    site.answerMe({ ...person, groups });
    expect(await site.refused(await site.client.get(back))).toContain('its groups are no list');
  });

  it('can be thousands, and what cannot be a name here is passed over', async () => {
    const person = site.newPerson();
    const names = Array.from({ length: 1500 }, (_, at) => `many-${String(at).padStart(5, '0')}`);
    const address = await site.begin();
    const back = await site.back(person, { at: address });
    site.answerToken(await sso.idToken({ sub: person.sub }, { nonce: address.searchParams.get('nonce') }));
    site.answerMe({ ...person, groups: [...names, 'two\nlines', 'x'.repeat(101)] });
    expect((await site.client.get(back)).status).toBe(303);
    expect(await groupsOf((await site.whoIs()).id)).toEqual(of(...names));
    for (const path of ['/token', '/me']) sso.answer(path, null);
    expect(await groupsOf((await site.signedIn({ ...person, groups: [] })).id)).toEqual([]);
  });
});
