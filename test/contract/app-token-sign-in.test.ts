import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startStandInKeeper, type StandInKeeper } from '../support/stand-in-keeper.ts';
import { devToken, KeeperRig } from '../support/keeper-rig.ts';
import { nativeClient, startOidcProvider, type TestProvider } from '../support/oidc-provider.ts';
import { TokenRig } from '../support/token-rig.ts';
import { testApiKey } from '../unit/main/credentials/credential-parts.ts';

const audience = 'https://keeper.example/api';
const ada = { sub: 'auth0|ada' };
const permissions = ['tkeeper.key.*.sign', '-tkeeper.key.root.sign'];

let keeper: KeeperRig;
let provider: TestProvider;
let foreign: StandInKeeper;
let rig: TokenRig;

beforeAll(async () => {
  [keeper, provider] = await Promise.all([
    KeeperRig.start(),
    startOidcProvider({
      ...{ id: 'corp', name: 'Corp', accounts: [ada] },
      native: { audience, isJwt: true, permissions },
    }),
  ]);
  foreign = await startStandInKeeper({ issuer: provider.issuer, audience, clientId: nativeClient });
});
afterAll(async () => {
  await Promise.all([keeper.stop(), provider.stop(), foreign.stop()]);
});
beforeEach(async () => {
  rig = await TokenRig.make();
  foreign.sent.length = 0;
});
afterEach(() => rig.dispose());

const inSeconds = (seconds: number): number => Math.floor(rig.clock.now().getTime() / 1000) + seconds;
const jwt = (claims: object = {}, account = ada): Promise<string> =>
  provider.idToken(account, { aud: audience, permissions, ...claims });
const byJwt = (token: string, target = rig.newContext(foreign.host)) =>
  rig.tokens.signIn({ target, form: 'jwt', token });
const byDevToken = (token: string, address = keeper.server.host) =>
  rig.tokens.signIn({ target: rig.newContext(address), form: 'dev-token', token });
const refused = async (work: Promise<unknown>, code: string): Promise<void> => {
  await expect(work).rejects.toMatchObject({ code });
};

describe('a pasted JWT', () => {
  it('signs in as its subject once the service takes it, and lies in no file as it is', async () => {
    const endsAt = new Date(inSeconds(1800) * 1000).toISOString();
    const token = await jwt({ exp: inSeconds(1800) });
    const { contextId, who } = await byJwt(`  ${token}\n`);
    expect(who).toBe(ada.sub);
    expect(rig.parts.contexts.summary(contextId)).toMatchObject({
      ...{ credential: 'pasted', state: 'active', userId: ada.sub, endsAt, current: true },
      ...{ signIn: { state: 'signed_in' }, capabilities: ['remote-keys', 'rules'], hasRegistry: false },
    });
    expect(new Set(foreign.sent)).toEqual(new Set([`x-jwt-token: ${token}`]));
    rig.parts.vault.lock();
    expect(rig.isOnDisk(token)).toBe(false);
    expect(rig.isOnDisk(token.split('.')[2] ?? '')).toBe(false);
  });

  it('is read without asking anybody', async () => {
    const token = await jwt({ nbf: 1_700_000_000, exp: 1_800_000_000, iat: 1_700_000_000, jti: undefined });
    expect(rig.tokens.read(token)).toEqual({
      ...{ algorithm: 'RS256', kid: provider.publicKey().kid, subject: ada.sub, issuer: provider.issuer },
      ...{ audience: [audience], permissions },
      ...{ issuedAt: '2023-11-14T22:13:20.000Z', notBefore: '2023-11-14T22:13:20.000Z' },
      endsAt: '2027-01-15T08:00:00.000Z',
    });
    expect(rig.http.requests).toEqual([]);
  });

  it.each([
    ['over', { exp: -1 }, 'token_over'],
    ['not good yet', { nbf: 16 }, 'token_not_yet'],
    ['without an end', { exp: undefined }, 'token_refused'],
  ])('that is %s is told before anybody is asked', async (_, times, code) => {
    const claims = Object.fromEntries(
      Object.entries(times).map(([name, seconds]) => [name, seconds && inSeconds(seconds)]),
    );
    await refused(byJwt(await jwt(claims)), code);
    expect(rig.http.requests).toEqual([]);
  });

  it('may be of a clock that is a little ahead', async () => {
    await byJwt(await jwt({ nbf: inSeconds(14) }));
  });

  it.each([
    ['of another audience', { aud: 'https://elsewhere.example' }],
    ['of a key that nobody trusts', {}],
  ])('%s is refused by the service, and kept nowhere', async (what, claims) => {
    const token = await jwt(claims);
    const sent = what.includes('key') ? `${token.slice(0, -8)}AAAAAAAA` : token;
    await refused(byJwt(sent), 'token_refused');
    expect(rig.parts.contexts.list()).toEqual([]);
    expect(rig.parts.vault.sql().all('SELECT 1 FROM pasted_tokens')).toEqual([]);
    rig.parts.vault.lock();
    expect(rig.isOnDisk(sent)).toBe(false);
  });

  it.each([
    'not a token',
    'a.b',
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.',
    'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln c2ln',
    'Bearer eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln',
    'eyJhbGciOiJSUzI1NiJ9.bm90IGpzb24.c2ln',
    `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"a","sub":"b"}').toString('base64url')}.c2ln`,
    `eyJhbGciOiJSUzI1NiJ9.${Buffer.from('{"sub":"a","x":{"y":1,"\\u0079":2}}').toString('base64url')}.c2ln`,
    `eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.${'c'.repeat(16 * 1024)}`,
  ])('is none: %s', async (text) => {
    expect(rig.tokens.read(text)).toBeNull();
    await refused(byJwt(text), 'token_no_jwt');
    expect(rig.http.requests).toEqual([]);
  });

  it('may have members of one name in different objects', () => {
    const claims = Buffer.from('{"sub":"a","one":{"sub":1},"two":[{"sub":"sub:"}]}').toString('base64url');
    expect(rig.tokens.read(`eyJhbGciOiJSUzI1NiJ9.${claims}.c2ln`)?.subject).toBe('a');
  });

  it('signs a context in again, of the same subject alone, and revokes nothing', async () => {
    const { contextId } = await byJwt(await jwt({ exp: inSeconds(60) }));
    rig.clock.advance(61_000);
    expect(rig.parts.contexts.summary(contextId).signIn.state).toBe('expired');
    const target = { kind: 'context', contextId } as const;
    await refused(byJwt(await jwt({ exp: inSeconds(600) }, { sub: 'eve' }), target), 'other_account');
    expect(rig.parts.contexts.summary(contextId).signIn.state).toBe('expired');
    await byJwt(await jwt({ exp: inSeconds(600) }), target);
    expect(rig.parts.contexts.summary(contextId).signIn.state).toBe('signed_in');
    expect(rig.parts.vault.sql().all('SELECT 1 FROM pasted_tokens')).toHaveLength(1);
    expect(rig.parts.credentials.unrevoked.list()).toEqual([]);
  });

  it('is not sent once it is over', async () => {
    const { contextId } = await byJwt(await jwt({ exp: inSeconds(60) }));
    foreign.sent.length = 0;
    rig.clock.advance(60_000);
    await rig.parts.contexts.status(contextId);
    expect(foreign.sent).toEqual([]);
  });

  it('gives way to an API key, and takes its place', async () => {
    const { contextId } = await byJwt(await jwt());
    const signedIn = { userId: ada.sub, org: null };
    await rig.parts.contexts.changes.signInBy(contextId, { ...signedIn, by: testApiKey });
    expect(rig.parts.contexts.get(contextId)).toMatchObject({ credential: 'api-key' });
    await byJwt(await jwt(), { kind: 'context', contextId });
    expect(rig.parts.contexts.get(contextId)).toMatchObject({ credential: 'pasted' });
  });

  it('is signed out of without a word to the service, and it is said when it ends', async () => {
    const { contextId } = await byJwt(await jwt({ exp: inSeconds(600) }));
    rig.http.requests.length = 0;
    const { results } = await rig.signOut.run(contextId);
    const endsAt = new Date(inSeconds(600) * 1000).toISOString();
    expect(results).toMatchObject([{ done: true, credentials: [{ revocation: 'not_possible', endsAt }] }]);
    expect(rig.http.requests).toEqual([]);
    expect(rig.parts.contexts.get(contextId).state).toBe('signed_out');
    expect(rig.parts.vault.sql().all('SELECT 1 FROM pasted_tokens')).toEqual([]);
  });

  it('is of no use where the vault is locked meanwhile', async () => {
    rig.http.answer = (request, response) => {
      if (request.endsWith('/me')) rig.parts.vault.lock();
      return response;
    };
    const token = await jwt();
    await refused(byJwt(token), 'sign_in_dropped');
    expect(rig.isOnDisk(token)).toBe(false);
    await rig.parts.unlock();
    expect(rig.parts.contexts.list()).toEqual([]);
  });

  it('is not taken where the service does not answer, or somebody else does', async () => {
    const token = await jwt();
    rig.http.fault = (request) => (request.endsWith('/me') ? 'not_sent' : null);
    await refused(byJwt(token), 'server_unreachable');
    rig.http.fault = () => null;
    rig.http.answer = (request, response) =>
      request.endsWith('/me') ? { ...response, text: '<html>' } : response;
    await refused(byJwt(token), 'not_a_keyhold_server');
    rig.http.answer = (request, response) =>
      request.endsWith('/me') ? { ...response, text: '{"subject":"a\\u202eb"}' } : response;
    await refused(byJwt(token), 'not_a_keyhold_server');
    expect(rig.parts.contexts.list()).toEqual([]);
  });
});

describe('a dev token', () => {
  it('signs in at a server of this computer, for as long as that has it', async () => {
    const { contextId, who } = await byDevToken(devToken);
    expect(who).toBe('dev-mode');
    expect(rig.parts.contexts.summary(contextId)).toMatchObject({
      ...{ credential: 'pasted', userId: 'dev-mode', endsAt: null, signIn: { state: 'signed_in' } },
      ...{ capabilities: ['remote-keys', 'rules'], hasRegistry: false },
    });
    rig.parts.vault.lock();
    expect(rig.isOnDisk(devToken)).toBe(false);
  });

  it('that is another one is refused, and kept nowhere', async () => {
    await refused(byDevToken('not-the-token-of-it'), 'token_refused');
    expect(rig.parts.contexts.list()).toEqual([]);
  });

  it('goes to no other computer, which is not even asked', async () => {
    await refused(byDevToken(devToken, 'keeper.example'), 'dev_token_elsewhere');
    expect(rig.http.requests).toEqual([]);
  });

  it('is not offered by a service that takes JWTs, nor the other way round', async () => {
    await refused(byDevToken(devToken, foreign.host), 'sign_in_not_offered');
    await refused(byJwt(await jwt(), rig.newContext(keeper.server.host)), 'sign_in_not_offered');
    expect(foreign.sent).toEqual([]);
  });
});
