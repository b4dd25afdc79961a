import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { publicKeyListSchema, registeredKeySchema } from '../../contracts/server-api/keys.ts';
import { whoamiSchema } from '../../contracts/server-api/whoami.ts';
import { startLocalServer } from '../support/local-server.ts';
import { call, errorCode, registerTestKey, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';
import { newTestKey, nowInSeconds } from '../support/test-key.ts';
import type { TestKey } from '../support/test-key.ts';

let server: TestServer;
let key: TestKey;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  key = await newTestKey();
});

const apiToken = (username = 'maya') => key.apiToken(server.user(username).id, server.origin);
const register = (session: string, token: string) =>
  call(server, '/v1/keys', { token: session, body: { registration_token: token } });

describe('the life of a key', () => {
  it('goes from unknown to registered, used, listed, revoked and refused', async () => {
    const maya = server.user('maya');
    const token = await apiToken();
    const before = await call(server, '/v1/whoami', { token });
    expect([before.status, errorCode(before)]).toEqual([401, 'key_not_registered']);

    const session = await signIn(server, 'maya');
    const registration = await key.registrationToken(maya.id, server.origin, { claims: { name: 'Laptop' } });
    const created = await register(session, registration);
    expect(created.status).toBe(201);
    const registered = registeredKeySchema.parse(created.body);
    expect(registered).toMatchObject({ kid: key.kid, name: 'Laptop' });

    const who = whoamiSchema.parse((await call(server, '/v1/whoami', { token })).body);
    expect(who).toMatchObject({
      user: { id: maya.id },
      org: 'acme',
      role: 'owner',
      auth: { method: 'key', kid: key.kid },
    });

    const list = publicKeyListSchema.parse((await call(server, '/v1/keys', { token })).body);
    const listed = list.keys.find(({ kid }) => kid === key.kid);
    expect(listed).toMatchObject({ ...registered });
    expect(listed?.last_used_at).not.toBeNull();

    expect((await call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token: session })).status).toBe(
      204,
    );
    const after = await call(server, '/v1/whoami', { token });
    expect([after.status, errorCode(after)]).toEqual([401, 'key_revoked']);
    const again = await call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token: session });
    expect([again.status, errorCode(again)]).toEqual([404, 'not_found']);
  });

  it('can end by its own hand, as when the app signs out', async () => {
    await registerTestKey(server, 'maya', key);
    const token = await apiToken();
    expect((await call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token })).status).toBe(204);
    expect((await call(server, '/v1/keys', { token })).status).toBe(401);
  });
});

describe('registering', () => {
  it('needs a session: a key cannot bring in another key', async () => {
    await registerTestKey(server, 'maya', key);
    const second = await newTestKey();
    const registration = await second.registrationToken(server.user('maya').id, server.origin);
    const result = await register(await apiToken(), registration);
    expect([result.status, errorCode(result)]).toEqual([403, 'session_required']);
  });

  it.each([
    ['expired', { iat: nowInSeconds() - 900, exp: nowInSeconds() - 5 }, 400, 'registration_token_expired'],
    ['for another server', { aud: 'http://127.0.0.1:1' }, 400, 'registration_token_wrong_origin'],
    [
      'for another user',
      { iss: 'u_aaaaaaaaaaaaaaaa', sub: 'u_aaaaaaaaaaaaaaaa' },
      400,
      'registration_token_wrong_user',
    ],
  ] as const)('says when the token is %s, and what to do', async (_what, claims, status, code) => {
    const session = await signIn(server, 'maya');
    const result = await register(
      session,
      await key.registrationToken(server.user('maya').id, server.origin, { claims }),
    );
    expect([result.status, errorCode(result)]).toEqual([status, code]);
    expect(apiErrorBodySchema.parse(result.body).error.message).toMatch(/make a new (one|token)/i);
  });

  it('says when the token was used before', async () => {
    const session = await signIn(server, 'maya');
    const registration = await key.registrationToken(server.user('maya').id, server.origin);
    expect((await register(session, registration)).status).toBe(201);
    const replay = await register(session, registration);
    expect([replay.status, errorCode(replay)]).toEqual([409, 'registration_token_replayed']);
  });

  it('refuses white space around the token: one token has one spelling', async () => {
    const session = await signIn(server, 'maya');
    const registration = await key.registrationToken(server.user('maya').id, server.origin);
    expect(errorCode(await register(session, `${registration}\n`))).toBe('registration_token_invalid');
  });
});

describe('keys of others', () => {
  it('are neither listed nor revoked', async () => {
    await registerTestKey(server, 'maya', key);
    const jonas = await signIn(server, 'jonas');
    expect((await call(server, '/v1/keys', { token: jonas })).body).toEqual({ keys: [] });
    const result = await call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token: jonas });
    expect([result.status, errorCode(result)]).toEqual([404, 'not_found']);
    expect((await call(server, '/v1/whoami', { token: await apiToken() })).status).toBe(200);
  });

  it('of the same person need a session to be revoked', async () => {
    await registerTestKey(server, 'maya', key);
    const other = await newTestKey();
    await registerTestKey(server, 'maya', other);
    const result = await call(server, `/v1/keys/${other.kid}`, { method: 'DELETE', token: await apiToken() });
    expect([result.status, errorCode(result)]).toEqual([403, 'session_required']);
  });
});
