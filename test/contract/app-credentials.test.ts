import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import {
  apiKeysPath,
  createdApiKeySchema,
  orgsPath,
  sessionJwtSchema,
} from '../../contracts/server-api/index.ts';
import type { CreateApiKeyRequest, SessionJwt } from '../../contracts/server-api/index.ts';
import { fetchHttpClient } from '../../main/adapters/http-client.ts';
import type { GivenCredential } from '../../main/core/credentials/credentials.ts';
import { ServiceCalls } from '../../main/core/service/service-calls.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { registerContext } from '../support/register-context.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import { jwtSession } from '../unit/main/credentials/credential-parts.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

const minute = 60_000;

let server: LocalServer;
let clock: ManualClock;
let parts: SignInParts;
let calls: ServiceCalls;

beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  clock = new ManualClock(new Date());
  parts = await signInParts(clock);
  calls = new ServiceCalls({ http: fetchHttpClient(fetch), clock, contexts: parts.contexts });
});
afterEach(async () => {
  vi.restoreAllMocks();
  await parts.dispose();
});

/** Both clocks go on. */
function advance(ms: number): void {
  clock.advance(ms);
  const now = clock.now();
  vi.spyOn(server.context, 'now').mockImplementation(() => new Date(now));
}

async function newJwt(username = 'maya'): Promise<SessionJwt> {
  const { password } = server.user(username);
  const { body } = await call(server, '/v1/auth/login', { body: { username, password, as: 'jwt' } });
  return sessionJwtSchema.parse(body);
}

async function add(by: GivenCredential, org: string | null = 'acme'): Promise<string> {
  const chosen = { address: server.host, name: 'Work', setUpPodman: false, setUpDocker: false };
  const signedIn = { userId: server.user('maya').id, org, by };
  return (await parts.contexts.additions.addSignedIn({ ...chosen, signedIn })).id;
}

async function addSession(): Promise<string> {
  const { token, expires_in: expiresIn, session_expires_in: sessionExpiresIn, org } = await newJwt();
  return await add(jwtSession(token, expiresIn, sessionExpiresIn), org);
}

async function newApiKey(facts: Partial<CreateApiKeyRequest> = {}): Promise<GivenCredential> {
  const { token } = await newJwt();
  const { body } = await call(server, apiKeysPath, { token, body: { name: 'ci laptop', ...facts } });
  const { secret, id: keyId, name: label, expires_at: expiresAt } = createdApiKeySchema.parse(body);
  return { kind: 'api-key', secret, keyId, label, expiresAt };
}

const orgs = (id: string): Promise<unknown> => calls.ask(id, { method: 'GET', path: orgsPath }, z.unknown());
const stateOf = (id: string): string => parts.contexts.summary(id).signIn.state;

/** What the registry's token endpoint says to what the credential helper would hand out. */
async function registryStatus(id: string): Promise<number> {
  const { username, secret } = await parts.tokens.registryToken(id, server.host);
  const authorization = `Basic ${Buffer.from(`${username}:${secret}`).toString('base64')}`;
  const scope = 'repository:acme/base:pull';
  const url = `${server.origin}/v2/token?${new URLSearchParams({ service: server.host, scope }).toString()}`;
  return (await fetch(url, { headers: { authorization } })).status;
}

/** An organization of Maya's beside her first one. */
async function newOrg(slug: string): Promise<void> {
  const token = await signIn(server, 'maya');
  const { status } = await call(server, orgsPath, { token, body: { name: slug, slug } });
  expect(status).toBe(201);
}

describe('a session of the server', () => {
  it('signs the app in, at its API and at its registry', async () => {
    const id = await addSession();
    expect(await parts.contexts.status(id)).toMatchObject({
      ...{ org: 'acme', role: 'owner', context: { signIn: { state: 'signed_in' } } },
    });
    expect(await orgs(id)).toMatchObject({ orgs: expect.any(Array) as unknown[] });
    expect(await registryStatus(id)).toBe(200);
  });

  it('goes on for its 12 hours, over each end of its token, and then needs a new sign-in', async () => {
    const id = await addSession();
    for (const minutes of [14, 3, 60, 9 * 60]) {
      advance(minutes * minute);
      await orgs(id);
      expect(await registryStatus(id)).toBe(200);
    }
    advance(2 * 60 * minute);
    await expect(orgs(id)).rejects.toMatchObject({ code: 'session_expired' });
    expect(stateOf(id)).toBe('expired');
    const { token, expires_in: expiresIn, session_expires_in: sessionExpiresIn, user, org } = await newJwt();
    const by = jwtSession(token, expiresIn, sessionExpiresIn);
    await parts.contexts.changes.signInBy(id, { userId: user.id, org, by });
    await orgs(id);
    expect(stateOf(id)).toBe('signed_in');
  });

  it('is over by the server’s clock, whatever the app’s says', async () => {
    const id = await addSession();
    const later = clock.now().getTime() + 13 * 60 * minute;
    vi.spyOn(server.context, 'now').mockImplementation(() => new Date(later));
    await expect(orgs(id)).rejects.toMatchObject({ code: 'session_expired' });
    expect(stateOf(id)).toBe('expired');
  });

  it('is renewed by the server’s clock, whatever the app’s says', async () => {
    const id = await addSession();
    const later = clock.now().getTime() + 16 * minute;
    vi.spyOn(server.context, 'now').mockImplementation(() => new Date(later));
    await orgs(id);
    expect(stateOf(id)).toBe('signed_in');
  });

  it('acts in another organization of its user once it is told to, and in no foreign one', async () => {
    await newOrg('lab-of-session');
    const id = await addSession();
    await parts.contexts.changes.actIn(id, 'lab-of-session');
    expect(await parts.contexts.status(id)).toMatchObject({
      ...{ org: 'lab-of-session', context: { org: 'lab-of-session' } },
    });
    const foreign = parts.contexts.changes.actIn(id, 'nobody-knows');
    await expect(foreign).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('is ended by signing out, also when its token is over', async () => {
    const id = await addSession();
    const { headers } = await parts.credentials.authorize(parts.contexts.get(id));
    const token = headers['authorization']?.replace('Bearer ', '') ?? '';
    advance(20 * minute);
    const revoke = parts.credentials.revocation(parts.contexts.get(id));
    expect((await revoke()).credentials).toMatchObject([{ kind: 'session', revocation: 'revoked' }]);
    const refreshed = await call(server, '/v1/auth/refresh', { method: 'POST', token });
    expect(errorCode(refreshed)).toBe('session_expired');
  });
});

describe('an API key of the server', () => {
  it('signs the app in, at its API and at its registry', async () => {
    const id = await add(await newApiKey());
    expect(await parts.contexts.status(id)).toMatchObject({
      ...{ org: 'acme', role: 'owner', apiKey: 'ci laptop', context: { signIn: { state: 'signed_in' } } },
    });
    await orgs(id);
    expect(await registryStatus(id)).toBe(200);
  });

  it.each(['read', 'agent', 'read_write'] as const)(
    'that may %s revokes itself when it signs out',
    async (may) => {
      const given = await newApiKey({ capability: may });
      const id = await add(given);
      const revoke = parts.credentials.revocation(parts.contexts.get(id));
      expect((await revoke()).credentials).toMatchObject([{ label: 'ci laptop', revocation: 'revoked' }]);
      await parts.contexts.status(id);
      expect(stateOf(id)).toBe('not_accepted');
      expect((await revoke()).credentials).toMatchObject([{ revocation: 'not_registered' }]);
    },
  );

  it('that was revoked elsewhere is known to be so', async () => {
    const given = await newApiKey();
    const id = await add(given);
    await orgs(id);
    const { token } = await newJwt();
    const keyId = given.kind === 'api-key' ? given.keyId : '';
    expect((await call(server, `${apiKeysPath}${keyId}`, { method: 'DELETE', token })).status).toBe(204);
    await expect(orgs(id)).rejects.toMatchObject({ code: 'api_key_refused' });
    expect(stateOf(id)).toBe('not_accepted');
  });

  it('is refused what it is not for, and stays signed in', async () => {
    const id = await add(await newApiKey({ capability: 'read' }));
    const made = calls.ask(id, { method: 'POST', path: '/v1/orgs/acme/invitations', body: {} }, z.unknown());
    await expect(made).rejects.toMatchObject({ code: 'beyond_capability' });
    const other = calls.ask(id, { method: 'GET', path: '/v1/orgs/nobody-knows/members' }, z.unknown());
    await expect(other).rejects.toMatchObject({ code: 'not_allowed' });
    await orgs(id);
    expect(stateOf(id)).toBe('signed_in');
  });
});

describe('a key', () => {
  it('acts in the organization that its context remembers', async () => {
    await newOrg('lab-of-key');
    const { id } = await parts.add({ address: server.host, userId: server.user('maya').id });
    await registerContext(parts, id, server, await signIn(server, 'maya'));
    expect((await parts.contexts.status(id)).org).toBe('acme');
    await parts.contexts.changes.actIn(id, 'lab-of-key');
    expect((await parts.contexts.status(id)).org).toBe('lab-of-key');
    expect(await registryStatus(id)).toBe(200);
  });
});
