import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { batchListSchema, previewSchema } from '../../contracts/server-api/access/batches.ts';
import { explanationSchema } from '../../contracts/server-api/access/primitives.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { membersPath } from '../../contracts/server-api/kisenon/organizations.ts';
import { requireMainOrganization } from '../../reference-server/identity/main-organization.ts';
import { AccessCaller } from '../support/access-calls.ts';
import { AccessTeam } from '../support/access-team.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson, newTeam } from '../support/organization.ts';
import { call, errorCode } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

/** An organization with a group; dana, from outside, administers one of its repositories, and so does ben, a member. */
async function newWorld() {
  const team = await newTeam(server, { ada: 'owner', ben: 'member', cleo: 'member' });
  const access = new AccessTeam(server.context, team);
  const ids = await access.repositories('api', 'web');
  const [ada, ben, cleo] = [team.person('ada'), team.person('ben'), team.person('cleo')];
  const [dana, eric] = [await newPerson(server), await newPerson(server)];
  const developers = await access.group('developers', ben.id, cleo.id);
  for (const { id } of [ben, dana]) await access.grant(ids.web, id, ['admin']);
  await access.grant(ids.api, eric.id, ['read']);
  const as = ({ token }: { token: string }) => new AccessCaller(server, token, team.slug);
  const names = { api: `${team.slug}/api`, web: `${team.slug}/web` };
  return { team, access, ids, names, ada, ben, cleo, dana, eric, developers, as };
}

/** A group of the organization `main`, which the groups of a directory come to. */
async function mainGroup(name: string, ...members: string[]): Promise<string> {
  const { context } = server;
  const id = await context.write({}, (tx) => requireMainOrganization(tx, context.now()));
  return new AccessTeam(context, { id, slug: 'main' }).group(name, ...members);
}

const peopleIn = ({ principals }: { principals: readonly { kind: string; name: string }[] }) =>
  principals.flatMap(({ kind, name }) => (kind === 'user' ? [name] : [])).toSorted();

describe('who administers a repository', () => {
  it('is shown people of elsewhere only where these have a grant on what they administer', async () => {
    const { as, ada, ben, cleo, dana, eric } = await newWorld();
    const of = (...people: { username: string }[]) => people.map(({ username }) => username).toSorted();
    expect(peopleIn(await as(ada).matrix())).toEqual(of(ada, ben, cleo, dana, eric));
    expect(peopleIn(await as(ben).matrix())).toEqual(of(ada, ben, cleo, dana));
  });

  it('learns nothing of members of groups by a preview, where groups are not shown to them', async () => {
    const { as, ada, dana, cleo, developers, names } = await newWorld();
    const hidden = await mainGroup(`hidden-${names.web.replace('/', '-')}`, cleo.id);
    const gainsOf = async (caller: { token: string }, group: string) => {
      const change = { principal: `group:${group}`, repository: names.web, actions: ['read' as const] };
      const { status, body } = await as(caller).preview(change);
      expect(status).toBe(200);
      return previewSchema.parse(body).gains.map(({ principal }) => principal.kind);
    };
    expect(await gainsOf(ada, developers)).toEqual(['group', 'user']);
    expect(await gainsOf(dana, developers)).toEqual(['group']);
    expect(await gainsOf(ada, hidden)).toEqual(['group']);
  });

  it('is not told which groups somebody is in that are not shown to them', async () => {
    const { as, access, ids, ada, dana, cleo, developers, names } = await newWorld();
    const hidden = await mainGroup(`other-${names.web.replace('/', '-')}`, cleo.id);
    const groupsTold = async (caller: { token: string }) => {
      const { principals } = await as(caller).matrix({ principal: `user:${cleo.id}` });
      const query = new URLSearchParams({ principal: `user:${cleo.id}`, repository: names.web }).toString();
      const { body } = await as(caller).call(`/v1/access/explain?${query}`);
      const explained = explanationSchema.parse(body).principal.groups;
      expect(principals.map(({ groups }) => groups)).toEqual([explained]);
      return explained;
    };
    expect(await groupsTold(ada)).toEqual([developers]);
    expect(await groupsTold(dana)).toEqual([]);
    const shown = (await as(ada).matrix()).principals.map(({ reference }) => reference);
    expect(shown).not.toContain(`group:${hidden}`);
    await access.grant(ids.web, developers, ['read']);
    await access.grant(ids.web, hidden, ['read']);
    expect((await groupsTold(ada)).toSorted()).toEqual([developers, hidden].toSorted());
    expect((await groupsTold(dana)).toSorted()).toEqual([developers, hidden].toSorted());
  });

  it('is told no address of people that are not shown to them, but by which they name them', async () => {
    const { as, ada, dana, cleo, names } = await newWorld();
    const [outsider, admin] = [await newPerson(server), await newPerson(server, { role: 'admin' })];
    const emails = async (caller: { token: string }, reference: string) => {
      const { principals } = await as(caller).matrix({ principal: reference });
      const query = new URLSearchParams({ principal: reference, repository: names.web }).toString();
      const { body } = await as(caller).call(`/v1/access/explain?${query}`);
      const change = { principal: reference, repository: names.web, actions: ['read' as const] };
      const { gains } = previewSchema.parse((await as(caller).preview(change)).body);
      return [principals[0], explanationSchema.parse(body).principal, gains[0]?.principal].map(
        (principal) => principal?.email,
      );
    };
    const all = (email: string | null) => [email, email, email];
    expect(await emails(dana, `user:${outsider.id}`)).toEqual(all(null));
    expect(await emails(ada, `user:${outsider.id}`)).toEqual(all(null));
    expect(await emails(dana, `user:${cleo.id}`)).toEqual(all(null));
    expect(await emails(dana, `user:${outsider.email}`)).toEqual(all(outsider.email));
    expect(await emails(ada, `user:${cleo.id}`)).toEqual(all(cleo.email));
    expect(await emails(admin, `user:${outsider.id}`)).toEqual(all(outsider.email));
  });

  it('cannot try which of many addresses have accounts', async () => {
    const { as, ada, dana, cleo, names } = await newWorld();
    const change = (email: string) => ({
      ...{ principal: `user:${email}`, repository: names.web, actions: ['read' as const] },
    });
    const unknown = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => change(`nobody-${String(from + at)}@people.example`));
    const tried = await as(dana).preview(...unknown(0, 400), change(cleo.email));
    expect([tried.status, errorCode(tried)]).toEqual([429, 'rate_limited']);
    expect(JSON.stringify(tried.body)).not.toContain('@');
    // Nor by any other way, or those that are known.
    const grants = `/v1/repos/${names.web}/authorizations`;
    const query = new URLSearchParams({ principal: `user:${cleo.email}`, repository: names.web }).toString();
    for (const again of [
      () => as(dana).preview(change(cleo.email)),
      async () => as(dana).send([change(cleo.email)], await as(dana).version()),
      () => as(dana).call(`/v1/access/explain?${query}`),
      () =>
        as(dana).call(`/v1/access/matrix?org=${names.web.split('/')[0] ?? ''}&principal=user:${cleo.email}`),
      () => as(dana).call(grants, { body: { email: cleo.email, permission: 'reader' } }),
    ]) {
      expect((await again()).status).toBe(429);
    }
    // By what is no address, and for everybody else, all goes on.
    expect((await as(dana).preview({ ...change(''), principal: `user:${cleo.id}` })).status).toBe(200);
    const few = previewSchema.parse((await as(ada).preview(...unknown(0, 60), change(cleo.email))).body);
    expect([few.refused.length, few.gains.length]).toEqual([60, 1]);
    expect((await as(ada).preview(...unknown(0, 60))).status).toBe(429);
  });

  it('with an API token that is not for people is shown nobody but who has a grant', async () => {
    const { as, ada, ids, ben, dana, cleo, eric } = await newWorld();
    const tokenFor = async (...scopes: string[]) => {
      const body = { name: 'CI', scopes, repository_ids: [ids.web] };
      const made = await call(server, ownTokensPath, { token: ada.token, body });
      return createdTokenSchema.parse(made.body);
    };
    const narrow = await as(await tokenFor('repository:admin')).matrix();
    expect(narrow.principals.map(({ name }) => name).toSorted()).toEqual(
      [ben, dana].map(({ username }) => username).toSorted(),
    );
    const wide = await as(await tokenFor('repository:admin', 'read:users')).matrix();
    expect(peopleIn(wide)).toEqual([ada, ben, cleo, dana].map(({ username }) => username).toSorted());
    expect(peopleIn(wide)).not.toContain(eric.username);
  });

  it('is shown no batch about what is gone, unless by them', async () => {
    const { as, ada, dana, ids, cleo, names, access, team } = await newWorld();
    await access.repositories('secret');
    const secret = { principal: `user:${cleo.id}`, repository: `${team.slug}/secret` };
    const { id } = await as(ada).apply(
      { ...secret, actions: ['read'] },
      { principal: `user:${cleo.id}`, repository: names.web, actions: ['read'] },
    );
    await server.context.write({}, (tx) =>
      tx.deleteFrom('repositories').where('full_name', '=', secret.repository).execute(),
    );
    const listed = async (caller: { token: string }) => {
      const { body } = await as(caller).call(`/v1/access/batches?org=${team.slug}`);
      return batchListSchema.parse(body).batches.map((batch) => batch.id);
    };
    expect(await listed(ada)).toEqual([id]);
    expect(await listed(dana)).toEqual([]);
    const undo = await as(dana).undo(id);
    expect([undo.status, errorCode(undo), JSON.stringify(undo.body)]).toEqual([
      ...[404, 'not_found'],
      expect.not.stringContaining('secret'),
    ]);
    const own = await as(dana).apply({ principal: `user:${cleo.id}`, repository: names.web, actions: [] });
    await server.context.write({}, (tx) => tx.deleteFrom('repositories').where('id', '=', ids.web).execute());
    await access.grant(ids.api, dana.id, ['admin']);
    expect(await listed(dana)).toEqual([own.id]);
  });
});

describe('undo', () => {
  it('gives nothing back to who was removed from the organization meanwhile', async () => {
    const { as, ada, access, ids, cleo, names, team } = await newWorld();
    await access.grant(ids.web, cleo.id, ['read', 'write']);
    const taken = { principal: `user:${cleo.id}`, repository: names.web, actions: [] };
    const { id } = await as(ada).apply(taken);
    const removed = await call(server, `${membersPath(team.slug)}/${cleo.id}`, {
      method: 'DELETE',
      token: ada.token,
    });
    expect(removed.status).toBe(204);
    const undone = await as(ada).undo(id);
    expect([undone.status, errorCode(undone)]).toEqual([409, 'conflict']);
    expect(await access.granted(ids.web, cleo.id)).toBeNull();
  });
});
