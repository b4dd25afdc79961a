import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { perClient } from '../../contracts/domain/registry-client.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import { systemClock } from '../../main/adapters/clock.ts';
import { discoverService } from '../../main/core/service/discovery.ts';
import { PasswordSignIn } from '../../main/core/signin/password/password-sign-in.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import { appOrganization } from '../support/app-organization.ts';
import { noDocument, startPublishedService } from '../support/published-service.ts';
import type { PublishedService } from '../support/published-service.ts';

const document = 'artifact-keeper.openapi.yaml';
const skipped = noDocument(document);
if (skipped !== null) process.stderr.write(`${skipped}\n`);

let service: PublishedService;
/** Members of its answers, by operation. */
const values: Record<string, object> = {};
const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe.skipIf(skipped !== null)('an Artifact Keeper that is not ours', () => {
  beforeAll(async () => {
    service = await startPublishedService(document, values);
  });
  afterAll(async () => {
    await service.stop();
  });

  const ask = (method: string, path: string, body?: object, token = 'x'): Promise<Response> =>
    fetch(`${service.origin}${path}`, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  it.each<[string, string, string, object | undefined, string?]>([
    ['a member is missing', 'POST', '/api/v1/auth/login', { username: 'maya' }],
    ['a member is of another type', 'POST', '/api/v1/auth/login', { username: 'maya', password: 1 }],
    ['a query is of another type', 'GET', '/api/v1/users?page=first', undefined],
    ['an id has another form', 'GET', '/api/v1/users/me/tokens', undefined],
    ['nobody signs in', 'GET', '/api/v1/users', undefined, ''],
  ])('refuses a request where %s', async (_what, method, path, body, token) => {
    const before = service.refused.length;
    expect((await ask(method, path, body, token)).ok).toBe(false);
    expect(service.refused).toHaveLength(before + 1);
  });

  it('is recognised, although it does not describe itself', async () => {
    const before = service.refused.length;
    const { dialects, service: found } = await discoverService(
      { http: fetchHttpClient(fetch), clock: systemClock, logger },
      service.origin,
    );
    expect(dialects).toEqual(['artifact-keeper']);
    expect(found).toMatchObject({ methods: ['password'], hasRegistry: true });
    expect(service.asked).toContain('setup_status');
    expect(service.refused).toHaveLength(before);
  });

  /** The app with a vault of its own. */
  async function openApp() {
    const clock = new ManualClock(new Date());
    const parts = await signInParts(clock);
    onTestFinished(() => parts.dispose());
    const base = { ...parts, http: fetchHttpClient(fetch), clock, logger };
    const onSignedIn = () => Promise.resolve(perClient(() => 'not_asked' as const));
    return { clock, parts, signIns: new PasswordSignIn({ ...base, onSignedIn }) };
  }

  const typed = () => {
    const chosen = { name: 'Theirs', address: service.host, setUpPodman: false, setUpDocker: false };
    return { target: { kind: 'new', ...chosen }, username: 'maya', password: 'given to her' } as const;
  };

  it('that wants a second factor is said to, and its empty tokens are not kept', async () => {
    const empty = { access_token: '', refresh_token: '', token_type: 'Bearer', expires_in: 0 };
    const wanted = { must_change_password: false, totp_required: true, totp_token: 'later' };
    values['login'] = { ...empty, ...wanted };
    const { parts, signIns } = await openApp();
    const refused = signIns.signIn({ ...typed(), newPassword: null });
    await expect(refused).rejects.toMatchObject({ code: 'second_factor_wanted' });
    expect(parts.contexts.list()).toEqual([]);
  });

  it('signs the app in with a password, has another one chosen, renews its session and ends it', async () => {
    const once = { token_type: 'Bearer', expires_in: 1800, totp_required: null, totp_token: null };
    const tokens = { ...once, access_token: 'first.access.token', refresh_token: 'first-refresh' };
    values['login'] = { ...tokens, must_change_password: true };
    values['refresh_token'] = { ...tokens, refresh_token: 'second-refresh', must_change_password: false };
    values['get_current_user'] = { id: crypto.randomUUID(), username: 'maya', display_name: null };
    const { clock, parts, signIns } = await openApp();
    const before = { refused: service.refused.length, unknown: service.unknown.length };
    expect(await signIns.signIn({ ...typed(), newPassword: null })).toEqual({ kind: 'new_password' });
    const answer = await signIns.signIn({ ...typed(), newPassword: 'chosen by her' });
    expect(answer).toMatchObject({ kind: 'signed_in', confirmed: true });
    clock.advance(29 * 60_000 + 1);
    const { id = '' } = parts.contexts.current() ?? {};
    expect((await parts.contexts.status(id)).context.signIn.state).toBe('signed_in');
    const revoke = parts.credentials.revocation(parts.contexts.get(id));
    expect((await revoke()).credentials).toMatchObject([{ kind: 'session', revocation: 'revoked' }]);
    for (const operation of ['login', 'change_password', 'get_current_user', 'refresh_token', 'logout'])
      expect(service.asked).toContain(operation);
    expect(service.refused.slice(before.refused)).toEqual([]);
    // How it is recognised begins with the address that ours has.
    expect(new Set(service.unknown.slice(before.unknown))).toEqual(
      new Set([
        ...['get /.well-known/keyhold', 'get /api/v1/system/config'],
        'get /v1/keeper/control/auth/config',
      ]),
    );
  });

  /** The app, signed in, with what is done there. */
  async function openSignedIn() {
    const once = { token_type: 'Bearer', expires_in: 1800, totp_required: null, totp_token: null };
    values['login'] = {
      ...once,
      ...{ access_token: 'an.access.token', refresh_token: 'a-refresh', must_change_password: false },
    };
    values['get_current_user'] = { id: crypto.randomUUID(), username: 'maya', display_name: null };
    const { clock, parts, signIns } = await openApp();
    await signIns.signIn({ ...typed(), newPassword: null });
    const { id: contextId = '' } = parts.contexts.current() ?? {};
    return { contextId, parts, app: appOrganization(parts, clock) };
  }

  it('lists and changes users, groups and API tokens for the app', async () => {
    const { contextId, parts, app } = await openSignedIn();
    const { users, groups, apiTokens } = app;
    const before = { refused: service.refused.length, unknown: service.unknown.length };
    // Its document has neither an audit log nor the sync of a directory.
    const offered = ['passwords', 'repositories', 'permissions', 'users', 'groups', 'api-tokens'];
    expect(parts.contexts.summary(contextId).capabilities).toEqual(offered);
    await users.list(contextId);
    await users.list(contextId, 'maya');
    await groups.list(contextId);
    await groups.list(contextId, 'dev');
    const group = await groups.create(contextId, { name: 'developers', description: '', organization: null });
    await groups.change({ contextId, groupId: group.id }, { name: 'builders', description: 'CI' });
    await groups.addMembers({ contextId, groupId: group.id }, [crypto.randomUUID()]);
    values['get_group'] = { member_count: 3 };
    const place = { contextId, groupId: group.id };
    expect(await groups.members(place), 'it tells how many').toEqual({ members: [], total: 3 });
    const terms = { scopes: ['repository:read'] as const, repositories: null, expiresAt: null };
    const { heldId } = await apiTokens.create(contextId, { name: 'CI', ...terms });
    expect(heldId).not.toBe('');
    const { tokens } = await apiTokens.list(contextId);
    await apiTokens.revoke(contextId, tokens[0]?.id ?? '');
    await apiTokens.repositories(contextId);
    expect(service.refused.slice(before.refused)).toEqual([]);
    expect(service.unknown.slice(before.unknown)).toEqual([]);
  });

  it('lists, gives, changes and takes back permissions for the app; it keeps no ends', async () => {
    const { contextId, app } = await openSignedIn();
    const { permissions } = app;
    const before = { refused: service.refused.length, unknown: service.unknown.length };
    const [principal, permissionId] = [crypto.randomUUID(), crypto.randomUUID()];
    const own = { id: permissionId, principal_type: 'user', principal_id: principal, actions: ['read'] };
    values['create_permission'] = { ...own, principal_name: null };
    values['update_permission'] = { ...own, actions: ['admin'] };
    const { repositories } = await permissions.repositories(contextId);
    expect(repositories[0]?.actions, 'it does not tell what its caller may do').toBeNull();
    const place = { contextId, repositoryId: repositories[0]?.id ?? '' };
    await permissions.list(place);
    const user = { kind: 'user' as const, id: principal };
    const reading = { actions: ['read'] as const, expiresAt: null };
    const given = await permissions.grant(place, user, reading);
    const known = { principal: { ...user, name: null, email: null }, expiresAt: null };
    expect(given).toMatchObject({ id: permissionId, ...known, actions: ['read'] });
    const which = { permissionId, principal: user };
    expect(await permissions.change(place, which, reading)).toMatchObject({ actions: ['admin'] });
    await permissions.revoke(contextId, permissionId);
    const forADay = { ...reading, expiresAt: new Date(Date.now() + 86_400_000).toISOString() };
    const refused = permissions.grant(place, user, forADay);
    await expect(refused).rejects.toMatchObject({ code: 'end_not_kept' });
    expect(service.refused.slice(before.refused)).toEqual([]);
    expect(service.unknown.slice(before.unknown)).toEqual([]);
    for (const operation of ['create', 'update', 'delete'])
      expect(service.asked).toContain(`${operation}_permission`);
  });
});
