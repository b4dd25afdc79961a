import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { matrixSchema } from '../../contracts/server-api/access/matrix.ts';
import type { Matrix } from '../../contracts/server-api/access/matrix.ts';
import {
  accessOrganizationsSchema,
  explanationSchema,
} from '../../contracts/server-api/access/primitives.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { AccessCaller } from '../support/access-calls.ts';
import { AccessTeam } from '../support/access-team.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { jwtOf, newPerson, newTeam, storeApiKey } from '../support/organization.ts';
import type { Person, Team } from '../support/organization.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const day = 24 * 3600 * 1000;
const later = (days: number) => new Date(Date.now() + days * day).toISOString();

/** An organization in which everything about access is found once. */
async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', cleo: 'viewer' });
  const access = new AccessTeam(server.context, team);
  const repositories = await access.repositories('api', 'public-docs', 'web');
  const dana = await newPerson(server);
  const developers = await access.group('developers', team.person('ben').id);
  const ci = await access.bot('ci');
  return { team, access, repositories, dana, developers, ci };
}

async function matrixOf(team: Team, token: string, query: Record<string, string> = {}): Promise<Matrix> {
  const search = new URLSearchParams({ org: team.slug, ...query });
  const { status, body } = await call(server, `/v1/access/matrix?${search.toString()}`, { token });
  expect([status, body]).toMatchObject([200, {}]);
  return matrixSchema.parse(body);
}

const rowOf = ({ principals, rows }: Matrix, name: string) =>
  rows[principals.findIndex((principal) => principal.name === name)];

describe('the matrix', () => {
  it('has groups, people and bots by the repositories, with how each access comes about', async () => {
    const { team, access, repositories, dana, developers, ci } = await newWorld();
    const { api, web } = repositories;
    const [ada, ben, cleo] = ['ada', 'ben', 'cleo'].map((name) => team.person(name)) as [
      Person,
      Person,
      Person,
    ];
    await access.grant(api, developers, ['read', 'write'], { expires_at: later(1) });
    await access.grant(api, ben.id, ['admin'], { effect: 'deny' });
    await access.grant(api, dana.id, ['read'], { expires_at: later(2) });
    await access.grant(web, dana.id, ['read', 'write'], { expires_at: later(-1) });
    await access.grant(web, ci, ['admin']);
    const matrix = await matrixOf(team, ada.token);
    expect(matrix.repositories).toEqual([
      { name: `${team.slug}/api`, public: false },
      { name: `${team.slug}/public-docs`, public: true },
      { name: `${team.slug}/web`, public: false },
    ]);
    const people = [ada, ben, cleo, dana].map(({ username }) => username).toSorted();
    expect(matrix.principals.map(({ kind, name }) => `${kind} ${name}`)).toEqual([
      'group developers',
      ...people.map((name) => `user ${name}`),
      'bot ci',
    ]);
    expect(matrix.principals.find(({ name }) => name === ben.username)).toEqual({
      ...{ reference: `user:${ben.id}`, kind: 'user', name: ben.username, email: ben.email },
      ...{ role: 'member', active: true, groups: [developers] },
    });
    expect(matrix.principals.at(-1)).toEqual({
      ...{ reference: `bot:${team.slug}/ci`, kind: 'bot', name: 'ci', email: null },
      ...{ role: null, active: true, groups: [] },
    });
    expect(rowOf(matrix, 'developers')).toEqual({ access: '310', direct: '300', via: '040' });
    expect(rowOf(matrix, ada.username)).toEqual({ access: 'fff', direct: '000', via: '111' });
    expect(rowOf(matrix, ben.username)).toEqual({ access: '310', direct: '000', via: 'a40' });
    expect(rowOf(matrix, cleo.username)).toEqual({ access: '010', direct: '000', via: '040' });
    expect(rowOf(matrix, dana.username)).toEqual({ access: '110', direct: '100', via: '040' });
    expect(rowOf(matrix, 'ci')).toEqual({ access: '01f', direct: '008', via: '040' });
    const end = (name: string) => matrix.ends.filter(({ row }) => matrix.principals[row]?.name === name);
    expect(matrix.ends).toHaveLength(3);
    expect(end(ben.username)).toMatchObject([{ column: 0, direct: null }]);
    expect(end(dana.username)).toMatchObject([{ column: 0 }]);
    expect(end('developers')[0]?.direct).toBe(end('developers')[0]?.access);
    expect(matrix.next).toEqual({});
  });

  it('comes in pages on both sides, which are together the whole', async () => {
    const { team, access } = await newWorld();
    const token = team.person('ada').token;
    for (const name of ['קבוצת הפיתוח', 'ä b  c', 'x'.repeat(100)]) await access.group(name);
    const whole = await matrixOf(team, token);
    const names: string[] = [];
    const cells = new Map<string, string>();
    for (let principals: string | undefined = ''; principals !== undefined;) {
      let next: string | undefined;
      for (let repositories: string | undefined = ''; repositories !== undefined;) {
        const page = await matrixOf(team, token, {
          ...{ principals_limit: '2', repositories_limit: '2' },
          ...{ principals_after: principals, repositories_after: repositories },
        });
        if (repositories === '') names.push(...page.principals.map(({ reference }) => reference));
        for (const [row, principal] of page.principals.entries()) {
          const text = `${cells.get(principal.reference) ?? ''}${page.rows[row]?.access ?? ''}`;
          cells.set(principal.reference, text);
        }
        repositories = page.next.repositories;
        next = page.next.principals;
      }
      principals = next;
    }
    expect(names).toEqual(whole.principals.map(({ reference }) => reference));
    expect([...cells.values()]).toEqual(whole.rows.map((row) => row?.access));
  });

  it('is asked for one principal or one repository alone, also for somebody who has nothing there', async () => {
    const { team, repositories, access } = await newWorld();
    const { token } = team.person('ada');
    const stranger = await newPerson(server);
    const row = await matrixOf(team, token, { principal: `user:${stranger.email.toUpperCase()}` });
    expect(row.principals).toMatchObject([{ reference: `user:${stranger.id}`, role: null }]);
    expect(row.rows).toEqual([{ access: '010', direct: '000', via: '040' }]);
    await access.grant(repositories.web, stranger.id, ['read']);
    const column = await matrixOf(team, token, { repository: `${team.slug}/web` });
    expect(column.repositories).toHaveLength(1);
    expect(rowOf(column, stranger.username)).toEqual({ access: '1', direct: '1', via: '0' });
  });

  it('shows an admin of one repository that one alone, and from outside nobody but who has a grant there', async () => {
    const { team, access, repositories, dana, ci } = await newWorld();
    const ben = team.person('ben');
    for (const { id } of [ben, dana]) await access.grant(repositories.web, id, ['admin']);
    await access.grant(repositories.api, ci, ['read']);
    const mine = await matrixOf(team, ben.token);
    expect(mine.repositories.map(({ name }) => name)).toEqual([`${team.slug}/web`]);
    expect(mine.principals).toHaveLength(6);
    const theirs = await matrixOf(team, dana.token);
    expect(theirs.repositories).toEqual(mine.repositories);
    expect(theirs.principals.map(({ name }) => name)).toEqual([ben.username, dana.username].toSorted());
  });

  it.each([
    ['cleo', 403, 'role_insufficient'],
    ['stranger', 404, 'not_found'],
  ])('is refused to %s with %i', async (who, status, code) => {
    const { team } = await newWorld();
    const { token } = who === 'stranger' ? await newPerson(server) : team.person(who);
    const result = await call(server, `/v1/access/matrix?org=${team.slug}`, { token });
    expect([result.status, errorCode(result)]).toEqual([status, code]);
  });
});

describe('what a credential is good for', () => {
  it('is all that is told to it, and that it may change', async () => {
    const { team, repositories, access } = await newWorld();
    const ada = team.person('ada');
    const names = async (token: string) => (await matrixOf(team, token)).repositories.map(({ name }) => name);
    const refusal = async (token: string) => {
      const result = await call(server, `/v1/access/matrix?org=${team.slug}`, { token });
      return [result.status, errorCode(result)];
    };
    const newToken = async (scopes: string[], ids?: string[]) => {
      const body = { name: 'CI', scopes, ...(ids === undefined ? {} : { repository_ids: ids }) };
      const made = await call(server, ownTokensPath, { token: ada.token, body });
      return createdTokenSchema.parse(made.body).token;
    };
    const forOne = await newToken(['repository:admin'], [repositories.web]);
    expect(await names(forOne)).toEqual([`${team.slug}/web`]);
    expect(await refusal(await newToken(['repository:read']))).toEqual([403, 'scope_insufficient']);
    const change = (name: string) => ({
      ...{ principal: `bot:${team.slug}/ci`, repository: `${team.slug}/${name}`, actions: ['read' as const] },
    });
    const as = new AccessCaller(server, forOne, team.slug);
    const refused = await as.send([change('web'), change('api')], await as.version());
    expect([refused.status, errorCode(refused)]).toEqual([403, 'role_insufficient']);
    expect((await as.send([change('web')], await as.version())).status).toBe(201);
    const { secret } = await storeApiKey(server, team.id, ada.id);
    expect(await names(secret)).toHaveLength(3);
    expect(await names(await jwtOf(server, ada, team.slug))).toHaveLength(3);
    const other = await newTeam(server, { eve: 'owner' });
    const both = { org_id: other.id, user_id: ada.id, role: 'owner' as const, created_at: later(0) };
    await server.context.write({}, (tx) => tx.insertInto('memberships').values(both).execute());
    expect(await refusal(await jwtOf(server, ada, other.slug))).toEqual([403, 'scope_insufficient']);
    expect(await access.granted(repositories.api, ada.id)).toBeNull();
  });

  it('is asked for in a form that is known', async () => {
    const { team } = await newWorld();
    const { token } = team.person('ada');
    for (const query of [
      ...['', 'org=Acme', `org=${team.slug}&principals_limit=1000&repositories_limit=41`],
      ...[
        `org=${team.slug}&principal=user:x`,
        `org=${team.slug}&principal=user:${'x'.repeat(300)}@a.example`,
      ],
      ...[`org=${team.slug}&since=a%20b`, `org=${team.slug}&principals_after=${'x'.repeat(601)}`],
      ...[`org=${team.slug}&what=else`, `org=${team.slug}&repository=${'x'.repeat(300)}`],
    ]) {
      const result = await call(server, `/v1/access/matrix?${query}`, { token });
      expect([query, result.status, errorCode(result)]).toEqual([query, 400, 'invalid_request']);
    }
    const turned = await matrixOf(team, token, { principals_after: 'user x \u{202e}zzz' });
    expect(turned.principals.length).toBeLessThanOrEqual(5);
    const end = await matrixOf(team, token, { principals_after: 'bot x zzz' });
    expect(end).toMatchObject({ principals: [], rows: [], ends: [], next: {} });
  });
});

describe('organizations', () => {
  it('are those in which the caller administers something, page by page', async () => {
    const { team, access, repositories, dana, developers } = await newWorld();
    const slugs = async (token: string) =>
      accessOrganizationsSchema.parse((await call(server, '/v1/access/organizations', { token })).body)
        .organizations;
    expect(await slugs(team.person('ben').token)).toEqual([]);
    await access.grant(repositories.web, developers, ['admin']);
    expect(await slugs(team.person('ben').token)).toMatchObject([{ slug: team.slug }]);
    expect(await slugs(dana.token)).toEqual([]);
    expect(await slugs(team.person('ada').token)).toMatchObject([{ slug: team.slug }]);
    const maya = await signIn(server, 'maya');
    const first = accessOrganizationsSchema.parse(
      (await call(server, '/v1/access/organizations?limit=1', { token: maya })).body,
    );
    const second = accessOrganizationsSchema.parse(
      (await call(server, `/v1/access/organizations?limit=1&after=${first.next ?? ''}`, { token: maya }))
        .body,
    );
    expect([first.organizations, second.organizations].flat().map(({ slug }) => slug)).toEqual([
      'acme',
      'maya',
    ]);
    expect(second.next).toBeUndefined();
  });
});

describe('an explanation', () => {
  it('names for each action what decides, who gave it and when it ends', async () => {
    const { team, access, repositories, developers } = await newWorld();
    const ben = team.person('ben');
    const ada = team.person('ada');
    const until = later(1);
    const own = await access.grant(repositories.api, ben.id, ['read'], {
      created_by: ada.id,
      expires_at: until,
    });
    const theirs = await access.grant(repositories.api, developers, ['read', 'write']);
    const denied = await access.grant(repositories.api, ben.id, ['write'], { effect: 'deny' });
    const query = new URLSearchParams({
      principal: `user:${ben.id}`,
      repository: `${team.slug}/api`,
    }).toString();
    const { body } = await call(server, `/v1/access/explain?${query}`, { token: ada.token });
    const { because, actions, version } = explanationSchema.parse(body);
    expect(actions).toEqual(['read']);
    const [read, write, remove] = because;
    const group = { id: developers, name: 'developers' };
    expect(read).toMatchObject({
      ...{ action: 'read', allowed: true, until: null },
      by: [
        { kind: 'grant', id: own, group: null, given_by: ada.username, until },
        { kind: 'grant', id: theirs, group, given_by: null, until: null },
      ],
    });
    expect(write).toMatchObject({
      ...{ action: 'write', allowed: false },
      by: [
        { kind: 'deny', id: denied, group: null },
        { kind: 'grant', id: theirs, group },
      ],
    });
    expect(remove).toEqual({ action: 'delete', allowed: false, by: [], until: null });
    expect(version).toBe((await matrixOf(team, ada.token)).version);
  });
});
