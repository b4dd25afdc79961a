import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { artifactKeeperErrorSchema } from '../../contracts/server-api/artifact-keeper/errors.ts';
import { meSchema, tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import type { TokenPair } from '../../contracts/server-api/artifact-keeper/session.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { basicHeader } from '../support/registry-client.ts';
import { call } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
afterEach(() => {
  vi.restoreAllMocks();
});

/** Sets the server's clock, on which nothing waits. */
function later(seconds: number): void {
  const time = Date.now() + seconds * 1000;
  vi.spyOn(server.context, 'now').mockImplementation(() => new Date(time));
}

async function login(username = 'jonas'): Promise<TokenPair> {
  const { password } = server.user(username);
  const { status, body } = await call(server, '/api/v1/auth/login', { body: { username, password } });
  expect(status).toBe(200);
  return tokenPairSchema.parse(body);
}

const me = (token: string) => call(server, '/api/v1/auth/me', { token });
const refresh = (token: string) => call(server, '/api/v1/auth/refresh', { body: { refresh_token: token } });
const codeOf = ({ body }: { body: unknown }) => artifactKeeperErrorSchema.parse(body).code;

async function setUser(username: string, change: Record<string, string | number>): Promise<void> {
  await server.context.write({}, (tx) =>
    tx.updateTable('users').set(change).where('id', '=', server.user(username).id).execute(),
  );
}

describe('a sign-in with a password', () => {
  it('gives an access token for 15 minutes and a refresh token for 7 days', async () => {
    const pair = await login();
    expect(pair).toMatchObject({ expires_in: 900, token_type: 'Bearer', must_change_password: false });
    const access = decodeJwt(pair.access_token);
    expect(access).toMatchObject({ sub: server.user('jonas').id, username: 'jonas', is_admin: false });
    const { iat = 0, exp = 0, token_type: type } = decodeJwt(pair.refresh_token);
    expect([exp - iat, type]).toEqual([604_800, 'refresh']);
    expect(meSchema.parse((await me(pair.access_token)).body)).toMatchObject({ username: 'jonas' });
  });

  it('is refused in the words of this API, the same for an unknown user and a wrong password', async () => {
    const refused = await Promise.all(
      ['jonas', 'nobody'].map((username) =>
        call(server, '/api/v1/auth/login', { body: { username, password: 'wrong' } }),
      ),
    );
    const [first, second] = refused.map(({ status, body }) => ({ status, body }));
    expect(first).toEqual(second);
    expect(first).toMatchObject({ status: 401, body: { code: 'AUTH_ERROR' } });
  });

  it('is open to the other APIs and buys registry tokens', async () => {
    const { access_token: token } = await login();
    expect((await call(server, '/v1/whoami', { token })).body).toMatchObject({
      user: { username: 'jonas' },
      auth: { method: 'access-token' },
    });
    const headers = basicHeader(server, { username: 'jonas', password: token });
    const bought = await fetch(`${server.origin}/v2/token?scope=repository:acme/web:pull`, { headers });
    expect(bought.status).toBe(200);
  });
});

describe('an access token', () => {
  it('ends by itself, and with its session', async () => {
    const pair = await login();
    later(901);
    expect(codeOf(await me(pair.access_token))).toBe('UNAUTHORIZED');
    vi.restoreAllMocks();
    expect(
      (await call(server, '/api/v1/auth/logout', { method: 'POST', token: pair.access_token })).status,
    ).toBe(204);
    expect((await me(pair.access_token)).status).toBe(401);
    expect((await refresh(pair.refresh_token)).status).toBe(401);
  });

  it.each([
    ['its user is disabled', { status: 'disabled' }, { status: 'active' }],
    ['the password is another one', { password_hash: 'x' }, null],
  ])('ends when %s', async (_name, change, back) => {
    const pair = await login('priya');
    await setUser('priya', change);
    expect((await me(pair.access_token)).status).toBe(401);
    expect((await refresh(pair.refresh_token)).status).toBe(401);
    if (back !== null) await setUser('priya', back);
  });

  it('is neither a refresh token nor the other way round', async () => {
    const pair = await login();
    expect((await me(pair.refresh_token)).status).toBe(401);
    expect((await refresh(pair.access_token)).status).toBe(401);
  });
});

describe('a refresh token', () => {
  it('renews the session, again and again, for 7 days from the last time', async () => {
    let pair = await login();
    for (const day of [6, 12, 18]) {
      later(day * 86_400);
      const renewed = await refresh(pair.refresh_token);
      expect(renewed.status).toBe(200);
      pair = tokenPairSchema.parse(renewed.body);
    }
    expect((await me(pair.access_token)).status).toBe(200);
    later(26 * 86_400);
    expect((await refresh(pair.refresh_token)).status).toBe(401);
  });

  it('is for one renewal: a second window within 30 seconds is refused and ends nothing', async () => {
    const first = await login();
    const second = tokenPairSchema.parse((await refresh(first.refresh_token)).body);
    later(29);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await me(second.access_token)).status).toBe(200);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it.each([
    ['after 30 seconds', 31, false],
    ['within 30 seconds, once its successor was used', 1, true],
  ])('that comes again %s ends the session', async (_name, seconds, usesSuccessor) => {
    const first = await login();
    let last = tokenPairSchema.parse((await refresh(first.refresh_token)).body);
    if (usesSuccessor) last = tokenPairSchema.parse((await refresh(last.refresh_token)).body);
    later(seconds);
    expect((await refresh(first.refresh_token)).status).toBe(401);
    expect((await me(last.access_token)).status).toBe(401);
    expect((await refresh(last.refresh_token)).status).toBe(401);
  });

  it('of which two copies come at once renews once', async () => {
    const pair = await login();
    const answers = await Promise.all(Array.from({ length: 8 }, () => refresh(pair.refresh_token)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([
      200,
      ...Array.from({ length: 7 }, () => 401),
    ]);
    const [renewed] = answers.filter(({ status }) => status === 200);
    expect((await me(tokenPairSchema.parse(renewed?.body).access_token)).status).toBe(200);
  });
});

describe('a password that was given', () => {
  it('is changed before anything else, by every door', async () => {
    await setUser('maya', { must_change_password: 1 });
    const pair = await login('maya');
    expect(pair.must_change_password).toBe(true);
    const { access_token: token } = pair;
    expect(await me(token)).toMatchObject({ status: 200, body: { must_change_password: true } });
    expect(await call(server, '/v1/orgs', { token })).toMatchObject({
      status: 428,
      body: { error: { code: 'password_change_required' } },
    });
    const headers = basicHeader(server, 'maya');
    const bought = await fetch(`${server.origin}/v2/token?scope=repository:acme/web:pull`, { headers });
    expect(bought.status).toBe(428);
    const { password } = server.user('maya');
    const change = (current_password: string, new_password: string) =>
      call(server, '/api/v1/users/me/password', { token, body: { current_password, new_password } });
    expect(codeOf(await change('wrong', 'plum anchor velvet'))).toBe('AUTH_ERROR');
    expect(codeOf(await change(password, password))).toBe('VALIDATION_ERROR');
    expect(codeOf(await change(password, 'short'))).toBe('VALIDATION_ERROR');
    expect((await change(password, 'plum anchor velvet')).status).toBe(204);
    expect((await me(token)).status).toBe(401);
    const again = { username: 'maya', password: 'plum anchor velvet' };
    const { body } = await call(server, '/api/v1/auth/login', { body: again });
    expect(tokenPairSchema.parse(body).must_change_password).toBe(false);
  });
});
