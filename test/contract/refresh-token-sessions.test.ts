import { beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { tokenPairSchema, type TokenPair } from '../../contracts/server-api/artifact-keeper/session.ts';
import { readAllSessions, sessionPlace } from '../../main/core/credentials/sessions/session-store.ts';
import { asked, passwordRigs } from '../support/password-rig.ts';
import { call } from '../support/server-client.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

const rig = passwordRigs();
let id: string;
beforeEach(async () => {
  id = await rig().context('maya');
  rig().http.requests.length = 0;
});

const ask = (): Promise<unknown> => rig().calls.ask(id, { method: 'GET', path: '/v1/orgs' }, z.unknown());
const state = (): string => rig().parts.contexts.summary(id).signIn.state;
const renewals = (): number => rig().http.requests.filter((request) => request === asked.refresh).length;
const login = () => rig().parts.tokens.registryToken(id, rig().server.host);

/** A sign-in of somebody elsewhere. */
async function pairOf(username: string): Promise<TokenPair> {
  const { server } = rig();
  const { password } = server.user(username);
  return tokenPairSchema.parse(
    (await call(server, '/api/v1/auth/login', { body: { username, password } })).body,
  );
}

/** What the registry's token endpoint says to what the credential helper would hand out. */
async function registryStatus(): Promise<number> {
  const { server } = rig();
  const { username, secret } = await login();
  const authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  const query = new URLSearchParams({ service: server.host, scope: 'repository:acme/base:pull' });
  return (await fetch(`${server.origin}/v2/token?${query.toString()}`, { headers: { authorization } }))
    .status;
}

describe('a session by refresh tokens', () => {
  it('signs in at the API and at the registry, where it goes by the user name', async () => {
    await ask();
    expect(await registryStatus()).toBe(200);
    expect((await login()).username).toBe('maya');
    expect(renewals()).toBe(0);
  });

  it('goes on for 7 days from its last renewal, each time by another refresh token', async () => {
    for (const days of [6, 6, 6]) {
      rig().advance(days * day);
      await ask();
      expect(await registryStatus()).toBe(200);
    }
    expect(renewals()).toBe(3);
    rig().advance(8 * day);
    await expect(ask()).rejects.toMatchObject({ code: 'session_expired' });
    expect(state()).toBe('expired');
    expect(await rig().context('maya', { target: { kind: 'context', contextId: id } })).toBe(id);
    expect(state()).toBe('signed_in');
  });

  it('is renewed once for all who wait', async () => {
    rig().advance(20 * minute);
    await Promise.all([...Array.from({ length: 20 }, ask), login(), rig().parts.contexts.status(id)]);
    expect(renewals()).toBe(1);
    expect(state()).toBe('signed_in');
  });

  it('goes on after a lock, and needs no more than what lies in the vault', async () => {
    for (let round = 0; round < 3; round += 1) {
      rig().parts.vault.lock();
      await rig().parts.unlock();
      await ask();
    }
    expect(renewals()).toBe(3);
  });

  it.each(['keyhold', 'artifact-keeper'])(
    'is renewed when the server calls the access token over, whatever the app’s clock says (%s)',
    async (dialect) => {
      rig().speakOnly(dialect);
      await rig().parts.contexts.status(id);
      const later = rig().clock.now().getTime() + 16 * minute;
      vi.spyOn(rig().server.context, 'now').mockImplementation(() => new Date(later));
      const status = await rig().parts.contexts.status(id);
      expect(status).toMatchObject({ identity: 'Maya Chen', context: { signIn: { state: 'signed_in' } } });
      expect(renewals()).toBe(1);
    },
  );

  it('is over where it was ended elsewhere, as its refresh token says', async () => {
    rig().speakOnly('artifact-keeper');
    await rig().parts.contexts.status(id);
    await rig().server.context.write({}, (tx) => tx.deleteFrom('sessions').execute());
    await rig().parts.contexts.status(id);
    expect(state()).toBe('expired');
    rig().http.requests.length = 0;
    await expect(ask()).rejects.toMatchObject({ code: 'session_expired' });
    expect(rig().http.requests, 'nobody is asked any more').toEqual([]);
  });

  it('is kept while the service cannot be reached or answers as something else', async () => {
    rig().advance(20 * minute);
    rig().http.fault = (request) => (request === asked.refresh ? 'not_sent' : null);
    await expect(ask()).rejects.toMatchObject({ code: 'server_unreachable' });
    rig().http.fault = () => null;
    for (const [status, text] of [
      [401, '<html>Sign in to this network</html>'],
      [200, '<html>'],
      [200, '{"access_token": "", "refresh_token": "", "expires_in": 900}'],
    ] as const) {
      rig().http.answer = (request, response) =>
        request === asked.refresh ? { ...response, status, text } : response;
      // The answer is lost, and with it the token that it brought: this is about what is made of it.
      await expect(ask()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
      expect(state()).toBe('foreign');
    }
  });

  it('whose renewal was lost on the way is over: its refresh token was used up', async () => {
    rig().advance(20 * minute);
    rig().http.fault = (request) => (request === asked.refresh ? 'answer_lost' : null);
    await expect(ask()).rejects.toMatchObject({ code: 'server_unreachable' });
    rig().http.fault = () => null;
    expect(await rig().sessionsOf('maya')).toBe(1);
    await expect(ask()).rejects.toMatchObject({ code: 'session_expired' });
    expect(state()).toBe('expired');
    // Whoever has what the lost answer brought, has nothing.
    expect(await rig().sessionsOf('maya')).toBe(0);
  });

  it('whose refresh token was used up is renewed by the one that took its place in the vault, once', async () => {
    rig().advance(20 * minute);
    const other = await pairOf('maya');
    const sql = rig().parts.vault.sql();
    const [row] = readAllSessions(sql);
    const { id: session = '' } = row ?? {};
    rig().http.answer = (request, response) => {
      if (request !== asked.refresh || renewals() > 1) return response;
      const sealed = rig().parts.vault.seal(sessionPlace(session), Buffer.from(other.refresh_token));
      sql.run('UPDATE sessions SET sealed_token = ? WHERE id = ?', sealed, session);
      return { ...response, status: 401, text: '{"code":"UNAUTHORIZED","message":"Already used"}' };
    };
    await ask();
    expect(renewals()).toBe(2);
    expect(state()).toBe('signed_in');
  });

  it('is not renewed as another user', async () => {
    const pair = await pairOf('jonas');
    rig().advance(20 * minute);
    rig().http.answer = (request, response) =>
      request === asked.refresh ? { ...response, text: JSON.stringify(pair) } : response;
    await expect(ask()).rejects.toMatchObject({ code: 'not_a_keyhold_server' });
    expect(state()).toBe('foreign');
    expect(await rig().sessionsOf('jonas'), 'what cannot be kept is given back').toBe(0);
  });

  it('that is renewed while the vault is locked is ended: nothing could be kept', async () => {
    rig().advance(20 * minute);
    rig().http.answer = (request, response) => {
      if (request === asked.refresh) rig().parts.vault.lock();
      return response;
    };
    await expect(ask()).rejects.toMatchObject({ code: 'vault_locked' });
    expect(await rig().sessionsOf('maya')).toBe(0);
    rig().http.answer = (_request, response) => response;
    await rig().parts.unlock();
    await expect(ask()).rejects.toMatchObject({ code: 'session_expired' });
  });

  it('acts in each organization of its user', async () => {
    await rig().parts.contexts.changes.actIn(id, 'acme');
    expect(rig().parts.contexts.get(id).org).toBe('acme');
    expect(await rig().context('maya', { target: { kind: 'context', contextId: id } })).toBe(id);
    expect(rig().parts.contexts.get(id).org, 'and stays there').toBe('acme');
  });
});

describe('signing out', () => {
  const list = () => rig().parts.credentials.unrevoked.list();

  it.each([
    ['at once', 0],
    ['once the access token is over', 20 * minute],
  ])('ends the session at the server, %s', async (_when, ms) => {
    if (ms > 0) rig().advance(ms);
    const report = await rig().signOut.run(id);
    expect(report.results[0]?.credentials).toMatchObject([{ kind: 'session', revocation: 'revoked' }]);
    expect(await rig().sessionsOf('maya')).toBe(0);
    expect(list()).toEqual([]);
  });

  it('offline leaves it on the list, from where it is ended later by its refresh token', async () => {
    rig().http.fault = () => 'not_sent';
    const report = await rig().signOut.run(id);
    expect(report.results[0]?.credentials).toMatchObject([{ kind: 'session', revocation: 'unreachable' }]);
    expect(await rig().sessionsOf('maya')).toBe(1);
    const [left] = list();
    expect(left).toMatchObject({ kind: 'session', contextName: 'Work' });
    rig().http.fault = () => null;
    rig().parts.vault.lock();
    await rig().parts.unlock();
    expect(
      await rig()
        .parts.credentials.unrevoked.retry(left?.id ?? '')
        .catch(() => 'ended'),
    ).toMatch(/^(revoked|ended)$/);
    expect(await rig().sessionsOf('maya')).toBe(0);
    expect(list()).toEqual([]);
  });
});

describe('logging out at the server', () => {
  it('takes a refresh token, used up or not, and is content with one that is none', async () => {
    const { server } = rig();
    const out = (refresh_token: string) => call(server, '/api/v1/auth/logout', { body: { refresh_token } });
    const first = await pairOf('jonas');
    const renewed = await call(server, '/api/v1/auth/refresh', {
      body: { refresh_token: first.refresh_token },
    });
    const second = tokenPairSchema.parse(renewed.body);
    expect((await out(first.refresh_token)).status).toBe(204);
    expect((await call(server, '/api/v1/auth/me', { token: second.access_token })).status).toBe(401);
    expect(await rig().sessionsOf('jonas')).toBe(0);
    for (const token of [second.refresh_token, second.access_token, 'x']) {
      expect((await out(token)).status).toBe(204);
    }
    expect((await call(server, '/api/v1/auth/logout', { method: 'POST' })).status).toBe(401);
  });
});
