import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { loginResponseSchema } from '../../contracts/server-api/sign-in.ts';
import { whoamiSchema } from '../../contracts/server-api/whoami.ts';
import { findSession, maxSessions } from '../../reference-server/auth/sessions.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(async () => {
  await server.stop();
});

const login = (body: unknown) => call(server, '/v1/auth/login', { body });

describe('password sign-in', () => {
  it('gives a session token that whoami knows', async () => {
    const maya = server.user('maya');
    const { status, body } = await login({ username: 'maya', password: maya.password });
    expect(status).toBe(200);
    const { token, user } = loginResponseSchema.parse(body);
    expect(user).toEqual({ id: maya.id, username: 'maya', email: maya.email, display_name: 'Maya Chen' });

    const whoami = whoamiSchema.parse((await call(server, '/v1/whoami', { token })).body);
    expect(whoami).toMatchObject({
      user: { id: maya.id },
      org: 'acme',
      role: 'owner',
      auth: { method: 'session' },
    });
  });

  it('takes the e-mail address in any letter case as user name', async () => {
    const { password } = server.user('jonas');
    expect((await login({ username: 'Jonas@ACME.example', password })).status).toBe(200);
  });

  it('answers an unknown user and a wrong password alike', async () => {
    const unknown = await login({ username: 'nobody-here', password: 'wrong' });
    const wrong = await login({ username: 'priya', password: 'wrong' });
    expect(unknown.status).toBe(401);
    expect(wrong.status).toBe(401);
    expect(unknown.body).toEqual(wrong.body);
    expect(errorCode(wrong)).toBe('invalid_credentials');
  });

  it('refuses an empty password and names the field', async () => {
    const result = await login({ username: 'maya', password: '' });
    expect(result.status).toBe(400);
    expect(apiErrorBodySchema.parse(result.body).error.details?.issues?.[0]?.path).toBe('password');
  });

  it('ends the session at sign-out, at once', async () => {
    const token = await signIn(server, 'jonas');
    expect((await call(server, '/v1/auth/logout', { method: 'POST', token })).status).toBe(204);
    const after = await call(server, '/v1/whoami', { token });
    expect([after.status, errorCode(after)]).toEqual([401, 'session_expired']);
  });

  it('ends the oldest of very many sessions of a user, and no others', async () => {
    const first = await signIn(server, 'priya');
    const session = await findSession(server.context, first);
    if (session === null) throw new Error('There is no session.');
    const row = await server.context.db
      .selectFrom('sessions')
      .selectAll()
      .where('token_hash', '=', session.id)
      .executeTakeFirstOrThrow();
    // The clock was set back since.
    const created_at = new Date(session.beganAt.getTime() + 3_600_000).toISOString();
    const others = Array.from({ length: maxSessions }, (_, index) => {
      return { ...row, created_at, token_hash: `other ${String(index)}` };
    });
    await server.context.write({}, (tx) => tx.insertInto('sessions').values(others).execute());
    const works = async (token: string) => (await call(server, '/v1/whoami', { token })).status === 200;
    expect(await works(first)).toBe(true);
    const maya = await signIn(server, 'maya');
    const last = await signIn(server, 'priya');
    expect([await works(first), await works(last), await works(maya)]).toEqual([false, true, true]);
    const { count } = await server.context.db
      .selectFrom('sessions')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .where('user_id', '=', session.user.id)
      .executeTakeFirstOrThrow();
    expect(count).toBe(maxSessions);
  });

  it('asks for a sign-in where nobody is named, with a challenge', async () => {
    const result = await call(server, '/v1/whoami');
    expect([result.status, errorCode(result)]).toEqual([401, 'unauthenticated']);
    expect(result.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});

describe('the limit on failed passwords', () => {
  // A server of its own: the count must not touch the other tests.
  let limited: TestServer;
  beforeAll(async () => {
    limited = await startLocalServer();
  });
  afterAll(async () => {
    await limited.stop();
  });

  it('lets successes pass without end and stops after five failures, even with the right password', async () => {
    const right = { username: 'maya', password: limited.user('maya').password };
    for (let round = 0; round < 6; round += 1) {
      expect((await call(limited, '/v1/auth/login', { body: right })).status).toBe(200);
    }
    for (let round = 0; round < 5; round += 1) {
      const result = await call(limited, '/v1/auth/login', { body: { username: 'maya', password: 'wrong' } });
      expect(result.status).toBe(401);
    }
    const refused = await call(limited, '/v1/auth/login', { body: right });
    expect([refused.status, errorCode(refused)]).toEqual([429, 'rate_limited']);
    const retryAfter = Number(refused.headers.get('retry-after'));
    expect(retryAfter).toBeGreaterThan(0);
    expect(retryAfter).toBeLessThanOrEqual(300);
  });

  it('gives the e-mail address of a paused account no further guess, and does not say so', async () => {
    const { email: username, password } = limited.user('maya');
    const right = await call(limited, '/v1/auth/login', { body: { username, password } });
    const unknown = await call(limited, '/v1/auth/login', {
      body: { username: 'maya@nowhere.example', password },
    });
    expect([right.status, right.body]).toEqual([401, unknown.body]);
  });

  it('leaves other accounts alone', async () => {
    const other = { username: 'jonas', password: limited.user('jonas').password };
    expect((await call(limited, '/v1/auth/login', { body: other })).status).toBe(200);
  });

  it('cannot be passed by many tries at once', async () => {
    const tries = Array.from({ length: 20 }, () =>
      call(limited, '/v1/auth/login', { body: { username: 'priya', password: 'wrong' } }),
    );
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(15);
  });
});
