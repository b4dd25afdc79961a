import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { groupSchema } from '../../contracts/server-api/artifact-keeper/groups.ts';
import { botSchema } from '../../contracts/server-api/bots.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { GrantService } from '../../main/core/grants/grant-service.ts';
import { ServiceCalls } from '../../main/core/service/service-calls.ts';
import { appOrganization } from '../support/app-organization.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { registerContext } from '../support/register-context.ts';
import { call, signIn } from '../support/server-client.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

let server: LocalServer;
let session: string;
let parts: SignInParts;
let clock: ManualClock;
let permissions: ReturnType<typeof appOrganization>['permissions'];
/** The repository of Maya, who owns acme and administers nothing else, in a context that her key signs in. */
let place: { contextId: string; repositoryId: string };

beforeAll(async () => {
  server = await startLocalServer();
  session = await signIn(server, 'maya');
});
afterAll(() => server.stop());
beforeEach(async () => {
  clock = new ManualClock(new Date());
  parts = await signInParts(clock);
  ({ permissions } = appOrganization(parts, clock));
  place = await placeOf('maya', session);
});
afterEach(async () => {
  await server.context.write({}, (tx) =>
    tx.deleteFrom('grants').where('repository_id', '=', place.repositoryId).execute(),
  );
  await parts.dispose();
});

const refused = (work: Promise<unknown>, code: string) => expect(work).rejects.toMatchObject({ code });
const reading = { actions: ['read'] as const, expiresAt: null };
const everything = { actions: ['read', 'write', 'delete', 'admin'] as const, expiresAt: null };

/** The repository `acme/web`, as somebody of the server sees it. */
async function placeOf(name: 'maya' | 'priya', token: string) {
  const { id: contextId } = await parts.add({ address: server.host, userId: server.user(name).id, name });
  await registerContext(parts, contextId, server, token);
  const { repositories, total } = await permissions.repositories(contextId);
  expect(total).toBe(repositories.length);
  const repositoryId = repositories.find((repository) => repository.name === 'acme/web')?.id ?? '';
  return { contextId, repositoryId };
}

const userOf = (name: string) => ({ kind: 'user' as const, id: server.user(name).id });

describe('permissions on a repository', () => {
  it('are for those that the user may read, with what the user may do there', async () => {
    expect((await permissions.repositories(place.contextId)).repositories).toContainEqual({
      ...{ id: place.repositoryId, name: 'acme/web', public: false, actions: everything.actions },
    });
  });

  it('are given to users, groups and bots', async () => {
    const admin = await newPerson(server, { role: 'admin' });
    const asked = { token: admin.token, body: { name: 'builders', organization: 'acme' } };
    const group = groupSchema.parse((await call(server, '/api/v1/groups', asked)).body);
    const made = await call(server, '/v1/orgs/acme/bots', { token: session, body: { name: 'press' } });
    const bot = botSchema.parse(made.body);
    const end = new Date(clock.now().getTime() + 86_400_000).toISOString();
    await permissions.grant(
      place,
      { kind: 'user', email: 'Jonas@acme.example' },
      { ...reading, expiresAt: end },
    );
    await permissions.grant(place, userOf('priya'), { actions: ['write'], expiresAt: null });
    await permissions.grant(place, { kind: 'group', id: group.id }, everything);
    await permissions.grant(place, { kind: 'bot', id: bot.id }, { actions: ['delete'], expiresAt: null });
    const list = await permissions.list(place);
    expect(list.total).toBe(4);
    expect(
      list.permissions.map(({ principal, actions, expiresAt }) => [principal, actions, expiresAt]),
    ).toEqual(
      expect.arrayContaining([
        [{ ...userOf('jonas'), name: 'jonas', email: 'jonas@acme.example' }, ['read'], end],
        [{ ...userOf('priya'), name: 'priya', email: server.user('priya').email }, ['write'], null],
        [{ kind: 'group', id: group.id, name: 'builders', email: null }, everything.actions, null],
        [{ kind: 'bot', id: bot.id, name: 'acme/press', email: null }, ['delete'], null],
      ]),
    );
  });

  it('are changed and taken back, which the activity tells', async () => {
    const given = await permissions.grant(place, userOf('priya'), reading);
    await refused(permissions.grant(place, userOf('priya'), reading), 'permission_there');
    const which = { permissionId: given.id, principal: userOf('priya') };
    const changed = await permissions.change(place, which, everything);
    expect(changed).toMatchObject({ id: given.id, actions: everything.actions, expiresAt: null });
    expect((await permissions.list(place)).permissions).toEqual([changed]);
    await permissions.revoke(place.contextId, given.id);
    await refused(permissions.revoke(place.contextId, given.id), 'permission_gone');
    await refused(permissions.change(place, which, everything), 'permission_gone');
    expect(parts.logged().filter((line) => line.startsWith('access.'))).toEqual([
      'access.granted | maya | acme/web, read: priya',
      'access.changed | maya | acme/web, read+write+delete+admin: priya',
      'access.revoked | maya | acme/web: priya',
    ]);
  });

  it('are refused to whom there is none of, with an end in the past, and on what is gone', async () => {
    const nobody = { kind: 'user' as const, email: 'nobody@acme.example' };
    await refused(permissions.grant(place, nobody, reading), 'service_refused');
    const past = { ...reading, expiresAt: new Date(clock.now().getTime()).toISOString() };
    await refused(permissions.grant(place, userOf('priya'), past), 'expiry_passed');
    await refused(permissions.list({ ...place, repositoryId: 'no-such-repository' }), 'repository_gone');
  });

  it('are neither shown to nor changed by those who lack admin', async () => {
    const { id } = await permissions.grant(place, userOf('priya'), {
      actions: ['read', 'write', 'delete'],
      expiresAt: null,
    });
    const hers = await placeOf('priya', await signIn(server, 'priya'));
    await refused(permissions.list(hers), 'repository_admin_needed');
    await refused(permissions.grant(hers, userOf('jonas'), reading), 'repository_admin_needed');
    const which = { permissionId: id, principal: userOf('priya') };
    await refused(permissions.change(hers, which, everything), 'repository_admin_needed');
    await refused(permissions.revoke(hers.contextId, id), 'repository_admin_needed');
  });

  it('are the authorizations of Kheeper: what one writes the other shows', async () => {
    const service = new ServiceCalls({ ...parts, clock, http: fetchHttpClient(fetch) });
    const grants = new GrantService({ ...parts, clock, service });
    const web = { contextId: place.contextId, repository: 'acme/web' };
    const { email } = server.user('priya');
    const to = { kind: 'user' as const, email };
    const { id } = await grants.grant(web, { to, permission: 'writer', expiresAt: null });
    expect((await permissions.list(place)).permissions).toMatchObject([{ id, actions: ['read', 'write'] }]);
    await permissions.change(place, { permissionId: id, principal: userOf('priya') }, reading);
    expect(await grants.list(web)).toMatchObject([{ id, email, permission: 'reader' }]);
    await permissions.revoke(place.contextId, id);
    expect(await grants.list(web)).toEqual([]);
  });
});
