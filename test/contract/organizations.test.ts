import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { inviteAnswerSchema } from '../../contracts/server-api/kisenon/invitations.ts';
import {
  maxOrganizations,
  organizationListSchema,
  organizationSchema,
} from '../../contracts/server-api/kisenon/organizations.ts';
import type { OrganizationTable } from '../../reference-server/db/schema.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { createPersonalOrganization } from '../../reference-server/identity/organizations.ts';
import { newOrganizationRule } from '../../reference-server/limits/new-organizations.ts';
import { isReservedSlug } from '../../reference-server/identity/slugs.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { auditOf, jwtOf, storeApiKey, newPerson, newTeam } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
afterEach(() => {
  vi.restoreAllMocks();
});

const create = (body: object, { token }: Person) => call(server, '/v1/orgs', { token, body });
const remove = (slug: string, { token }: Person) =>
  call(server, `/v1/orgs/${slug}`, { method: 'DELETE', token });

describe('a new organization', () => {
  it('belongs to who makes it, and has the slug of its name', async () => {
    const person = await newPerson(server);
    const { status, body } = await create({ name: 'Müller & Söhne (Größe 3)' }, person);
    expect(status).toBe(201);
    const made = organizationSchema.parse(body);
    expect(made).toMatchObject({
      ...{ slug: 'muller-sohne-grosse-3', name: 'Müller & Söhne (Größe 3)', kind: 'team', role: 'owner' },
    });
    expect((await call(server, `/v1/orgs/${made.slug}`, { token: person.token })).body).toEqual(made);
    const { body: list } = await call(server, '/v1/orgs', { token: person.token });
    expect(list).toEqual({ orgs: [made] });
  });

  it.each([
    ['東京', {}, 400, 'slug'],
    ['One', { slug: 'Two' }, 400, 'slug'],
    ['One', { slug: 'zwö' }, 400, 'slug'],
    ['One', { slug: 'а-cyrillic' }, 400, 'slug'],
    ['One', { slug: 'ｆｕｌｌ' }, 400, 'slug'],
    ['One', { slug: 'ends-' }, 400, 'slug'],
    ['One', { slug: 'x'.repeat(41) }, 400, 'slug'],
    ['One', { slug: 'a/b' }, 400, 'slug'],
    ['One', { slug: 'acme' }, 409, undefined],
    ['One', { slug: 'api' }, 409, undefined],
    ['Login', {}, 409, undefined],
    ['One', { slug: 'xn--80ak6aa92e' }, 409, undefined],
    ['', {}, 400, 'name'],
    [' led', {}, 400, 'name'],
    ['x'.repeat(65), {}, 400, 'name'],
    ['two\nlines', {}, 400, 'name'],
    ['turned \u202e dlrow', {}, 400, 'name'],
    ['hidden \u200b', {}, 400, 'name'],
    ['filled \u3164\u3164', {}, 400, 'name'],
    ['\u2800', {}, 400, 'name'],
    ['no\u00a0break', {}, 400, 'name'],
    [`piled ${'\u0301'.repeat(20)}`, {}, 400, 'name'],
    ['half \ud83d', {}, 400, 'name'],
    ['One', { kind: 'personal' }, 400, 'kind'],
  ])('is not made of %j %j', async (name, more, status, field) => {
    const result = await create({ name, ...more }, await newPerson(server));
    const { details } = (result.body as { error: { details?: { issues?: { path: string }[] } } }).error;
    expect([result.status, details?.issues?.[0]?.path]).toEqual([status, field]);
  });

  it('has its name in one spelling, whatever the keyboard made', async () => {
    const { body } = await create({ name: 'Cafe\u0301' }, await newPerson(server));
    expect(body).toMatchObject({ name: 'Caf\u00e9', slug: 'cafe' });
  });

  it('has no slug that is a part of our own addresses', () => {
    const parts = server.routes.flatMap(({ url }) => {
      const [, first = '', second = ''] = url.split('/');
      // Where an organization is the second part, as well.
      return ['v2', 'orgs'].includes(first) ? [first, second] : [first];
    });
    const own = [...new Set(parts)].filter((part) => /^[a-z0-9][a-z0-9-]*$/.test(part));
    expect(own).toEqual(expect.arrayContaining(['v1', 'token', 'login']));
    expect(own.filter((part) => !isReservedSlug(part))).toEqual([]);
  });

  it('is made by one of many at the same time, and by nobody once it was deleted', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => newPerson(server)));
    const answers = await Promise.all(people.map((person) => create({ name: 'Raced' }, person)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409, 409, 409, 409, 409]);
    const winner = people[answers.findIndex(({ status }) => status === 201)];
    if (winner === undefined) throw new Error('Nobody won.');
    expect((await remove('raced', winner)).status).toBe(204);
    for (const person of people) expect((await create({ name: 'Raced' }, person)).status).toBe(409);
    expect((await remove('raced', winner)).status).toBe(404);
  });

  it('is one of at most a hundred of a person', async () => {
    const person = await newPerson(server);
    const created_at = server.context.now().toISOString();
    const rows = Array.from({ length: maxOrganizations - 1 }, (_, index): OrganizationTable => {
      return {
        id: newId('o'),
        slug: `many-${String(index)}`,
        display_name: 'Many',
        kind: 'team',
        created_at,
      };
    });
    await server.context.write({}, async (tx) => {
      await tx.insertInto('organizations').values(rows).execute();
      const mine = rows.map(({ id: org_id }) => ({
        org_id,
        user_id: person.id,
        role: 'viewer' as const,
        created_at,
      }));
      await tx.insertInto('memberships').values(mine).execute();
    });
    const answers = await Promise.all(['Last', 'Too much'].map((name) => create({ name }, person)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const team = await newTeam(server, { o: 'owner' });
    const { token: inviter } = team.person('o');
    const invite = { token: inviter, body: { emails: [person.email] } };
    const { invited } = inviteAnswerSchema.parse(
      (await call(server, `/v1/orgs/${team.slug}/invitations`, invite)).body,
    );
    const accept = `/v1/invitations/${invited[0]?.link?.split('/').at(-1) ?? ''}/accept`;
    expect(errorCode(await call(server, accept, { method: 'POST', token: person.token }))).toBe('conflict');

    const seen: string[] = [];
    for (let after: string | undefined = ''; after !== undefined;) {
      const path = `/v1/orgs?limit=30&after=${after}`;
      const page = organizationListSchema.parse((await call(server, path, { token: person.token })).body);
      expect(page.orgs.length).toBeLessThanOrEqual(30);
      seen.push(...page.orgs.map(({ slug }) => slug));
      after = page.next;
    }
    expect(seen).toHaveLength(maxOrganizations);
    expect(seen).toEqual(seen.toSorted());
  });

  it('is one of at most twenty that a person makes in an hour, deleted ones among them', async () => {
    const person = await newPerson(server);
    const { failures, windowSeconds } = newOrganizationRule;
    const makeOne = async (name: string) => {
      const made = await create({ name }, person);
      if (made.status === 201) await remove(organizationSchema.parse(made.body).slug, person);
      return made;
    };
    for (let index = 0; index < failures; index += 1) {
      expect((await makeOne(`Burnt by ${person.username} ${String(index)}`)).status).toBe(201);
    }
    const refused = await makeOne(`One more of ${person.username}`);
    expect([refused.status, errorCode(refused)]).toEqual([429, 'rate_limited']);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(windowSeconds - 60);
    expect((await create({ name: 'Of another' }, await newPerson(server))).status).toBe(201);
  });

  it('is made by people alone, and an API key sees its own', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const owner = team.person('o');
    await create({ name: `Other of ${team.slug}` }, owner);
    const { secret } = await storeApiKey(server, team.id, owner.id);
    const { body } = await call(server, '/v1/orgs', { token: secret });
    expect(organizationListSchema.parse(body).orgs.map(({ slug }) => slug)).toEqual([team.slug]);
    expect(errorCode(await create({ name: 'By key' }, { ...owner, token: secret }))).toBe('session_required');

    const bots = `/v1/orgs/${team.slug}/bots`;
    const key = await newTestKey();
    await call(server, bots, { token: owner.token, body: { name: 'ci' } });
    const subject = `bot:${team.slug}/ci`;
    const body2 = { registration_token: await key.registrationToken(subject, server.origin) };
    await call(server, `${bots}/ci/keys`, { token: owner.token, body: body2 });
    const token = await key.apiToken(subject, server.origin);
    expect((await call(server, '/v1/orgs', { token })).body).toEqual({ orgs: [] });
    expect(errorCode(await create({ name: 'By bot' }, { ...owner, token }))).toBe('session_required');
  });
});

describe('the personal organization of a new user', () => {
  it('has the user name as slug, with a number where that is taken, reserved or was another’s', async () => {
    const { context } = server;
    const slugs: string[] = [];
    for (const username of ['robin', 'Robin', 'login', '漢', 'r'.repeat(60), `${'r'.repeat(60)}2`]) {
      const { id } = await newPerson(server, { username, display_name: '' });
      const user = await context.db
        .selectFrom('users')
        .selectAll()
        .where('id', '=', id)
        .executeTakeFirstOrThrow();
      const row = await context.write({}, (tx) => createPersonalOrganization(tx, user, context.now()));
      expect(row).toMatchObject({ kind: 'personal', display_name: username });
      slugs.push(row.slug);
    }
    const long = 'r'.repeat(40);
    expect(slugs).toEqual(['robin', 'robin-2', 'login-2', 'personal', long, `${long.slice(2)}-2`]);
  });
});

describe('an organization', () => {
  it('is renamed, and keeps its slug', async () => {
    const team = await newTeam(server, { a: 'owner', m: 'member' });
    const rename = (name: string, { token }: Person) =>
      call(server, `/v1/orgs/${team.slug}`, { method: 'PATCH', token, body: { name } });
    expect((await rename('New name', team.person('a'))).body).toMatchObject({
      slug: team.slug,
      name: 'New name',
    });
    expect((await rename('New name', team.person('a'))).status).toBe(200);
    expect(errorCode(await rename('Mine', team.person('m')))).toBe('role_insufficient');
    expect((await rename('x\r\nBcc: all', team.person('a'))).status).toBe(400);
    const renamed = await auditOf(server, team.slug, 'organization.renamed');
    expect(renamed).toMatchObject([{ details: { from: team.slug, to: 'New name' } }]);
  });

  it('is handed over: the other owns it, and the one before is an admin', async () => {
    const team = await newTeam(server, { o: 'owner', m: 'member' });
    const [o, m] = [team.person('o'), team.person('m')];
    const path = `/v1/orgs/${team.slug}/transfer`;
    const answer = await call(server, path, { token: o.token, body: { user_id: m.id } });
    expect(organizationSchema.parse(answer.body).role).toBe('admin');
    expect(errorCode(await call(server, path, { token: o.token, body: { user_id: o.id } }))).toBe(
      'role_insufficient',
    );
    expect((await call(server, `/v1/orgs/${team.slug}`, { token: m.token })).body).toMatchObject({
      role: 'owner',
    });
  });

  it('does not exist for others, at any of its addresses', async () => {
    const team = await newTeam(server, { o: 'owner' });
    const stranger = await newPerson(server);
    const jwt = await jwtOf(server, stranger, team.slug);
    const user = team.person('o').id;
    const base = `/v1/orgs/${team.slug}`;
    const requests: [string, string, object?][] = [
      ['GET', base],
      ['PATCH', base, { name: 'Mine' }],
      ['DELETE', base],
      ['GET', `${base}/contents`],
      ['POST', `${base}/transfer`, { user_id: stranger.id }],
      ['GET', `${base}/members`],
      ['PATCH', `${base}/members/${user}`, { role: 'viewer' }],
      ['DELETE', `${base}/members/${user}`],
      ['DELETE', `${base}/members/${stranger.id}`],
      ['GET', `${base}/invitations`],
      ['POST', `${base}/invitations`, { emails: ['x@acme.example'] }],
      ['POST', `${base}/invitations/inv_${'a'.repeat(26)}/resend`],
      ['DELETE', `${base}/invitations/inv_${'a'.repeat(26)}`],
    ];
    for (const [method, path, body] of requests) {
      for (const token of [stranger.token, jwt]) {
        const options = { method, token, ...(body === undefined ? {} : { body }) };
        const foreign = await call(server, path, options);
        const missing = await call(server, path.replace(team.slug, 'nowhere'), options);
        expect([method, path, foreign.status]).toEqual([method, path, 404]);
        const text = JSON.stringify(foreign.body);
        expect(text.replaceAll(team.slug, 'nowhere')).toBe(JSON.stringify(missing.body));
      }
    }
    const made = server.routes.filter(({ url }) => /^\/v1\/orgs\/:org(?!\/bots)/.test(url));
    const tried = new Set(requests.map(([method, path]) => `${method} ${path.split('/').length}`));
    expect(
      made.filter(({ method, url }) => !tried.has(`${method} ${url.split('/').length}`) && method !== 'HEAD'),
    ).toEqual([]);
  });
});
