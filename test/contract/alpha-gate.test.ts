import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createdApiKeySchema } from '../../contracts/server-api/kisenon/api-keys.ts';
import { pendingListSchema, sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import { newId } from '../../reference-server/identity/ids.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { basicHeader } from '../support/registry-client.ts';
import { call, errorCode, registerTestKey, signIn } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';
import { newWaitingUser } from '../support/waiting-users.ts';

let server: LocalServer;
/** jonas is an operator by the configuration, as any member of anything can be. */
beforeAll(async () => {
  server = await startLocalServer({
    kisenon: kisenonSettings({ operators: ['jonas@acme.example', 'maya@acme.example'] }),
  });
});
afterAll(() => server.stop());

const password = 'correct horse';
const newPending = () => newWaitingUser(server);

const login = (username: string, more: object = {}) =>
  call(server, '/v1/auth/login', { body: { username, password, ...more } });
async function jwtOf(username: string): Promise<string> {
  return sessionJwtSchema.parse((await login(username, { as: 'jwt' })).body).token;
}
const decide = async (by: string, id: string, verb: string, note = '') =>
  call(server, `/v1/pending/${id}/${verb}`, { token: await signIn(server, by), body: { note } });

describe('who waits', () => {
  it('signs in, asks who they are, renews, signs out, and nothing else', async () => {
    const { username } = await newPending();
    const token = await jwtOf(username);
    expect((await call(server, '/v1/whoami', { token })).body).toMatchObject({
      ...{ user: { username }, status: 'pending', operator: false },
    });
    const renewed = await call(server, '/v1/auth/refresh', { method: 'POST', token });
    expect(renewed.status).toBe(200);
    const refused = await call(server, '/v1/repos', { token });
    expect([refused.status, errorCode(refused)]).toEqual([403, 'alpha_pending']);
    expect(JSON.stringify(refused.body)).toContain(`${server.origin}/pending`);
    expect((await call(server, '/v1/auth/logout', { method: 'POST', token })).status).toBe(204);
    expect((await call(server, '/v1/whoami', { token })).status).toBe(401);
  });

  it('gets no registry token, and is told why', async () => {
    const user = await newPending();
    const ask = (init: RequestInit) =>
      fetch(`${server.origin}/v2/token?scope=repository:acme/base:pull`, init);
    const form = new URLSearchParams({ grant_type: 'password', username: user.username, password });
    for (const init of [
      { headers: basicHeader(server, user) },
      { headers: { authorization: `Bearer ${await jwtOf(user.username)}` } },
      { method: 'POST', body: form },
      { method: 'POST', headers: basicHeader(server, user) },
    ]) {
      const response = await ask(init);
      expect(response.status).toBe(403);
      const { errors } = (await response.json()) as { errors: { code: string; message: string }[] };
      expect(errors[0]).toMatchObject({
        code: 'DENIED',
        message: expect.stringContaining('approve') as string,
      });
    }
  });

  it('gets nothing by an API key that they had, and by none once they are denied', async () => {
    const { id } = server.user('jonas');
    const setStatus = (status: 'active' | 'pending' | 'disabled') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status }).where('id', '=', id).execute(),
      );
    const made = await call(server, '/v1/api-keys/', {
      token: await signIn(server, 'jonas'),
      body: { name: 'old' },
    });
    const { secret: token } = createdApiKeySchema.parse(made.body);
    await setStatus('pending');
    expect((await call(server, '/v1/whoami', { token })).body).toMatchObject({ status: 'pending' });
    expect(errorCode(await call(server, '/v1/projects', { token }))).toBe('alpha_pending');
    const registry = () =>
      fetch(`${server.origin}/v2/token`, {
        headers: basicHeader(server, { username: 'any', password: token }),
      });
    expect((await registry()).status).toBe(403);
    await setStatus('disabled');
    expect(errorCode(await call(server, '/v1/whoami', { token }))).toBe('key_revoked');
    expect((await registry()).status).toBe(401);
    await setStatus('active');
    expect((await call(server, '/v1/projects', { token })).status).toBe(200);
  });

  it('brings in no new key by an old one', async () => {
    const [old, next] = [await newTestKey(), await newTestKey()];
    await registerTestKey(server, 'priya', old);
    const { id } = server.user('priya');
    const setStatus = (status: 'active' | 'pending') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status }).where('id', '=', id).execute(),
      );
    await setStatus('pending');
    const rotation = await old.rotationToken(id, server.origin, next.kid);
    const registration = await next.registrationToken(id, server.origin);
    const body = { registration_token: registration, rotation_token: rotation };
    expect(errorCode(await call(server, '/v1/keys/rotate', { body }))).toBe('alpha_pending');
    await setStatus('active');
    expect((await call(server, '/v1/keys/rotate', { body })).status).toBe(201);
  });

  it('approves nobody, not even as an operator', async () => {
    const { id } = await newPending();
    const setStatus = (status: 'active' | 'pending') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status }).where('username', '=', 'jonas').execute(),
      );
    await setStatus('pending');
    expect(errorCode(await decide('jonas', id, 'approve'))).toBe('alpha_pending');
    expect(errorCode(await decide('jonas', server.user('jonas').id, 'approve'))).toBe('alpha_pending');
    await setStatus('active');
    const [token, method] = [await signIn(server, 'jonas'), 'POST'];
    expect((await call(server, `/v1/pending/${id}/approve`, { token, method })).status).toBe(204);
  });
});

describe('operators', () => {
  it('see who waits, the oldest first, page by page', async () => {
    const all = [await newPending(), await newPending(), await newPending()];
    const token = await signIn(server, 'maya');
    const seen: string[] = [];
    let after = '';
    do {
      const { body } = await call(server, `/v1/pending?limit=2&after=${after}`, { token });
      const { accounts, next } = pendingListSchema.parse(body);
      expect(accounts.length).toBeLessThanOrEqual(2);
      expect(accounts.map(({ providers }) => providers)).toEqual(accounts.map(() => ['example']));
      seen.push(...accounts.map(({ user }) => user.username));
      after = next ?? '';
      // That the last one is decided about meanwhile loses nobody.
      const last = accounts.at(-1)?.user;
      if (after !== '' && last !== undefined) await decide('maya', last.id, 'approve');
    } while (after !== '');
    expect(seen.slice(-3)).toEqual(all.map(({ username }) => username));
    expect(new Set(seen).size).toBe(seen.length);
  });

  it('approve: the sessions that waited go on', async () => {
    const { id, username } = await newPending();
    const token = await jwtOf(username);
    expect((await decide('maya', id, 'approve', 'Welcome')).status).toBe(204);
    expect((await call(server, '/v1/whoami', { token })).body).toMatchObject({ status: 'active' });
    expect((await call(server, '/v1/repos', { token })).status).toBe(200);
  });

  it('deny: all sessions end, and the person reads the note with the right password alone', async () => {
    const { id, username } = await newPending();
    const token = await jwtOf(username);
    expect((await decide('maya', id, 'deny', 'Ask again in March')).status).toBe(204);
    expect(errorCode(await call(server, '/v1/whoami', { token }))).toBe('session_expired');
    expect(errorCode(await call(server, '/v1/auth/refresh', { method: 'POST', token }))).toBe(
      'session_expired',
    );
    const left = server.context.db.selectFrom('sessions').select('token_hash').where('user_id', '=', id);
    expect(await left.execute()).toEqual([]);
    const denied = await login(username);
    expect([denied.status, errorCode(denied)]).toEqual([403, 'email_not_allowed']);
    expect(JSON.stringify(denied.body)).toContain('Ask again in March');
    const wrong = await login(username, { password: 'wrong' });
    expect(errorCode(wrong)).toBe('invalid_credentials');
    const registry = await fetch(`${server.origin}/v2/token`, {
      headers: basicHeader(server, { username, password }),
    });
    expect(registry.status).toBe(403);
    expect(await registry.text()).toContain('Ask again in March');
  });

  it('at the same time: the first one decides, the second is told', async () => {
    const { id, username } = await newPending();
    const answers = await Promise.all([decide('maya', id, 'approve'), decide('jonas', id, 'deny')]);
    const [won, lost] = answers.toSorted((one, other) => one.status - other.status);
    expect([won?.status, lost?.status]).toEqual([204, 409]);
    expect(JSON.stringify(lost?.body)).toMatch(
      /(?:maya has already approved|jonas has already denied) the account/,
    );
    expect(JSON.stringify(lost?.body)).toContain(username);
    const rows = await server.context.db
      .selectFrom('account_decisions')
      .selectAll()
      .where('user_id', '=', id)
      .execute();
    expect(rows).toHaveLength(1);
  });

  it('undo a decision, once: the account waits again', async () => {
    const undo = async (by: string, id: string) =>
      call(server, `/v1/pending/${id}/undo`, { token: await signIn(server, by), method: 'POST' });
    const { id, username } = await newPending();
    expect(errorCode(await undo('maya', id))).toBe('conflict');
    for (const [verb, after] of [
      ['deny', 'disabled'],
      ['approve', 'active'],
    ] as const) {
      await decide('jonas', id, verb, 'A mistake');
      const token = verb === 'approve' ? await jwtOf(username) : undefined;
      expect(errorCode(await undo('priya', id))).toBe('role_insufficient');
      const answers = await Promise.all([undo('maya', id), undo('jonas', id)]);
      expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 409]);
      const again = token ?? (await jwtOf(username));
      expect([after, (await call(server, '/v1/whoami', { token: again })).body]).toMatchObject([
        after,
        { status: 'pending' },
      ]);
      expect(errorCode(await call(server, '/v1/repos', { token: again }))).toBe('alpha_pending');
    }
    // What was closed otherwise meanwhile stays closed.
    await decide('jonas', id, 'approve');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status: 'disabled' }).where('id', '=', id).execute(),
    );
    expect(errorCode(await undo('maya', id))).toBe('conflict');
    expect((await login(username)).status).toBe(401);
  });

  it('let nobody in again by what a denied account made while it was approved', async () => {
    const { id, username } = await newPending();
    await decide('maya', id, 'approve');
    const [token, key] = [await jwtOf(username), await newTestKey()];
    const registration_token = await key.registrationToken(id, server.origin);
    await call(server, '/v1/keys', { token, body: { registration_token } });
    const made = await call(server, '/v1/api-keys/', { token, body: { name: 'CI' } });
    const { secret } = createdApiKeySchema.parse(made.body);
    const opened = async () => {
      const tokens = [secret, await key.apiToken(id, server.origin)];
      const answers = tokens.map((each) => call(server, '/v1/whoami', { token: each }));
      return (await Promise.all(answers)).map(({ status }) => status);
    };
    expect(await opened()).toEqual([200, 200]);
    for (const verb of ['undo', 'deny', 'undo', 'approve']) {
      expect([verb, (await decide('jonas', id, verb)).status]).toEqual([verb, 204]);
    }
    expect((await login(username)).status).toBe(200);
    expect(await opened()).toEqual([401, 401]);
  });

  it('take no decision about an administrator back', async () => {
    const { id, username } = await newPending();
    await decide('maya', id, 'approve');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ role: 'admin' }).where('id', '=', id).execute(),
    );
    const token = await jwtOf(username);
    for (const by of [await signIn(server, 'jonas'), token]) {
      const undone = await call(server, `/v1/pending/${id}/undo`, { token: by, method: 'POST' });
      expect(errorCode(undone)).toBe('conflict');
    }
    expect((await call(server, '/v1/repos', { token })).status).toBe(200);
  });

  it('decide about nobody who does not wait, and others about nobody at all', async () => {
    const { id } = await newPending();
    expect(errorCode(await decide('priya', id, 'approve'))).toBe('role_insufficient');
    expect(errorCode(await decide('maya', server.user('priya').id, 'deny'))).toBe('conflict');
    expect(errorCode(await decide('maya', newId('u'), 'deny'))).toBe('not_found');
    expect(errorCode(await decide('maya', id, 'deny', 'n'.repeat(501)))).toBe('invalid_request');
    expect((await call(server, '/v1/pending', {})).status).toBe(401);
    expect(errorCode(await call(server, '/v1/pending', { token: await signIn(server, 'priya') }))).toBe(
      'role_insufficient',
    );
  });

  it('leave a trace in the audit log', async () => {
    const { id, username } = await newPending();
    await decide('jonas', id, 'deny', 'A private word');
    const event = await server.context.db
      .selectFrom('audit_events')
      .selectAll()
      .where('target', '=', username)
      .executeTakeFirstOrThrow();
    expect(event).toMatchObject({ action: 'account.denied', actor_name: 'jonas', outcome: 'success' });
    expect(JSON.stringify(event)).not.toContain('private');
  });
});
