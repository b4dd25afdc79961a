import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import { tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import {
  createdUserSchema,
  serverUserListSchema,
  serverUserSchema,
  temporaryPasswordSchema,
} from '../../contracts/server-api/artifact-keeper/users.ts';
import { createdTokenSchema, ownTokensPath } from '../../contracts/server-api/artifact-keeper/tokens.ts';
import { verifyAudit } from '../../reference-server/audit/audit-log.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import type { UserTable } from '../../reference-server/db/schema.ts';
import { findUser } from '../../reference-server/identity/users.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newUser, passwordOfNewUsers } from '../support/new-user.ts';
import { call } from '../support/server-client.ts';
import type { CallOptions, CallResult } from '../support/server-client.ts';

let server: LocalServer;
let root: UserTable;
beforeAll(async () => {
  server = await startLocalServer({ kisenon: kisenonSettings({ operators: ['ops@acme.example'] }) });
  root = await newUser(server, { username: 'root', role: 'admin' });
});
afterAll(() => server.stop());

const users = '/api/v1/users';
const messageOf = ({ body }: CallResult) => artifactKeeperErrorSchema.parse(body).message;

async function login(username: string, password = passwordOfNewUsers): Promise<string> {
  const { status, body } = await call(server, '/api/v1/auth/login', { body: { username, password } });
  if (status !== 200) throw new Error(`${username} signs in with ${String(status)}`);
  return tokenPairSchema.parse(body).access_token;
}

async function asRoot(path: string, options: CallOptions = {}): Promise<CallResult> {
  return call(server, `${users}${path}`, { ...options, token: await login('root') });
}

let made = 0;
/** Somebody for one test. */
const somebody = (user: Partial<UserTable> = {}) =>
  newUser(server, { username: `somebody-${String((made += 1))}`, ...user });

/** An API token of an administrator. */
async function apiToken(scope: string): Promise<string> {
  const body = { name: `Users ${String((made += 1))}`, scopes: [scope] };
  const answer = await call(server, ownTokensPath, { token: await login('root'), body });
  return createdTokenSchema.parse(answer.body).token;
}

async function auditOf(target: string): Promise<string[]> {
  const rows = await server.context.db
    .selectFrom('audit_events')
    .select(['action', 'actor_name', 'details'])
    .where('target', '=', target)
    .where('action', 'like', 'user.%')
    .orderBy('seq')
    .execute();
  return rows.map(({ action, actor_name: by, details }) => `${by ?? 'nobody'} ${action} ${details}`);
}

describe('who is made', () => {
  it('without a password gets one, told once, and has to change it', async () => {
    const body = { username: 'Lena.K', email: 'Lena@Acme.example' };
    const answer = await asRoot('', { body });
    expect(answer.status).toBe(201);
    const { user, generated_password: password = '' } = createdUserSchema.parse(answer.body);
    expect(user).toMatchObject({
      ...{ username: 'lena.k', email: 'lena@acme.example', display_name: 'lena.k', role: 'user' },
      ...{ is_admin: false, is_active: true, must_change_password: true, last_login_at: null },
    });
    expect(JSON.stringify((await asRoot(`/${user.id}`)).body)).not.toContain(password);
    const token = await login('lena.k', password);
    expect((await call(server, `${users}/me`, { token })).body).toMatchObject({ must_change_password: true });
    expect((await call(server, `${users}/${user.id}`, { token })).status).toBe(428);
    const said = JSON.stringify(await auditOf('lena.k'));
    expect(said).toContain('root user.created');
    expect(said).not.toContain(password);
  });

  it('with a password signs in with it, in the role and with an organization', async () => {
    const body = {
      username: 'otto',
      email: 'otto@acme.example',
      password: 'plum anchor velvet',
      is_admin: true,
    };
    const { user, ...rest } = createdUserSchema.parse((await asRoot('', { body })).body);
    expect([user.role, user.must_change_password, rest]).toEqual(['admin', false, {}]);
    const token = await login('otto');
    expect((await call(server, users, { token })).status).toBe(200);
    expect((await call(server, '/v1/orgs', { token })).body).toMatchObject({
      orgs: [{ slug: 'otto', role: 'owner' }],
    });
  });

  it.each([
    ['username', { username: 'JONAS', email: 'new@acme.example' }],
    ['email', { username: 'new', email: 'Jonas@acme.example' }],
  ])('has a %s of their own', async (field, body) => {
    const answer = await asRoot('', { body });
    expect([answer.status, messageOf(answer)]).toEqual([409, expect.stringMatching(`^${field}: `)]);
  });

  it.each([
    ['an unknown field', { rank: 1 }, 'rank'],
    ['a user name like an address', { username: 'a@b.example' }, 'username'],
    ['a user name with a space in it', { username: 'a b' }, 'username'],
    ['no address', { email: 'nonsense' }, 'email'],
    ['a short password', { password: 'short' }, 'password'],
    ['an unknown role', { role: 'owner' }, 'role'],
    ['a role that contradicts is_admin', { role: 'viewer', is_admin: true }, 'is_admin'],
    ['a display name on two lines', { display_name: 'a\nb' }, 'display_name'],
  ])('is refused with %s', async (_name, wrong, field) => {
    const answer = await asRoot('', { body: { username: 'wrong', email: 'wrong@acme.example', ...wrong } });
    expect([answer.status, messageOf(answer)]).toEqual([400, expect.stringContaining(field)]);
    expect(await auditOf('wrong')).toEqual([]);
  });

  it('is one, of eight at once with one name', async () => {
    const token = await login('root');
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) =>
        call(server, users, { token, body: { username: 'twin', email: `twin-${String(at)}@acme.example` } }),
      ),
    );
    const statuses = answers.map(({ status }) => status).toSorted();
    expect(statuses).toEqual([201, ...Array.from({ length: 7 }, () => 409)]);
    expect((await auditOf('twin')).length).toBe(1);
  });
});

describe('the list of users', () => {
  it('comes in pages, by user name, each user once', async () => {
    for (const number of [3, 1, 2]) {
      await somebody({ username: `paged-${String(number)}`, email: `p${String(number)}@pages.example` });
    }
    const page = async (query: string) =>
      serverUserListSchema.parse((await asRoot(`?search=pages.example&${query}`)).body);
    const first = await page('per_page=2');
    expect(first.pagination).toEqual({ page: 1, per_page: 2, total: 3, total_pages: 2 });
    const second = await page('per_page=2&page=2');
    expect([...first.items, ...second.items].map(({ username }) => username)).toEqual([
      ...['paged-1', 'paged-2', 'paged-3'],
    ]);
    expect((await page('page=9')).items).toEqual([]);
    expect((await page('per_page=100000')).pagination.per_page).toBe(100);
    expect((await page('')).pagination).toMatchObject({ per_page: 20, total_pages: 1 });
  });

  it('finds by part of a name or an address, by role and by status', async () => {
    await somebody({ username: 'seek-one', display_name: 'Zoë Quist', role: 'viewer' });
    await somebody({ username: 'seek-two', role: 'admin' });
    await somebody({ username: 'seek-off', status: 'disabled' });
    const names = async (query: string) =>
      serverUserListSchema.parse((await asRoot(`?${query}`)).body).items.map(({ username }) => username);
    expect(await names('search=SEEK-')).toEqual(['seek-off', 'seek-one', 'seek-two']);
    expect(await names('search=quist')).toEqual(['seek-one']);
    expect(await names('search=seek-o%25')).toEqual([]);
    expect(await names('search=seek-&is_active=false')).toEqual(['seek-off']);
    expect(await names('search=seek-&is_active=true&is_admin=false')).toEqual(['seek-one']);
    expect(await names('search=seek-&is_admin=true')).toEqual(['seek-two']);
    expect(await names('search=seek-&role=viewer')).toEqual(['seek-one']);
    for (const query of ['is_active=1', 'role=owner', 'page=0', 'sort=name']) {
      expect([query, (await asRoot(`?${query}`)).status]).toEqual([query, 400]);
    }
  });
});

/** Of somebody who has neither keys nor tokens. */
const disabled = 'user.disabled {"keys_revoked":0,"api_keys_revoked":0,"api_tokens_revoked":0}';

describe('a change of a user', () => {
  it('keeps what it does not name, and is noted', async () => {
    const { id, username } = await somebody({ role: 'viewer' });
    const token = await login(username);
    const change = { email: 'Other@Acme.example', display_name: 'Other', role: null };
    const answer = await asRoot(`/${id}`, { method: 'PATCH', body: change });
    expect(serverUserSchema.parse(answer.body)).toMatchObject({
      ...{ username, email: 'other@acme.example', display_name: 'Other', role: 'viewer', is_active: true },
    });
    expect((await call(server, `${users}/me`, { token })).status).toBe(200);
    expect(await auditOf(username)).toEqual([
      expect.stringContaining('"to":"other@acme.example"'),
      expect.stringContaining('"to":"Other"'),
    ]);
  });

  it.each([
    ['another role', { role: 'viewer' }, 'user.role_changed {"from":"user","to":"viewer"}'],
    ['is_admin', { is_admin: true }, 'user.role_changed {"from":"user","to":"admin"}'],
    ['the end of the account', { is_active: false }, disabled],
  ])('to %s ends all sessions at once', async (_name, body, noted) => {
    const { id, username } = await somebody();
    const tokens = await Promise.all([login(username), login(username)]);
    expect((await asRoot(`/${id}`, { method: 'PATCH', body })).status).toBe(200);
    for (const token of tokens) expect((await call(server, `${users}/me`, { token })).status).toBe(401);
    expect(await auditOf(username)).toEqual([`root ${noted}`]);
  });

  it('to what is so already ends nothing and notes nothing', async () => {
    const { id, username } = await somebody({ role: 'viewer' });
    const token = await login(username);
    const body = { is_admin: false, is_active: true, role: 'viewer' };
    expect((await asRoot(`/${id}`, { method: 'PATCH', body })).status).toBe(200);
    expect((await call(server, `${users}/me`, { token })).status).toBe(200);
    expect(await auditOf(username)).toEqual([]);
  });

  it('takes no address that another user has', async () => {
    const { id } = await somebody();
    const answer = await asRoot(`/${id}`, { method: 'PATCH', body: { email: 'JONAS@acme.example' } });
    expect([answer.status, messageOf(answer)]).toEqual([409, expect.stringMatching('^email: ')]);
  });

  it('leaves an account that waits to the operators', async () => {
    const { id } = await somebody({ status: 'pending' });
    expect((await asRoot(`/${id}`, { method: 'PATCH', body: { is_active: true } })).status).toBe(409);
    expect((await asRoot(`/${id}`)).body).toMatchObject({ status: 'pending' });
  });
});

describe('a deletion', () => {
  it('disables the account, which can be opened again', async () => {
    const { id, username } = await somebody();
    const token = await login(username);
    expect((await asRoot(`/${id}`, { method: 'DELETE' })).status).toBe(204);
    expect((await call(server, `${users}/me`, { token })).status).toBe(401);
    await expect(login(username)).rejects.toThrow('401');
    expect((await asRoot(`/${id}`)).body).toMatchObject({ status: 'disabled', is_active: false });
    expect((await asRoot(`/${id}`, { method: 'PATCH', body: { is_active: true } })).status).toBe(200);
    await login(username);
    expect(await auditOf(username)).toEqual([`root ${disabled}`, 'root user.enabled {}']);
  });
});

describe('a password', () => {
  it('that is reset is told once, ends all sessions and has to be changed', async () => {
    const { id, username } = await somebody();
    const token = await login(username);
    const { body } = await asRoot(`/${id}/password/reset`, { method: 'POST' });
    const { temporary_password: given } = temporaryPasswordSchema.parse(body);
    expect((await call(server, `${users}/me`, { token })).status).toBe(401);
    await expect(login(username)).rejects.toThrow('401');
    const fresh = await login(username, given);
    expect((await call(server, '/v1/orgs', { token: fresh })).status).toBe(428);
    const said = JSON.stringify(await auditOf(username));
    expect(said).toContain('root user.password_reset');
    expect(said).not.toContain(given);
  });

  it('that is to be changed is the same until then', async () => {
    const { id, username } = await somebody();
    const token = await login(username);
    expect((await asRoot(`/${id}/force-password-change`, { method: 'POST' })).status).toBe(204);
    expect((await call(server, `${users}/me`, { token })).status).toBe(401);
    expect((await call(server, '/v1/orgs', { token: await login(username) })).status).toBe(428);
    expect(await auditOf(username)).toEqual(['root user.password_change_forced {}']);
  });

  it.each(['password/reset', 'force-password-change'])(
    'is not given by %s to who signs in elsewhere, nor to oneself',
    async (what) => {
      const { id } = await somebody({ password_hash: null });
      expect((await asRoot(`/${id}/${what}`, { method: 'POST' })).status).toBe(409);
      expect((await asRoot(`/${root.id}/${what}`, { method: 'POST' })).status).toBe(400);
      expect((await asRoot(`/${id}`)).body).toMatchObject({ must_change_password: false });
    },
  );
});

describe('administrators', () => {
  it.each([
    ['PATCH', { role: 'user' }],
    ['PATCH', { is_admin: false }],
    ['PATCH', { is_active: false }],
    ['DELETE', undefined],
  ])('cannot lock themselves out by %s %j, also not where there are others', async (method, body) => {
    await somebody({ role: 'admin' });
    const answer = await asRoot(`/${root.id}`, { method, ...(body === undefined ? {} : { body }) });
    expect(answer.status).toBe(400);
    expect((await asRoot(`/${root.id}`)).body).toMatchObject({ role: 'admin', is_active: true });
  });

  describe.each(['write:users', 'admin'])(
    'are made and changed by no API token with the scope %s:',
    (scope) => {
      it.each<[what: string, who: Partial<UserTable>, ask: (user: UserTable) => [string, CallOptions]]>([
        ['made', {}, () => ['', { body: { username: 'upstart', email: 'u@acme.example', role: 'admin' } }]],
        ['made as operators', {}, () => ['', { body: { username: 'upstart', email: 'ops@acme.example' } }]],
        [
          'given the address of an operator',
          {},
          ({ id }) => [`/${id}`, { method: 'PATCH', body: { email: 'Ops@Acme.example' } }],
        ],
        ['promoted', {}, ({ id }) => [`/${id}`, { method: 'PATCH', body: { is_admin: true } }]],
        [
          'promoted before the account is open',
          { status: 'disabled' },
          ({ id }) => [`/${id}`, { method: 'PATCH', body: { role: 'admin' } }],
        ],
        [
          'enabled',
          { role: 'admin', status: 'disabled' },
          ({ id }) => [`/${id}`, { method: 'PATCH', body: { is_active: true } }],
        ],
        [
          'given an address, which a provider may sign somebody in by',
          { role: 'admin' },
          ({ id }) => [`/${id}`, { method: 'PATCH', body: { email: 'other@evil.example' } }],
        ],
        ['given a password', { role: 'admin' }, ({ id }) => [`/${id}/password/reset`, { method: 'POST' }]],
        [
          'made to change it',
          { role: 'admin' },
          ({ id }) => [`/${id}/force-password-change`, { method: 'POST' }],
        ],
        ['disabled', { role: 'admin' }, ({ id }) => [`/${id}`, { method: 'DELETE' }]],
      ])('%s', async (_what, who, ask) => {
        const user = await somebody(who);
        const [path, options] = ask(user);
        const answer = await call(server, `${users}${path}`, { ...options, token: await apiToken(scope) });
        expect([answer.status, messageOf(answer)]).toEqual([
          403,
          expect.stringContaining('not by an API token'),
        ]);
        expect(await findUser(server.context.db, user.id)).toEqual(user);
        expect(await auditOf('upstart')).toEqual([]);
      });

      it('others are', async () => {
        const token = await apiToken(scope);
        const { id } = await somebody({ status: 'disabled' });
        const enabled = { method: 'PATCH', body: { is_active: true, email: `${id}@acme.example` }, token };
        expect((await call(server, `${users}/${id}`, enabled)).status).toBe(200);
        const reset = { method: 'POST', token };
        expect((await call(server, `${users}/${id}/password/reset`, reset)).status).toBe(200);
      });
    },
  );

  it('who disable and demote each other at once leave one', async () => {
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ role: 'user' }).where('id', '!=', root.id).execute(),
    );
    const others = await Promise.all(Array.from({ length: 5 }, () => somebody({ role: 'admin' })));
    const all = [root, ...others];
    const tokens = await Promise.all(all.map(({ username }) => login(username)));
    const answers = await Promise.all(
      all.map(({ id }, at) => {
        const token = tokens.at(at - 1);
        const options = at % 2 === 0 ? { method: 'DELETE' } : { method: 'PATCH', body: { role: 'viewer' } };
        return call(server, `${users}/${id}`, { ...options, ...(token === undefined ? {} : { token }) });
      }),
    );
    const left = await server.context.db
      .selectFrom('users')
      .select('id')
      .where('role', '=', 'admin')
      .where('status', '=', 'active')
      .execute();
    const done = answers.filter(({ status }) => status === 200 || status === 204).length;
    expect(left.length).toBe(all.length - done);
    expect(left.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await verifyAudit(server.context.db)).toMatchObject({ valid: true });
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ role: 'admin', status: 'active' }).where('id', '=', root.id).execute(),
    );
  });
});

/** Who asks, and whether administrators' routes let them in. */
const callers: Record<string, { user: Partial<UserTable>; manage: number; self: number }> = {
  'an administrator': { user: { role: 'admin' }, manage: 200, self: 200 },
  'a user': { user: { role: 'user' }, manage: 403, self: 200 },
  'a viewer': { user: { role: 'viewer' }, manage: 403, self: 200 },
  'a disabled administrator': { user: { role: 'admin', status: 'disabled' }, manage: 401, self: 401 },
  'an administrator who waits': { user: { role: 'admin', status: 'pending' }, manage: 403, self: 403 },
  'an administrator with a given password': {
    ...{ user: { role: 'admin', must_change_password: 1 }, manage: 428, self: 428 },
  },
};

/** Requests of administrators; the body or answer has no part in who may send it. */
const requests: Record<string, { options: CallOptions; path: string; ok: number }> = {
  'list users': { options: {}, path: '', ok: 200 },
  'make a user': { options: { body: { username: 'jonas', email: 'j@acme.example' } }, path: '', ok: 409 },
  'see a user': { options: {}, path: '/TARGET', ok: 200 },
  'change a user': {
    options: { method: 'PATCH', body: { display_name: 'Changed' } },
    path: '/TARGET',
    ok: 200,
  },
  'disable a user': { options: { method: 'DELETE' }, path: '/TARGET', ok: 204 },
  'reset a password': { options: { method: 'POST' }, path: '/TARGET/password/reset', ok: 200 },
  'force a change': { options: { method: 'POST' }, path: '/TARGET/force-password-change', ok: 204 },
};

describe('who may what', () => {
  it.each(Object.entries(callers))('of %s', async (_name, { user, manage, self }) => {
    const caller = await somebody({ ...user, status: 'active' });
    const token = await login(caller.username);
    const status = user.status ?? 'active';
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status }).where('id', '=', caller.id).execute(),
    );
    for (const [name, { options, path, ok }] of Object.entries(requests)) {
      const target = await somebody();
      const answer = await call(server, users + path.replace('TARGET', target.id), { ...options, token });
      expect([name, answer.status]).toEqual([name, manage === 200 ? ok : manage]);
      const expectedNotes = manage === 200 && options.method !== undefined ? 1 : 0;
      expect([name, (await auditOf(target.username)).length]).toEqual([name, expectedNotes]);
    }
    expect((await call(server, `${users}/${caller.id}`, { token })).status).toBe(self);
    expect((await call(server, users, {})).status).toBe(401);
  });

  it('of a user who is not there: nobody knows him', async () => {
    const nobody = `u_${'a'.repeat(26)}`;
    expect((await asRoot(`/${nobody}`)).status).toBe(404);
    expect((await asRoot(`/${nobody}`, { method: 'DELETE' })).status).toBe(404);
    expect((await asRoot(`/${nobody}/password/reset`, { method: 'POST' })).status).toBe(404);
    expect((await asRoot('/nonsense')).status).toBe(400);
  });
});
