import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentialAccessSchema } from '../../contracts/server-api/access/credentials.ts';
import { explanationSchema } from '../../contracts/server-api/access/primitives.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { AccessTeam } from '../support/access-team.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { jwtOf, newPerson, newTeam, storeApiKey } from '../support/organization.ts';
import type { Person } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

/** ben, a member, may push web by a group and pull api; he has an API key and an API token for web alone. */
async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', cleo: 'admin', dora: 'member' });
  const access = new AccessTeam(server.context, team);
  const repositories = await access.repositories('api', 'web');
  const people = { ada: team.person('ada'), ben: team.person('ben'), cleo: team.person('cleo') };
  const [ben, names] = [people.ben, { api: `${team.slug}/api`, web: `${team.slug}/web` }];
  const developers = await access.group('developers', ben.id);
  await access.grant(repositories.web, developers, ['read', 'write'], { created_by: people.ada.id });
  await access.grant(repositories.api, ben.id, ['read']);
  const key = await storeApiKey(server, team.id, ben.id);
  await server.context.write({}, (tx) =>
    tx.updateTable('api_keys').set({ capability: 'read' }).where('id', '=', key.id).execute(),
  );
  const token = await newToken(ben, ['repository:write'], [repositories.web]);
  return {
    ...{ team, access, repositories, names, ...people, dora: team.person('dora'), developers },
    key: { reference: `api-key:${key.id}`, ...key },
    token: { reference: `api-token:${token.id}`, id: token.id, secret: token.token },
  };
}

async function newToken(person: Person, scopes: string[], repositories?: string[]) {
  const body = { name: 'CI', scopes, repository_ids: repositories };
  const made = await call(server, ownTokensPath, { token: person.token, body });
  return createdTokenSchema.parse(made.body);
}

const ask = (token: string, reference: string) =>
  call(server, `/v1/access/credentials?credential=${reference}`, { token });

/** What is told, in one line for each repository of the world; the error's code where nothing is. */
async function told({ names }: { names: Record<string, string> }, token: string, reference: string) {
  const answer = await ask(token, reference);
  if (answer.status !== 200) return errorCode(answer);
  return credentialAccessSchema
    .parse(answer.body)
    .repositories.filter(({ name }) => Object.values(names).includes(name))
    .map(({ name, actions, withheld }) => [name, actions.join(' '), withheld.join(' ')]);
}

function explain(token: string, credential: string, repository: string) {
  const query = new URLSearchParams({ credential, repository }).toString();
  return call(server, `/v1/access/explain?${query}`, { token });
}

describe('what a key or token can do', () => {
  it('is told its holder, with what it is not good for', async () => {
    const world = await newWorld();
    const { names, ben, key, token, developers } = world;
    expect(await told(world, ben.token, key.reference)).toEqual([
      [names.api, 'read', ''],
      [names.web, 'read', 'write'],
    ]);
    expect(await told(world, ben.token, token.reference)).toEqual([
      [names.api, '', 'read'],
      [names.web, 'write', 'read'],
    ]);
    const holder = { reference: `user:${ben.id}`, name: ben.username, email: ben.email, active: true };
    expect((await ask(ben.token, key.reference)).body).toMatchObject({
      holder: { ...holder, role: 'member', groups: [developers] },
    });
    // It is for no one organization.
    expect((await ask(ben.token, token.reference)).body).toMatchObject({
      holder: { ...holder, role: null, groups: [] },
    });
  });

  it('is told those who are shown an API key, of what they administer', async () => {
    const world = await newWorld();
    const { access, repositories, names, ada, cleo, dora, key, token, team } = world;
    expect(await told(world, ada.token, key.reference)).toEqual([
      [names.api, 'read', ''],
      [names.web, 'read', 'write'],
    ]);
    expect(await told(world, cleo.token, key.reference)).toEqual([]);
    await access.grant(repositories.api, cleo.id, ['admin']);
    expect(await told(world, cleo.token, key.reference)).toEqual([[names.api, 'read', '']]);
    await access.grant(repositories.api, dora.id, ['admin']);
    const outsider = await newPerson(server);
    const elsewhere = (await newTeam(server, { eve: 'owner' })).person('eve');
    for (const { token: session } of [dora, outsider, elsewhere]) {
      expect(await told(world, session, key.reference)).toBe('not_found');
    }
    // An owner's token for repositories is not shown the list of keys; a JWT of another organization, too.
    const whole = await newToken(ada, ['repository:admin', 'read:users']);
    expect(await told(world, whole.token, key.reference)).toBe('not_found');
    const own = await newTeam(server, { fay: 'owner' });
    await server.context.write({}, (tx) =>
      tx
        .insertInto('memberships')
        .values({ org_id: own.id, user_id: ada.id, role: 'owner', created_at: new Date().toISOString() })
        .execute(),
    );
    expect(await told(world, await jwtOf(server, ada, own.slug), key.reference)).toBe('not_found');
    expect(await told(world, await jwtOf(server, ada, team.slug), key.reference)).toHaveLength(2);
    // Nobody but its holder revokes an API token.
    for (const { token: session } of [ada, cleo, dora]) {
      expect(await told(world, session, token.reference)).toBe('not_found');
    }
  });

  it('is told administrators of the server, by what is good for all that they may do', async () => {
    const world = await newWorld();
    const administrator = await newPerson(server, { role: 'admin' });
    for (const { reference } of [world.key, world.token]) {
      const whole = await told(world, world.ben.token, reference);
      expect(await told(world, administrator.token, reference)).toEqual(whole);
      const narrow = await newToken(administrator, ['repository:admin']);
      expect(await told(world, narrow.token, reference)).toBe('not_found');
      const wide = await newToken(administrator, ['admin']);
      expect(await told(world, wide.token, reference)).toEqual(whole);
    }
  });

  it('is told to itself without what it is not good for, and of no other one', async () => {
    const world = await newWorld();
    const { names, key, token } = world;
    expect(await told(world, key.secret, key.reference)).toEqual([
      [names.api, 'read', ''],
      [names.web, 'read', ''],
    ]);
    expect(await told(world, token.secret, token.reference)).toEqual([[names.web, 'write', '']]);
    expect(await told(world, key.secret, token.reference)).toBe('not_found');
    expect(await told(world, token.secret, key.reference)).toBe('not_found');
    // By a token of the same holder that does not reach it, either.
    const other = await newToken(world.ben, ['repository:read']);
    expect(await told(world, other.token, token.reference)).toBe('not_found');
  });

  it('ends when it is revoked or over, or its holder leaves: it is not there', async () => {
    const { ben, ada, team, key, token } = await newWorld();
    const set = async (table: 'api_keys' | 'api_tokens', id: string, what: object) => {
      await server.context.write({}, (tx) => tx.updateTable(table).set(what).where('id', '=', id).execute());
    };
    const statuses = async () => {
      const found = [ask(ben.token, key.reference), ask(ada.token, key.reference)];
      const explained = explain(ben.token, key.reference, `${team.slug}/web`);
      const all = await Promise.all([...found, ask(ben.token, token.reference), explained]);
      return all.map(({ status }) => status);
    };
    const past = new Date(Date.now() - 1000).toISOString();
    expect(await statuses()).toEqual([200, 200, 200, 200]);
    await set('api_keys', key.id, { expires_at: past });
    await set('api_tokens', token.id, { revoked_at: past });
    expect(await statuses()).toEqual([404, 404, 404, 404]);
    await set('api_keys', key.id, { expires_at: null });
    await set('api_tokens', token.id, { revoked_at: null, expires_at: past });
    expect(await statuses()).toEqual([200, 200, 404, 200]);
    await server.context.write({}, (tx) =>
      tx.deleteFrom('memberships').where('user_id', '=', ben.id).execute(),
    );
    expect(await statuses()).toEqual([404, 404, 404, 404]);
    expect((await ask(ben.token, 'api-key:key_none')).status).toBe(404);
    expect((await ask(ben.token, 'key:none')).status).toBe(400);
  });
});

describe('why a key or token can do something', () => {
  const reasonsOf = (body: unknown) =>
    explanationSchema.parse(body).because.map(({ action, allowed, by }) => {
      const why = by.map((reason) =>
        reason.kind === 'grant' && reason.group !== null ? reason.group.name : reason.kind,
      );
      return [action, allowed, why.join(' ')];
    });

  it('names its holder’s reasons, and its limit first where that keeps something back', async () => {
    const { names, ben, ada, key, token } = await newWorld();
    for (const session of [ben.token, ada.token]) {
      const { body } = await explain(session, key.reference, names.web);
      expect(reasonsOf(body)).toEqual([
        ['read', true, 'developers'],
        ['write', false, 'limit developers'],
        ['delete', false, ''],
        ['admin', false, ''],
      ]);
      expect(body).toMatchObject({ principal: { name: ben.username }, actions: ['read'] });
    }
    expect(reasonsOf((await explain(ben.token, token.reference, names.api)).body)[0]).toEqual([
      ...['read', false, 'limit grant'],
    ]);
  });

  it('is told of no repository that the asker may not know, nor to the key itself', async () => {
    const { access, names, ben, cleo, key, team } = await newWorld();
    await access.repositories('secret');
    const codes = async (session: string) => {
      const answers = [
        explain(session, key.reference, names.web),
        explain(session, key.reference, `${team.slug}/secret`),
        explain(session, key.reference, `${team.slug}/none`),
      ];
      return (await Promise.all(answers)).map((answer) => (answer.status === 200 ? 'in' : errorCode(answer)));
    };
    expect(await codes(ben.token)).toEqual(['in', 'not_found', 'not_found']);
    expect(await codes(cleo.token)).toEqual(['not_found', 'not_found', 'not_found']);
    expect(await codes(key.secret)).toEqual(['scope_insufficient', 'not_found', 'not_found']);
    const query = new URLSearchParams({ repository: names.web }).toString();
    expect((await call(server, `/v1/access/explain?${query}`, { token: ben.token })).status).toBe(400);
    const both = `${query}&credential=${key.reference}&principal=user:${ben.id}`;
    expect((await call(server, `/v1/access/explain?${both}`, { token: ben.token })).status).toBe(400);
  });
});
