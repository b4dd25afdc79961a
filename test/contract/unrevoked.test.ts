import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { fileLogger } from '../../main/adapters/logger.ts';
import { KnownServices } from '../../main/core/contexts/known-services.ts';
import type { GivenCredential } from '../../main/core/credentials/credentials.ts';
import { SignOut } from '../../main/core/signin/sign-out.ts';
import { allowedCode, exchange, newProgram } from '../support/loopback-program.ts';
import { FaultyHttp } from '../support/faulty-http.ts';
import { startLocalServer, type LocalServer } from '../support/local-server.ts';
import { filesHolding } from '../support/search-bytes.ts';
import { call, signIn } from '../support/server-client.ts';
import { cliExchangeAnswerSchema } from '../../contracts/server-api/index.ts';
import { jwtSession } from '../unit/main/credentials/credential-parts.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../unit/main/signin/sign-in-parts.ts';

const minute = 60_000;

let server: LocalServer;
let session: string;
let clock: ManualClock;
let http: FaultyHttp;
let parts: SignInParts;
let signOut: SignOut;

beforeAll(async () => {
  server = await startLocalServer();
  session = await signIn(server, 'maya');
});
afterAll(() => server.stop());
beforeEach(async () => {
  clock = new ManualClock(new Date());
  http = new FaultyHttp();
  parts = await signInParts(clock, 'info', http);
  signOut = new SignOut({
    ...parts,
    browserSignIn: { endOf: () => undefined },
    registries: { forget: () => Promise.resolve({ podman: 'none', docker: 'none' }) },
    logger: fileLogger(parts.folder, 'silent'),
  });
});
afterEach(() => parts.dispose());

/** What the server gives to a program that maya lets sign in. */
async function given(access: 'api-key' | 'session'): Promise<Exclude<GivenCredential, { kind: 'pasted' }>> {
  const program = newProgram({ access });
  const { body } = await exchange(server, program, await allowedCode(server, session, program));
  const answer = cliExchangeAnswerSchema.parse(body);
  if ('api_key' in answer)
    return { kind: 'api-key', secret: answer.api_key, keyId: answer.id, label: answer.name, expiresAt: null };
  if (!('token' in answer)) throw new Error('These tokens were not asked for.');
  return jwtSession(answer.token, answer.expires_in, answer.session_expires_in);
}

async function signedIn(access: 'api-key' | 'session'): Promise<{ id: string; secret: string }> {
  const by = await given(access);
  const userId = server.user('maya').id;
  const chosen = { address: server.host, name: `By ${access}`, setUpPodman: false, setUpDocker: false };
  const { id } = await parts.contexts.additions.addSignedIn({
    ...chosen,
    signedIn: { userId, org: 'acme', by },
  });
  return { id, secret: by.kind === 'api-key' ? by.secret : by.token };
}

/** Signs out of a context while its service cannot be asked. */
async function leftOffline(
  access: 'api-key' | 'session',
): Promise<{ id: string; secret: string; leftId: string }> {
  const context = await signedIn(access);
  http.fault = () => 'not_sent';
  await signOut.run(context.id);
  return { ...context, leftId: list()[0]?.id ?? '' };
}

const list = () => parts.credentials.unrevoked.list();
const status = async (token: string): Promise<number> => (await call(server, '/v1/whoami', { token })).status;

/** Resolves with the next change of the list. */
function changed(): Promise<void> {
  return new Promise((resolve) => {
    const stop = parts.credentials.unrevoked.onChange(() => {
      stop();
      resolve();
    });
  });
}

/** Lets what follows from a change happen: the next round is planned once the last one has ended. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('signing out where the service can be reached', () => {
  it.each(['api-key', 'session'] as const)('ends the %s there, and leaves nothing behind', async (access) => {
    const { id, secret } = await signedIn(access);
    const report = await signOut.run(id);
    expect(report.results[0]?.credentials).toMatchObject([{ kind: access, revocation: 'revoked' }]);
    expect(await status(secret)).toBe(401);
    expect(list()).toEqual([]);
    expect(parts.contexts.summary(id)).toMatchObject({ state: 'signed_out', credential: null });
  });
});

describe.each(['api-key', 'session'] as const)('the %s that was left offline', (access) => {
  it('is said not to be revoked, and stays on the list, sealed', async () => {
    const { id, secret } = await signedIn(access);
    http.fault = () => 'not_sent';
    const report = await signOut.run(id);
    expect(report.results[0]).toMatchObject({
      done: true,
      context: { state: 'signed_out' },
      credentials: [{ kind: access, revocation: 'unreachable' }],
    });
    expect(list()).toMatchObject([
      {
        kind: access,
        contextName: `By ${access}`,
        host: server.host,
        serviceName: 'Keyhold reference server',
        leftAt: clock.now().toISOString(),
        triedAt: clock.now().toISOString(),
        outcome: 'unreachable',
      },
    ]);
    expect(await status(secret)).toBe(200);
    parts.vault.close();
    expect(filesHolding(parts.folder, new Map([['secret', Buffer.from(secret)]]))).toEqual([]);
  });

  it('is asked about again by itself, and is over once the service says so', async () => {
    const { secret } = await leftOffline(access);
    http.requests.length = 0;
    let asked = changed();
    clock.advance(minute);
    await asked;
    expect(http.requests.length).toBeGreaterThan(0);
    expect(list()).toMatchObject([{ outcome: 'unreachable', triedAt: clock.now().toISOString() }]);
    await settled();
    http.fault = () => null;
    asked = changed();
    clock.advance(minute);
    await asked;
    expect(list()).toEqual([]);
    expect(await status(secret)).toBe(401);
    expect(parts.logged().at(-1)).toContain(`unrevoked.revoked | By ${access} | `);
    await settled();
    expect(clock.pending).toBe(0);
  });

  it('is asked about at once when it is wanted', async () => {
    const { secret, leftId } = await leftOffline(access);
    expect(await parts.credentials.unrevoked.retry(leftId)).toBe('unreachable');
    http.fault = () => null;
    expect(await parts.credentials.unrevoked.retry(leftId)).toBe('revoked');
    expect(await status(secret)).toBe(401);
    await expect(parts.credentials.unrevoked.retry(leftId)).rejects.toMatchObject({ code: 'unrevoked_gone' });
  });

  it('is over as well when somebody else has ended it', async () => {
    const { leftId, secret } = await leftOffline(access);
    http.fault = () => null;
    const path = access === 'session' ? '/v1/auth/logout' : null;
    if (path === null) {
      await server.context.write({}, (tx) =>
        tx.updateTable('api_keys').set({ revoked_at: new Date().toISOString() }).execute(),
      );
    } else await call(server, path, { method: 'POST', token: secret });
    expect(await parts.credentials.unrevoked.retry(leftId)).toBe('not_registered');
    expect(list()).toEqual([]);
  });

  it('stays on the list over a lock, is not asked about meanwhile, and at once after the unlock', async () => {
    await leftOffline(access);
    http.fault = () => null;
    parts.vault.lock('idle');
    http.requests.length = 0;
    clock.advance(60 * minute);
    expect(http.requests).toEqual([]);
    await parts.unlock();
    expect(list()).toHaveLength(1);
    const asked = changed();
    clock.advance(0);
    await asked;
    expect(list()).toEqual([]);
  });

  it('stays while its context is removed, and its service stays one that may be asked', async () => {
    const { id, leftId } = await leftOffline(access);
    parts.contexts.remove(id);
    expect(list()).toHaveLength(1);
    const asked: (readonly string[])[] = [];
    const services = new KnownServices({
      vault: parts.vault,
      clock,
      ask: (origins) => {
        asked.push(origins);
        return Promise.resolve(false);
      },
    });
    await services.confirm([server.origin]);
    expect(asked).toEqual([]);
    parts.credentials.unrevoked.giveUp(leftId);
    await expect(services.confirm([server.origin])).rejects.toMatchObject({ code: 'service_not_confirmed' });
    expect(asked).toEqual([[server.origin]]);
  });

  it('is forgotten when the person gives up, which is written down', async () => {
    const { leftId, secret } = await leftOffline(access);
    parts.credentials.unrevoked.giveUp(leftId);
    expect(list()).toEqual([]);
    expect(() => parts.credentials.unrevoked.giveUp(leftId)).toThrow('unrevoked_gone');
    expect(parts.logged().at(-1)).toMatch(/^unrevoked\.given_up \| By (api-key|session) \| /);
    expect(await status(secret)).toBe(200);
    http.requests.length = 0;
    clock.advance(24 * 60 * minute);
    expect(http.requests).toEqual([]);
  });
});

describe('the list', () => {
  it('asks less and less often, at most every half hour', async () => {
    await leftOffline('api-key');
    const pauses: number[] = [];
    for (let rounds = 0; rounds < 8; rounds += 1) {
      const asked = changed();
      let waited = 0;
      http.requests.length = 0;
      while (http.requests.length === 0) {
        clock.advance(minute);
        waited += 1;
        await settled();
      }
      pauses.push(waited);
      await asked;
    }
    expect(pauses).toEqual([1, 1, 2, 4, 8, 16, 30, 30]);
  });

  it('lets go of a session that has ended by itself, also where nobody answers', async () => {
    await leftOffline('session');
    clock.set(new Date(clock.now().getTime() + 12 * 60 * minute));
    clock.advance(minute);
    await expect.poll(list).toEqual([]);
  });

  it('has one that only a wrong clock calls over ended first', async () => {
    const { secret } = await leftOffline('session');
    http.fault = () => null;
    clock.set(new Date(clock.now().getTime() + 12 * 60 * minute));
    const asked = changed();
    clock.advance(minute);
    await asked;
    expect(list()).toEqual([]);
    expect(await status(secret)).toBe(401);
  });

  it('has no session that was over, and no key pair, when a context is left', async () => {
    const { id } = await signedIn('session');
    clock.set(new Date(clock.now().getTime() + 12 * 60 * minute));
    http.fault = () => 'not_sent';
    await signOut.run(id);
    expect(list()).toEqual([]);
    http.fault = () => null;
    const key = await parts.add({ address: server.host, userId: server.user('jonas').id, name: 'Key' });
    http.fault = () => 'not_sent';
    await signOut.run(key.id);
    expect(list()).toEqual([]);
  });

  it('gets what was replaced while the service could not be asked', async () => {
    const { id, secret } = await signedIn('api-key');
    const by = await given('session');
    http.fault = (request) => (request.startsWith('DELETE') ? 'not_sent' : null);
    await parts.contexts.changes.signInBy(id, { userId: server.user('maya').id, org: 'acme', by });
    expect(list()).toMatchObject([{ kind: 'api-key', outcome: 'unreachable', contextName: 'By api-key' }]);
    expect(await status(secret)).toBe(200);
    http.fault = () => null;
    expect(await parts.credentials.unrevoked.retry(list()[0]?.id ?? '')).toBe('revoked');
  });

  it('gets what took the place of one that was being signed out of', async () => {
    const { id } = await signedIn('api-key');
    const by = await given('api-key');
    const again: Promise<unknown>[] = [];
    http.answer = (what, response) => {
      const signedIn = { userId: server.user('maya').id, org: 'acme', by };
      if (what.startsWith('DELETE') && again.length === 0) {
        again.push(parts.contexts.changes.signInBy(id, signedIn));
      }
      return response;
    };
    await signOut.run(id);
    await Promise.all(again);
    expect(parts.contexts.summary(id).state).toBe('signed_out');
    expect(list()).toMatchObject([{ kind: 'api-key', outcome: null }]);
    expect(await parts.credentials.unrevoked.retry(list()[0]?.id ?? '')).toBe('revoked');
    expect(await status(by.kind === 'api-key' ? by.secret : '')).toBe(401);
  });

  it('is asked about again after what a service said could not be written', async () => {
    await leftOffline('api-key');
    const sql = parts.vault.sql();
    sql.run(`CREATE TEMP TRIGGER full BEFORE UPDATE ON unrevoked BEGIN SELECT RAISE(ABORT, 'full'); END`);
    clock.advance(minute);
    await expect.poll(() => clock.pending).toBe(1);
    sql.run('DROP TRIGGER full');
    http.fault = () => null;
    const asked = changed();
    clock.advance(minute);
    await asked;
    expect(list()).toEqual([]);
  });

  it('keeps what a service refuses to revoke, and says so', async () => {
    const { leftId } = await leftOffline('api-key');
    http.fault = () => null;
    http.answer = (_what, response) => ({
      ...response,
      status: 403,
      text: '{"error":{"code":"role_insufficient","message":"No"}}',
    });
    expect(await parts.credentials.unrevoked.retry(leftId)).toBe('refused');
    expect(list()).toMatchObject([{ id: leftId, outcome: 'refused' }]);
    expect(parts.logged().some((line) => line.startsWith('unrevoked.revoked'))).toBe(false);
  });

  it('says what the service answered although the vault was locked meanwhile, and asks again after that', async () => {
    const { leftId, secret } = await leftOffline('api-key');
    http.fault = () => null;
    http.answer = (_what, response) => {
      parts.vault.lock('idle');
      return response;
    };
    expect(await parts.credentials.unrevoked.retry(leftId)).toBe('revoked');
    http.answer = (_what, response) => response;
    await parts.unlock();
    expect(list()).toHaveLength(1);
    const asked = changed();
    clock.advance(0);
    await asked;
    expect(list()).toEqual([]);
    expect(await status(secret)).toBe(401);
  });
});
