import { decodeJwt, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { sessionJwtSchema } from '../../contracts/server-api/kisenon/session.ts';
import type { SessionJwt } from '../../contracts/server-api/kisenon/session.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { jwtOf, newTeam, sendDeed } from '../support/organization.ts';
import type { Team } from '../support/organization.ts';
import { RepositoryClient } from '../support/registry-client.ts';
import { call } from '../support/server-client.ts';

let server: LocalServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());

const minutes = 60_000;

/** Sets the server's clock, on which nothing waits. */
function at(time: number): void {
  vi.spyOn(server.context, 'now').mockImplementation(() => new Date(time));
}

async function newJwt(username = 'maya'): Promise<SessionJwt> {
  const { password } = server.user(username);
  const { body } = await call(server, '/v1/auth/login', { body: { username, password, as: 'jwt' } });
  return sessionJwtSchema.parse(body);
}

const refresh = (token: string) => call(server, '/v1/auth/refresh', { method: 'POST', token });
const whoami = (token: string) => call(server, '/v1/whoami', { token });
const codeOf = ({ body }: { body: unknown }) => (body as { error?: { code: string } }).error?.code;

async function setRole(username: string, role: 'member' | 'admin' | 'owner' | null): Promise<void> {
  const { id } = server.user(username);
  await server.context.write({}, async (tx) => {
    await tx.deleteFrom('memberships').where('user_id', '=', id).execute();
    if (role === null) return;
    const { id: org_id } = await tx
      .selectFrom('organizations')
      .select('id')
      .where('slug', '=', 'acme')
      .executeTakeFirstOrThrow();
    await tx
      .insertInto('memberships')
      .values({ org_id, user_id: id, role, created_at: new Date().toISOString() })
      .execute();
  });
}

/** What is changed of a JWT that is good. */
interface Forgery {
  key?: Uint8Array;
  registry?: boolean;
  typ?: string;
  aud?: string;
  iss?: string;
  sub?: string;
}

describe('a server JWT', () => {
  it('says who, where and as what, for 15 minutes', async () => {
    const jwt = await newJwt();
    expect(jwt).toMatchObject({ expires_in: 900, org: 'acme', role: 'owner', user: { username: 'maya' } });
    const { sub, org, role, iat = 0, exp = 0, auth_time: began } = decodeJwt(jwt.token);
    expect({ sub, org, role, life: exp - iat, began }).toEqual({
      ...{ sub: server.user('maya').id, org: 'acme', role: 'owner', life: 900, began: iat },
    });
    const { body } = await whoami(jwt.token);
    expect(body).toMatchObject({ org: 'acme', role: 'owner', auth: { method: 'jwt' } });
  });

  it('is renewed by itself for 12 hours from the sign-in, also after its own end, and then no more', async () => {
    const began = Date.now();
    let { token, session_expires_in: left } = await newJwt();
    for (const after of [14, 29, 5 * 60, 12 * 60 - 1].map((minute) => minute * minutes)) {
      at(began + after);
      expect(codeOf(await whoami(token))).toBe(after > 15 * minutes ? 'token_expired' : undefined);
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      const renewed = sessionJwtSchema.parse(body);
      expect(renewed.session_expires_in).toBeLessThan(left);
      expect(renewed.expires_in).toBeLessThanOrEqual(renewed.session_expires_in);
      ({ token, session_expires_in: left } = renewed);
      expect((await whoami(token)).status).toBe(200);
    }
    at(began + 12 * 60 * minutes + 1000);
    expect(codeOf(await refresh(token))).toBe('session_expired');
    expect(codeOf(await whoami(token))).toBe('session_expired');
    vi.restoreAllMocks();
  });

  it('ends with its sign-out, the account and the password', async () => {
    const { token } = await newJwt('jonas');
    expect((await call(server, '/v1/auth/logout', { method: 'POST', token })).status).toBe(204);
    expect(codeOf(await whoami(token))).toBe('session_expired');
    expect(codeOf(await refresh(token))).toBe('session_expired');
    const { token: other } = await newJwt('jonas');
    const { id } = server.user('jonas');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status: 'disabled' }).where('id', '=', id).execute(),
    );
    expect(codeOf(await refresh(other))).toBe('session_expired');
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status: 'active' }).where('id', '=', id).execute(),
    );
  });

  it('takes a lower role at once, a higher one at the next refresh, and leaves an organization at once', async () => {
    await setRole('jonas', 'member');
    const { token } = await newJwt('jonas');
    const bots = (by: string) => call(server, '/v1/orgs/acme/bots', { token: by });
    await setRole('jonas', 'admin');
    expect(codeOf(await bots(token))).toBe('role_insufficient');
    const promoted = sessionJwtSchema.parse((await refresh(token)).body);
    expect(promoted.role).toBe('admin');
    expect((await bots(promoted.token)).status).toBe(200);
    await setRole('jonas', 'member');
    expect(codeOf(await bots(promoted.token))).toBe('role_insufficient');
    await setRole('jonas', null);
    expect(codeOf(await bots(promoted.token))).toBe('not_found');
    expect((await whoami(promoted.token)).body).toMatchObject({ org: null, role: null });
    expect(sessionJwtSchema.parse((await refresh(promoted.token)).body)).toMatchObject({
      org: null,
      role: null,
    });
  });

  it('buys registry tokens for its own organization alone, with the role in it', async () => {
    const [own, other] = [
      await newTeam(server, { o: 'owner', m: 'member' }),
      await newTeam(server, { p: 'owner' }),
    ];
    const m = own.person('m');
    const created_at = new Date().toISOString();
    await server.context.write({}, (tx) =>
      tx
        .insertInto('memberships')
        .values({ org_id: other.id, user_id: m.id, role: 'owner', created_at })
        .execute(),
    );
    const push = async (token: string, { slug }: Team) => {
      const client = await RepositoryClient.open(server, { username: 'any', password: token }, `${slug}/web`);
      return (await client.send('blobs/uploads/', { method: 'POST' })).status;
    };
    const [mine, elsewhere] = [await jwtOf(server, m, own.slug), await jwtOf(server, m, other.slug)];
    expect([await push(mine, own), await push(mine, other)]).toEqual([404, 401]);
    expect([await push(elsewhere, own), await push(elsewhere, other)]).toEqual([404, 202]);
    const grants = `/v1/repos/${other.slug}/web/authorizations`;
    expect(codeOf(await call(server, grants, { token: mine }))).toBe('scope_insufficient');
    expect((await call(server, grants, { token: elsewhere })).status).toBe(200);
    const { body } = await call(server, '/v1/repos', { token: mine });
    expect(JSON.stringify(body)).not.toContain(other.slug);

    await sendDeed(server, own, { kind: 'give', by: 'o', to: 'm', role: 'owner' });
    // 401: another token would do.
    expect(await push(mine, own)).toBe(401);
    const renewed = sessionJwtSchema.parse((await refresh(mine)).body);
    expect(await push(renewed.token, own)).toBe(202);
  });

  const forgeries: Record<string, Forgery> = {
    'another key': { key: new Uint8Array(32).fill(7) },
    'the registry’s key': { registry: true },
    'another type': { typ: 'JWT' },
    'another audience': { aud: 'https://elsewhere.example' },
    'another issuer': { iss: 'https://elsewhere.example' },
    'the session of another': { sub: 'priya' },
  };
  it.each(Object.entries(forgeries))('is refused with %s', async (_name, forged) => {
    const { token } = await newJwt();
    const claims = decodeJwt(token);
    const { sessionJwtKey, registryTokenKey } = server.context.secrets;
    const fake = await new SignJWT({
      ...claims,
      ...(forged.sub === undefined ? {} : { sub: server.user(forged.sub).id }),
    })
      .setProtectedHeader({ alg: 'HS256', typ: forged.typ ?? 'session+jwt' })
      .setAudience(forged.aud ?? server.origin)
      .setIssuer(forged.iss ?? server.origin)
      .sign(forged.registry === true ? registryTokenKey : (forged.key ?? sessionJwtKey));
    expect((await whoami(fake)).status).toBe(401);
    expect((await refresh(fake)).status).toBe(401);
  });

  it('is made for another organization of the user, and for no other', async () => {
    const { token } = await newJwt();
    const switchTo = (org: string) => call(server, '/v1/auth/switch-org', { token, body: { org } });
    expect((await switchTo('acme')).body).toMatchObject({ org: 'acme', role: 'owner' });
    expect((await switchTo('northwind')).body).toMatchObject({ org: 'northwind', role: 'member' });
    expect(codeOf(await switchTo('jonas'))).toBe('not_found');
    expect(codeOf(await call(server, '/v1/auth/switch-org', { token, body: { org: 'Acme ' } }))).toBe(
      'invalid_request',
    );
  });
});
