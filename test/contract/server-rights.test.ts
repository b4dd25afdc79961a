import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { auditPageSchema, auditVerifySchema } from '../../contracts/server-api/audit.ts';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { grantListSchema, grantSchema } from '../../contracts/server-api/authorizations.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { newPerson } from '../support/organization.ts';
import { call, errorCode, registerTestKey, signIn } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
let maya: string;
let jonas: string;
let priya: string;
beforeAll(async () => {
  server = await startLocalServer();
  [maya, jonas, priya] = (await Promise.all(
    ['maya', 'jonas', 'priya'].map((name) => signIn(server, name)),
  )) as [string, string, string];
});
afterAll(async () => {
  await server.stop();
});

const path = '/v1/repos/acme/api/authorizations';

describe('authorizations', () => {
  it('are given, listed, replaced and taken back by an owner', async () => {
    const email = server.user('priya').email;
    const created = await call(server, path, { token: maya, body: { email, permission: 'reader' } });
    expect(created.status).toBe(201);
    expect(grantSchema.parse(created.body)).toMatchObject({
      repository: 'acme/api',
      permission: 'reader',
      expires_at: null,
    });

    const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
    const replaced = await call(server, path, {
      token: maya,
      body: { email, permission: 'writer', expires_at: expiresAt },
    });
    expect(replaced.status).toBe(200);
    const { authorizations } = grantListSchema.parse((await call(server, path, { token: maya })).body);
    expect(authorizations).toEqual([grantSchema.parse(replaced.body)]);
    expect(authorizations[0]).toMatchObject({
      user: { username: 'priya' },
      permission: 'writer',
      expires_at: expiresAt,
    });

    const one = `${path}/${authorizations[0]?.id ?? ''}`;
    expect((await call(server, one, { method: 'DELETE', token: maya })).status).toBe(204);
    expect((await call(server, path, { token: maya })).body).toEqual({ authorizations: [] });
    expect((await call(server, one, { method: 'DELETE', token: maya })).status).toBe(404);
  });

  it('work with a key as well as with a session', async () => {
    const key = await newTestKey();
    await registerTestKey(server, 'maya', key);
    const token = await key.apiToken(server.user('maya').id, server.origin);
    expect((await call(server, path, { token })).status).toBe(200);
  });

  it('are refused to readers and hidden from everybody else', async () => {
    const reader = await call(server, '/v1/repos/acme/web/authorizations', { token: jonas });
    expect([reader.status, errorCode(reader)]).toEqual([403, 'role_insufficient']);
    for (const token of [jonas, priya]) {
      const hidden = await call(server, path, { token });
      const missing = await call(server, '/v1/repos/acme/nothing/authorizations', { token });
      expect([hidden.status, missing.status]).toEqual([404, 404]);
      expect(apiErrorBodySchema.parse(hidden.body).error.message.replace('api', 'nothing')).toBe(
        apiErrorBodySchema.parse(missing.body).error.message,
      );
    }
  });

  it.each([
    [{ email: 'nobody@acme.example', permission: 'reader' }, 404, undefined],
    [{ email: 'no address', permission: 'reader' }, 400, 'email'],
    [{ email: 'priya@northwind.example', permission: 'owner' }, 400, 'permission'],
    [{ email: 'priya@northwind.example', permission: 'reader', expires_at: 'tomorrow' }, 400, 'expires_at'],
    [
      { email: 'priya@northwind.example', permission: 'reader', expires_at: '2020-01-01T00:00:00Z' },
      400,
      'expires_at',
    ],
    [{ email: 'priya@northwind.example', permission: 'reader', admin: true }, 400, 'admin'],
  ])('are not given for %j', async (body, status, field) => {
    const result = await call(server, path, { token: maya, body });
    expect(result.status).toBe(status);
    expect(apiErrorBodySchema.parse(result.body).error.details?.issues?.[0]?.path).toBe(field);
  });
});

describe('the audit log', () => {
  it('tells owners of sign-ins, failures, keys and grants, without a secret', async () => {
    await call(server, '/v1/auth/login', { body: { username: 'maya', password: 'not-her-password' } });
    const key = await newTestKey();
    const session = await registerTestKey(server, 'maya', key);
    await call(server, `/v1/keys/${key.kid}`, { method: 'DELETE', token: session });
    const email = server.user('priya').email;
    await call(server, path, { token: maya, body: { email, permission: 'reader' } });

    const { body } = await call(server, '/v1/audit?limit=500', { token: maya });
    const { events } = auditPageSchema.parse(body);
    const seen = events.map(({ action, outcome }) => `${action} ${outcome}`);
    for (const expected of [
      'auth.sign_in success',
      'auth.sign_in failure',
      'key.registered success',
      'key.revoked success',
      'grant.set success',
    ]) {
      expect(seen).toContain(expected);
    }
    expect(events.map(({ seq }) => seq)).toEqual(events.map(({ seq }) => seq).toSorted((a, b) => b - a));
    const text = JSON.stringify(body);
    for (const secret of ['not-her-password', session, maya, server.user('maya').password])
      expect(text).not.toContain(secret);
  });

  it('shows owners nothing of people outside their organization', async () => {
    const { events } = auditPageSchema.parse(
      (await call(server, '/v1/audit?limit=500', { token: maya })).body,
    );
    expect(events.filter(({ actor_id }) => actor_id === server.user('priya').id)).toEqual([]);
  });

  it('comes in pages', async () => {
    const first = auditPageSchema.parse(
      (await call(server, '/v1/audit?limit=2', { token: maya })).body,
    ).events;
    const second = auditPageSchema.parse(
      (await call(server, `/v1/audit?limit=2&before=${String(first[1]?.seq)}`, { token: maya })).body,
    ).events;
    expect([...first, ...second].map(({ seq }) => seq)).toEqual([
      ...new Set([...first, ...second].map(({ seq }) => seq)),
    ]);
    expect(second[0]?.seq).toBeLessThan(first[1]?.seq ?? 0);
  });

  it('verifies', async () => {
    const result = auditVerifySchema.parse(
      (await call(server, '/v1/audit/verify', { method: 'POST', token: maya })).body,
    );
    expect(result).toMatchObject({ valid: true });
    expect(result.checked).toBe(result.head?.seq);
  });

  it.each(['/v1/audit', '/v1/audit/verify'])('is closed to everybody else: %s', async (address) => {
    const method = address.endsWith('verify') ? 'POST' : 'GET';
    const { token } = await newPerson(server);
    const result = await call(server, address, { method, token });
    expect([result.status, errorCode(result)]).toEqual([403, 'role_insufficient']);
    expect((await call(server, address, { method })).status).toBe(401);
  });

  it('shows who owns a personal organization alone what they did themselves', async () => {
    const result = await call(server, '/v1/audit?limit=500', { token: jonas });
    const { events } = auditPageSchema.parse(result.body);
    expect(events.length).toBeGreaterThan(0);
    const others = events.filter(({ actor_id: by }) => by !== server.user('jonas').id);
    expect(others).toEqual([]);
  });
});
