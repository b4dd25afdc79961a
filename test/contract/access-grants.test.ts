import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { accessGrantsSchema } from '../../contracts/server-api/access/grants.ts';
import type { AccessGrants } from '../../contracts/server-api/access/grants.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { requireMainOrganization } from '../../reference-server/identity/main-organization.ts';
import { AccessTeam } from '../support/access-team.ts';
import { later } from '../support/asked-requests.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson, newTeam } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', cleo: 'member' });
  const access = new AccessTeam(server.context, team);
  const ids = await access.repositories('api', 'web', 'web-2');
  const [ada, ben, cleo] = [team.person('ada'), team.person('ben'), team.person('cleo')];
  return { org: team.slug, team, access, ids, ada, ben, cleo, dana: await newPerson(server) };
}

async function page(
  { token }: { token: string },
  org: string,
  query: Record<string, string> = {},
): Promise<AccessGrants> {
  const search = new URLSearchParams({ org, ...query }).toString();
  const { status, body } = await call(server, `/v1/access/grants?${search}`, { token });
  expect(status).toBe(200);
  return accessGrantsSchema.parse(body);
}

/** All of it, in pages of so many, in few words. */
async function all(caller: { token: string }, org: string, limit = 1000): Promise<string[]> {
  const seen: string[] = [];
  for (let after: string | undefined = ''; after !== undefined;) {
    const { grants, next }: AccessGrants = await page(caller, org, { limit: String(limit), after });
    expect(grants.length).toBeLessThanOrEqual(limit);
    seen.push(...grants.map(words));
    after = next;
  }
  return seen;
}

function words({ repository, principal, actions }: AccessGrants['grants'][number]): string {
  return `${repository.replace(/^.*\//, '')} ${principal.kind} ${principal.name} ${actions.join()}`;
}

describe('the grants of an organization', () => {
  it('are all that somebody was given and has not ended, with who gave it, when and until when', async () => {
    const { org, access, ids, ada, ben, cleo, dana } = await newWorld();
    const group = await access.group('developers', cleo.id);
    const bot = await access.bot('ci');
    const end = later(3);
    const given = { created_by: ada.id, created_at: later(-3) };
    await access.grant(ids.web, ben.id, ['read', 'write'], { ...given, expires_at: end });
    await access.grant(ids.web, bot, ['write'], { created_by: bot });
    await access.grant(ids.api, group, ['admin']);
    await access.grant(ids.web, dana.id, ['read']);
    await access.grant(ids.api, ben.id, ['read'], { expires_at: later(-1) });
    await access.grant(ids.api, cleo.id, ['read'], { effect: 'deny' });
    const { grants, next, version } = await page(ada, org);
    expect(grants.map(words)).toEqual([
      'api group developers admin',
      'web bot ci write',
      ...[`web user ${ben.username} read,write`, `web user ${dana.username} read`].toSorted(),
    ]);
    expect(next).toBeUndefined();
    expect(grants.find(({ principal }) => principal.name === ben.username)).toEqual({
      repository: `${org}/web`,
      principal: { reference: `user:${ben.id}`, kind: 'user', name: ben.username, email: ben.email },
      ...{ actions: ['read', 'write'], expires_at: end, given_at: given.created_at },
      given_by: ada.username,
    });
    expect(grants[1]).toMatchObject({
      principal: { reference: `bot:${org}/ci`, email: null },
      given_by: `${org}/ci`,
    });
    // Who gave the first is gone.
    expect(grants[0]).toMatchObject({ principal: { reference: `group:${group}` }, given_by: null });
    const matrix = await call(server, `/v1/access/matrix?org=${org}`, { token: ada.token });
    expect(matrix.body).toMatchObject({ version });
  });

  it('come in pages of any size, each grant once, also where what a page ended with is gone', async () => {
    const { org, access, ids, ada, ben, cleo, dana } = await newWorld();
    const { context } = server;
    const mainId = await context.write({}, (tx) => requireMainOrganization(tx, context.now()));
    // Groups of two organizations may have one name, which may have spaces.
    const name = `two words ${org}`;
    const groups = [
      await access.group(name, ben.id),
      await new AccessTeam(context, { id: mainId, slug: 'main' }).group(name),
    ];
    for (const repository of Object.values(ids)) {
      for (const id of [ben.id, cleo.id, dana.id, ...groups, await access.bot(`bot-${repository}`)])
        await access.grant(repository, id, ['read']);
    }
    const whole = await all(ada, org);
    expect(whole).toHaveLength(18);
    expect(new Set(whole).size).toBe(15);
    expect(whole.map((each) => each.split(' ')[0])).toEqual(
      ['api', 'web', 'web-2'].flatMap((each) => Array.from({ length: 6 }, () => each)),
    );
    for (const limit of [1, 2, 5, 17, 18]) expect(await all(ada, org, limit)).toEqual(whole);
    const first = await page(ada, org, { limit: '7' });
    await context.write({}, async (tx) => {
      await tx.deleteFrom('grants').where('repository_id', '=', ids.web).execute();
      await tx.deleteFrom('repositories').where('id', '=', ids.web).execute();
    });
    const rest = await page(ada, org, { after: first.next ?? '' });
    expect(rest.grants.map(words)).toEqual(whole.slice(12));
  });

  it('are those on repositories that the caller administers', async () => {
    const { org, access, ids, ada, ben, cleo, dana } = await newWorld();
    for (const id of Object.values(ids)) await access.grant(id, cleo.id, ['read']);
    const asked = async ({ token }: { token: string }) => {
      const result = await call(server, `/v1/access/grants?org=${org}`, { token });
      return [result.status, errorCode(result)];
    };
    expect([await asked(ben), await asked(dana)]).toEqual([
      [403, 'role_insufficient'],
      [404, 'not_found'],
    ]);
    await access.grant(ids.web, dana.id, ['admin']);
    await access.grant(ids.api, dana.id, ['read']);
    const leads = await access.group('leads', ben.id);
    for (const id of [ids.api, ids.web]) await access.grant(id, leads, ['admin']);
    await access.grant(ids.api, ben.id, ['admin'], { effect: 'deny' });
    const of = (repository: string) => (line: string) => line.startsWith(`${repository} `);
    const whole = await all(ada, org);
    expect(whole).toHaveLength(7);
    for (const caller of [dana, ben]) {
      for (const limit of [1, 1000]) expect(await all(caller, org, limit)).toEqual(whole.filter(of('web')));
    }
    const body = { name: 'CI', scopes: ['repository:admin'], repository_ids: [ids.api] };
    const made = await call(server, ownTokensPath, { token: ada.token, body });
    const narrow = createdTokenSchema.parse(made.body);
    expect(await all(narrow, org)).toEqual(whole.filter(of('api')));
    const reading = await call(server, ownTokensPath, {
      token: ada.token,
      body: { ...body, scopes: ['repository:read'] },
    });
    expect(await asked(createdTokenSchema.parse(reading.body))).toEqual([403, 'scope_insufficient']);
  });

  it('are not of those whom the matrix does not know there', async () => {
    const { org, access, ids, ada, team } = await newWorld();
    const other = await newTeam(server, { eve: 'owner' });
    const theirs = new AccessTeam(server.context, other);
    const gone = await access.bot('gone');
    for (const id of [await theirs.group('theirs'), await theirs.bot('theirs'), gone])
      await access.grant(ids.api, id, ['read']);
    await server.context.write({}, (tx) =>
      tx
        .updateTable('bots')
        .set({ deleted_at: later(-1) })
        .where('id', '=', gone)
        .execute(),
    );
    expect(await all(ada, org)).toEqual([]);
    const matrix = await call(server, `/v1/access/matrix?org=${team.slug}`, { token: ada.token });
    expect(JSON.stringify(matrix.body)).not.toContain('theirs');
  });
});
