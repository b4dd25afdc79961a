import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { KeyValidity } from '../../contracts/domain/key.ts';
import { perClient } from '../../contracts/domain/registry-client.ts';
import type { MintedToken } from '../../contracts/ipc/tokens.ts';
import { keysPath, whoamiPath } from '../../contracts/server-api/index.ts';
import { fileLogger } from '../../main/adapters/logger.ts';
import { systemRandom } from '../../main/adapters/random.ts';
import { revokeKey } from '../../main/core/credentials/keys/revoke-key.ts';
import { RegistrySession } from '../../main/core/images/registry-session.ts';
import { RotationService } from '../../main/core/credentials/keys/rotation/rotation-service.ts';
import { SignOut } from '../../main/core/signin/sign-out.ts';
import { TokenInspector } from '../../main/core/tokens/inspection/token-inspector.ts';
import { FaultyHttp } from '../support/faulty-http.ts';
import { registerContext } from '../support/register-context.ts';
import { call, signIn } from '../support/server-client.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { TestServer } from '../support/server.ts';
import { ManualClock } from '../unit/main/signin/manual-clock.ts';
import { signInParts, type SignInParts } from '../unit/main/signin/sign-in-parts.ts';

// A token is minted, its key ends in each way there is, and what the app says of the token is held against what the
// server does with it.

let server: TestServer;
let session: string;
let clock: ManualClock;
let http: FaultyHttp;
let parts: SignInParts;
let id: string;
let minted: MintedToken;
let text: string;

beforeAll(async () => {
  server = await startLocalServer();
  session = await signIn(server, 'maya');
});
afterAll(async () => {
  await server.stop();
});
beforeEach(async () => {
  clock = new ManualClock(new Date());
  http = new FaultyHttp();
  parts = await signInParts(clock, 'silent', http);
  ({ id } = await parts.add({ address: server.host, userId: server.user('maya').id }));
  await register();
  minted = await parts.tokens.mint(id, '1h');
  text = parts.tokens.text(minted.tokenId, 'raw');
});
afterEach(async () => {
  await parts.dispose();
});

const register = () => registerContext(parts, id, server, session);

const deps = (): SignInParts & { http: FaultyHttp; clock: ManualClock; random: typeof systemRandom } => ({
  ...parts,
  http,
  clock,
  random: systemRandom,
});

const keyId = (): string => parts.keys.authority(id)?.id ?? '';

async function rotate(): Promise<void> {
  const logger = fileLogger('/nonexistent', 'silent');
  const rotations = new RotationService({ ...deps(), logger });
  const done = new Promise<void>((resolve) => {
    rotations.onChange(() => {
      if (rotations.state(id)?.step === 'done') resolve();
    });
  });
  await rotations.rotate(id, false);
  await done;
}

async function signOut(): Promise<void> {
  const registries = { forget: () => Promise.resolve(perClient(() => 'none' as const)) };
  const logger = fileLogger('/nonexistent', 'silent');
  await new SignOut({ ...deps(), browserSignIn: { endOf: () => undefined }, registries, logger }).run(id);
}

async function unplugged(work: () => Promise<unknown>): Promise<void> {
  http.fault = () => 'not_sent';
  await work();
  http.fault = () => null;
}

/** How the app calls the token's key, in the inspector and in the list. */
async function standings(): Promise<{ inspected: KeyValidity | string; listed: KeyValidity | undefined }> {
  const inspection = await new TokenInspector({ ...parts, clock }).inspect(text);
  if (inspection.kind !== 'decoded' || inspection.signature.state !== 'verified')
    return { inspected: JSON.stringify(inspection), listed: undefined };
  const listed = parts.tokens.list().find(({ tokenId }) => tokenId === minted.tokenId)?.key;
  return { inspected: inspection.signature.key, listed };
}

async function serverTakes(token: string): Promise<boolean> {
  return (await call(server, whoamiPath, { token })).status === 200;
}

const ways: readonly (readonly [string, () => Promise<unknown>, KeyValidity['state'], boolean])[] = [
  ['revoked here', () => revokeKey(deps(), keyId(), false), 'revoked', false],
  ['revoked and taken off the list', revokeAndRemove, 'revoked', false],
  ['revoked at the dashboard, which Status heard of', revokeElsewhere, 'revoked', false],
  ['rotated', rotate, 'revoked', false],
  ['signed out of', signOut, 'revoked', false],
  ['signed out of, and signed in anew', signOutAndIn, 'revoked', false],
  ['deleted although the service was not reached', revokeUnplugged, 'deleted', true],
  ['signed out of without the service', () => unplugged(signOut), 'deleted', true],
  ['over its age limit', expire, 'expired', true],
];

async function revokeAndRemove(): Promise<void> {
  const key = keyId();
  await revokeKey(deps(), key, false);
  parts.keys.endings.remove(key);
}

async function revokeElsewhere(): Promise<void> {
  await call(server, `${keysPath}/${minted.kid}`, { method: 'DELETE', token: session });
  await parts.contexts.status(id);
}

async function signOutAndIn(): Promise<void> {
  await signOut();
  parts.contexts.signInAgain(id, 'laptop');
  await register();
}

function revokeUnplugged(): Promise<void> {
  return unplugged(() => revokeKey(deps(), keyId(), true));
}

function expire(): Promise<void> {
  const past = new Date(clock.now().getTime() - 1000).toISOString();
  parts.vault.sql().run('UPDATE keys SET expires_at = ?', past);
  return Promise.resolve();
}

/** Neither window, tray nor helper get another token of the key; only a key that is new gives them one. */
async function expectNoneAnew(way: string): Promise<void> {
  const isAnew = way === 'rotated' || way === 'signed out of, and signed in anew';
  const made = [parts.tokens.mint(id, '1h'), parts.tokens.registryToken(id, server.host)];
  if (!isAnew) {
    for (const each of made) await expect(each).rejects.toThrow(/^key_(not_registered|expired)$/);
    return;
  }
  const [token, credential] = await Promise.all(made);
  expect(token).toMatchObject({ key: { state: 'live' } });
  expect(credential && 'secret' in credential && (await serverTakes(credential.secret))).toBe(true);
}

describe('a token of a key that was', () => {
  it.each(ways)('%s, is not handed out any more, nor anew', async (way, end, state, stillTaken) => {
    expect(await standings()).toEqual({ inspected: { state: 'live' }, listed: { state: 'live' } });
    expect(await serverTakes(text)).toBe(true);
    await end();
    const at = expect.any(String) as string;
    expect(await standings()).toEqual({ inspected: { state, at }, listed: { state, at } });
    // What the app says of the service is what the service does.
    expect(await serverTakes(text)).toBe(stillTaken);
    for (const form of ['raw', 'header', 'curl'] as const)
      expect(() => parts.tokens.text(minted.tokenId, form)).toThrow('token_gone');
    expect(() => parts.tokens.reveal(minted.tokenId)).toThrow('token_gone');
    await expectNoneAnew(way);
  });

  it('removed with its context is still recognized, and not called valid', async () => {
    parts.contexts.remove(id);
    expect(await new TokenInspector({ ...parts, clock }).inspect(text)).toMatchObject({
      signature: { state: 'verified', contextName: null, contextId: null, key: { state: 'deleted' } },
    });
    expect(parts.tokens.list()).toEqual([]);
    expect(await serverTakes(text)).toBe(true);
  });

  it('never registered is said to be refused', async () => {
    const pending = parts.keys.create(id, 'second');
    const now = Math.floor(clock.now().getTime() / 1000);
    const { origin, userId } = parts.contexts.get(id);
    text = parts.keys.signJwt(
      pending.kid,
      { alg: 'Ed25519', typ: 'JWT', kid: pending.kid },
      { iss: userId, sub: userId, aud: origin, iat: now, nbf: now, exp: now + 600, jti: 'one' },
    );
    expect((await standings()).inspected).toEqual({ state: 'unregistered' });
    expect(await serverTakes(text)).toBe(false);
  });

  it('refused by mistake counts again once Status heard so', async () => {
    http.fault = () => null;
    parts.contexts.signIns.note(id, minted.kid, 'not_accepted');
    expect((await standings()).listed).toMatchObject({ state: 'revoked' });
    await expect(parts.tokens.mint(id, '1h')).rejects.toThrow('key_not_registered');
    await parts.contexts.status(id);
    expect((await standings()).listed).toEqual({ state: 'live' });
    expect(parts.tokens.text(minted.tokenId, 'raw')).toBe(text);
  });
});

it('a registry token that was bought for a look at images is not used once its key has ended', async () => {
  const session = new RegistrySession(deps(), id, 'acme/nothing');
  const look = (): Promise<unknown> => session.send({ method: 'GET', path: 'tags/list' });
  await expect(look()).rejects.toThrow('repository_gone');
  const bought = (): number => http.requests.filter((request) => request === 'GET /v2/token').length;
  await expect(look()).rejects.toThrow('repository_gone');
  expect(bought()).toBe(1);
  await revokeKey(deps(), keyId(), false);
  http.requests.length = 0;
  await expect(look()).rejects.toThrow('key_not_registered');
  expect(http.requests).toEqual([]);
});

it('the wait for a key that was given up ends', async () => {
  const { kid, id: pendingId } = parts.keys.create(id, 'second');
  const waiting = parts.until(({ nextTryAt }) => nextTryAt !== null);
  parts.registration.wait(id);
  await waiting;
  parts.keys.endings.remove(pendingId);
  expect(parts.keys.validity(kid)).toMatchObject({ state: 'revoked' });
  expect(parts.registration.state(id)).toMatchObject({ phase: 'idle', nextTryAt: null });
});

describe('what lives', () => {
  it('is counted by key, with those that programs were given, until it expires or its key ends', async () => {
    await parts.tokens.registryToken(id, server.host);
    await parts.tokens.commandToken(id, '2h', null);
    const until = new Date(Math.floor(clock.now().getTime() / 1000 + 7200) * 1000).toISOString();
    expect(parts.tokens.live()).toEqual([{ contextId: id, kid: minted.kid, count: 3, until }]);
    clock.advance(3661_000);
    expect(parts.tokens.live()).toMatchObject([{ count: 1 }]);
    await revokeKey(deps(), keyId(), true);
    expect(parts.tokens.live()).toEqual([]);
  });
});
