import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { keysPath } from '../../contracts/server-api/keys.ts';
import { whoamiPath } from '../../contracts/server-api/whoami.ts';
import type { WaitState } from '../../contracts/ipc/signin.ts';
import { registerContext } from '../support/register-context.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import type { CallResult } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts } from '../unit/main/signin/sign-in-parts.ts';
import type { SignInParts } from '../unit/main/signin/sign-in-parts.ts';

const isPlanned = ({ nextTryAt }: WaitState): boolean => nextTryAt !== null;
const isRegistered = ({ phase }: WaitState): boolean => phase === 'registered';

let server: TestServer;
let session: string;
let clock: ManualClock;
let parts: SignInParts;

beforeAll(async () => {
  server = await startLocalServer();
  session = await signIn(server, 'maya');
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  // The server's clock is the real one: the app's starts there and moves only when the test says so.
  clock = new ManualClock(new Date());
  parts = await signInParts(clock);
});
afterEach(async () => {
  await parts.dispose();
});

async function addMaya(at = server): Promise<string> {
  return (await parts.add({ address: at.host, userId: at.user('maya').id })).id;
}

/** What the dashboard does with a pasted token. */
function paste(registrationToken: string, at = server, token = session): Promise<CallResult> {
  return call(at, keysPath, { token, body: { registration_token: registrationToken } });
}

function register(id: string): Promise<void> {
  return registerContext(parts, id, server, session);
}

describe('the app and the server', () => {
  it('find each other by address', async () => {
    expect(await parts.contexts.additions.discover(`${server.host}/dashboard/keys`)).toMatchObject({
      origin: server.origin,
      host: server.host,
      methods: expect.arrayContaining(['key']) as string[],
      hasRegistry: true,
      hasDashboard: true,
      maxTokenTtl: 86_400,
    });
  });

  it('do not take one name of a computer for another, and tell the one that works', async () => {
    const other = parts.contexts.additions.discover(server.host.replace('127.0.0.1', 'localhost'));
    const named = { code: 'another_origin', details: { origin: server.origin } };
    await expect(other).rejects.toMatchObject(named);
    expect(await parts.contexts.additions.discover(named.details.origin)).toMatchObject({
      origin: server.origin,
    });
  });

  it('agree on the key: token, wait, registration, status', async () => {
    const id = await addMaya();
    const waiting = parts.until(isPlanned);
    parts.registration.wait(id);
    expect(await waiting).toMatchObject({ phase: 'waiting', tries: 1 });

    const card = parts.registration.card(id);
    const { status, body } = await paste(parts.registration.token(id));
    expect(status).toBe(201);
    expect(body).toMatchObject({ kid: card.kid, fingerprint: card.fingerprint, name: 'laptop' });

    const registered = parts.until(isRegistered);
    parts.registration.checkNow(id);
    expect(await registered).toMatchObject({ tries: 2 });
    expect(await parts.contexts.status(id)).toMatchObject({
      context: { state: 'active', signIn: { state: 'signed_in' } },
      identity: 'Maya Chen',
      org: 'acme',
      role: 'owner',
      clockSkewSeconds: expect.any(Number) as number,
    });
  });

  it('agree on minted tokens of every life from a minute to a day', async () => {
    const id = await addMaya();
    await register(id);
    for (const ttl of ['1m', '90m', '24h']) {
      const { tokenId, kid } = await parts.tokens.mint(id, ttl);
      const answer = await call(server, whoamiPath, { token: parts.tokens.text(tokenId, 'raw') });
      expect(answer).toMatchObject({
        status: 200,
        body: { user: { username: 'maya' }, auth: { method: 'key', kid } },
      });
    }
  });

  it('agree on the registry token, which the token endpoint takes as a password', async () => {
    const id = await addMaya();
    await register(id);
    const { username, secret } = await parts.tokens.registryToken(id, 'kheeper.example');
    const basic = Buffer.from(`${username}:${secret}`).toString('base64');
    const response = await fetch(`${server.origin}/v2/token?service=${server.host}`, {
      headers: { authorization: `Basic ${basic}` },
    });
    expect(response.status).toBe(200);
  });

  it('agree with the older algorithm name as well', async () => {
    const id = await addMaya();
    parts.vault.sql().run(`UPDATE key_terms SET signing_alg = 'EdDSA'`);
    await register(id);
    expect(await parts.contexts.status(id)).toMatchObject({ context: { signIn: { state: 'signed_in' } } });
  });

  it.each([30, -30])('agree when the app’s clock is %i seconds fast', async (seconds) => {
    clock.set(new Date(Date.now() + seconds * 1000));
    const id = await addMaya();
    await register(id);
    const { context, clockSkewSeconds } = await parts.contexts.status(id);
    expect(context.signIn.state).toBe('signed_in');
    expect(Math.sign(clockSkewSeconds ?? 0)).toBe(-Math.sign(seconds));
  });

  it('see a revoked key as one that is not registered', async () => {
    const id = await addMaya();
    await register(id);
    const kid = parts.keys.current(id)?.kid ?? '';
    expect((await call(server, `${keysPath}/${kid}`, { method: 'DELETE', token: session })).status).toBe(204);
    expect(await parts.contexts.status(id)).toMatchObject({ context: { signIn: { state: 'not_accepted' } } });
  });
});

describe('a registration token', () => {
  it('for another user is refused, and the app goes on waiting', async () => {
    const { id } = await parts.add({ address: server.host, userId: server.user('priya').id });
    expect(errorCode(await paste(parts.registration.token(id)))).toBe('registration_token_wrong_user');
    const waiting = parts.until(isPlanned);
    parts.registration.wait(id);
    expect(await waiting).toMatchObject({ phase: 'waiting' });
  });

  it('that has expired is refused; a renewed one is taken', async () => {
    const id = await addMaya();
    clock.set(new Date(Date.now() - 20 * 60_000));
    expect(errorCode(await paste(parts.registration.token(id)))).toBe('registration_token_expired');
    clock.set(new Date());
    parts.registration.renew(id);
    expect((await paste(parts.registration.token(id))).status).toBe(201);
  });

  it('works once', async () => {
    const token = parts.registration.token(await addMaya());
    expect((await paste(token)).status).toBe(201);
    const again = await paste(token);
    expect(again.status).toBe(409);
    expect(errorCode(again)).toBe('registration_token_replayed');
  });

  it('is of no use to sign in with, nor an API token to register with', async () => {
    const id = await addMaya();
    const registrationToken = parts.registration.token(id);
    expect((await call(server, whoamiPath, { token: registrationToken })).status).toBe(401);
    await register(id);
    const { secret } = await parts.tokens.registryToken(id, 'kheeper.example');
    expect(errorCode(await paste(secret))).toBe('registration_token_invalid');
  });
});

describe('a server that stops while the app waits', () => {
  it('is waited for and found again on the same port, and takes no token of another origin', async () => {
    const data = await mkdtemp(join(tmpdir(), 'keyhold-server-'));
    let restarting = await startLocalServer({ dataDir: data });
    try {
      const { port } = new URL(restarting.origin);
      const id = await addMaya(restarting);
      expect(errorCode(await paste(parts.registration.token(id)))).toBe('registration_token_wrong_origin');
      const waiting = parts.until(isPlanned);
      parts.registration.wait(id);
      expect(await waiting).toMatchObject({ phase: 'waiting' });

      await restarting.stop();
      const offline = parts.until(isPlanned);
      clock.advance(2000);
      expect(await offline).toMatchObject({ phase: 'offline' });
      expect(await parts.contexts.status(id)).toMatchObject({
        context: { state: 'pending', signIn: { state: 'unknown' } },
      });

      restarting = await startLocalServer({ dataDir: data, port: Number(port) });
      const token = await signIn(restarting, 'maya');
      expect((await paste(parts.registration.token(id), restarting, token)).status).toBe(201);
      const registered = parts.until(isRegistered);
      clock.advance(3000);
      await registered;

      await restarting.stop();
      expect(await parts.contexts.status(id)).toMatchObject({
        context: { signIn: { state: 'unreachable', seenAt: expect.any(String) as string } },
      });
    } finally {
      await restarting.stop();
      await rm(data, { recursive: true });
    }
  });
});
