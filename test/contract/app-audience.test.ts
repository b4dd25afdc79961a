import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { BrowserSignInState } from '../../contracts/ipc/browser-sign-in.ts';
import type { Provider } from '../../contracts/ipc/contexts.ts';
import { startStandInKeeper, type StandInKeeper } from '../support/stand-in-keeper.ts';
import { nativeClient, startOidcProvider, type TestProvider } from '../support/oidc-provider.ts';
import { newAddress } from '../support/oidc-site.ts';
import { TokenRig } from '../support/token-rig.ts';
import { signInAt, WebClient } from '../support/web-client.ts';

/** Tokens of the honest keeper; whoever has one may use its keys. */
const audience = 'https://custody.example/api';
const ada = { sub: 'auth0|ada', email: 'ada@acme.example' };

let provider: TestProvider;
let honest: StandInKeeper;
let hostile: StandInKeeper;
let rig: TokenRig;

beforeAll(async () => {
  const native = { audience, isJwt: true, permissions: ['tkeeper.key.*.sign'] };
  provider = await startOidcProvider({ id: 'corp', name: 'Corp', accounts: [ada], native });
  const { issuer } = provider;
  honest = await startStandInKeeper({ issuer, audience, clientId: nativeClient });
});
afterAll(() => Promise.all([provider.stop(), honest.stop()]));

beforeEach(async () => {
  rig = await TokenRig.make();
  // It names all that the honest one does.
  hostile = await startStandInKeeper({ issuer: provider.issuer, audience, clientId: nativeClient });
  provider.requests.length = 0;
});
afterEach(() => Promise.all([rig.dispose(), hostile.stop()]));

const shownAt = async ({ host }: StandInKeeper): Promise<Provider> =>
  (await rig.parts.contexts.additions.discover(host)).provider ?? { host: '', audience: '' };

async function begin(keeper: StandInKeeper, name: string, agreed?: Provider): Promise<BrowserSignInState> {
  return await rig.browser.start({
    ...{ target: rig.newContext(keeper.host, name), access: 'oidc', elsewhere: false },
    agreed: agreed ?? (await shownAt(keeper)),
  });
}

/** What comes of the answer that the provider's page sends the browser back with. */
async function answer(): Promise<BrowserSignInState> {
  const ended = new Promise<BrowserSignInState>((resolve) => {
    const stop = rig.browser.onChange((state) => {
      if (state?.phase !== 'done' && state?.phase !== 'failed') return;
      stop();
      resolve(state);
    });
  });
  const client = new WebClient(newAddress());
  const back = await signInAt(client, provider, new URL(rig.opened.at(-1)?.[0] ?? ''), ada.email);
  await fetch(back, { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } });
  return await ended;
}

async function signInAtHonest(): Promise<string> {
  await begin(honest, 'Custody');
  const { contextId } = await answer();
  expect(contextId).not.toBeNull();
  provider.requests.length = 0;
  rig.opened.length = 0;
  return contextId ?? '';
}

async function refused(name = 'Lottery'): Promise<void> {
  await expect(begin(hostile, name)).rejects.toMatchObject({
    ...{ code: 'audience_of_another', details: { contextName: 'Custody' } },
  });
  expect([rig.opened, provider.requests, hostile.sent]).toEqual([[], [], []]);
}

/** The provider gives an access token for these as well. */
async function alsoFor(audiences: readonly string[]): Promise<void> {
  const token = await provider.idToken(ada, { aud: audiences, permissions: ['tkeeper.key.*.sign'] });
  rig.http.answer = (request, response) => {
    if (request !== 'POST /token') return response;
    const given = JSON.parse(response.text) as object;
    return { ...response, text: JSON.stringify({ ...given, access_token: token }) };
  };
}

describe('a keeper that names the audience of another', () => {
  it('gets no token where a context of that one is known, and no browser opens', async () => {
    await signInAtHonest();
    await refused();
  });

  it('gets none either once that context is signed out, and after the vault was locked', async () => {
    const id = await signInAtHonest();
    await rig.signOut.run(id);
    rig.parts.vault.lock();
    await rig.parts.unlock();
    await refused();
  });

  it('gets none where that one was signed in to by a token that was pasted', async () => {
    const token = await provider.idToken(ada, { aud: [audience, `${provider.issuer}/userinfo`] });
    await rig.tokens.signIn({ target: rig.newContext(honest.host, 'Custody'), form: 'jwt', token });
    await refused();
  });

  it('is told from that by whom the last token of a context was for, which stays once it is signed out', async () => {
    const id = await signInAtHonest();
    expect(rig.parts.contexts.summary(id)).toMatchObject({ state: 'active', audience });
    await rig.signOut.run(id);
    expect(rig.parts.contexts.summary(id)).toMatchObject({ state: 'signed_out', audience });
    const other = 'https://custody.example/v2';
    const token = await provider.idToken(ada, { aud: other });
    const me = JSON.stringify({ subject: ada.sub, actor: ada.sub, permissions: [] });
    rig.http.answer = (request, response) =>
      request === 'GET /v1/keeper/control/me' ? { ...response, status: 200, text: me } : response;
    await rig.tokens.signIn({ target: { kind: 'context', contextId: id }, form: 'jwt', token });
    expect(rig.parts.contexts.summary(id)).toMatchObject({ state: 'active', audience: other });
  });

  it('gets none that is for both', async () => {
    await signInAtHonest();
    const own = 'https://lottery.example';
    hostile.config = { ...hostile.config, audience: own };
    await alsoFor([own, audience]);
    await begin(hostile, 'Lottery');
    expect(await answer()).toMatchObject({ phase: 'failed', failure: { code: 'audience_of_another' } });
    expect(hostile.sent).toEqual([]);
    expect(rig.parts.contexts.list().map(({ name }) => name)).toEqual(['Custody']);
  });

  it('gets its own where that is for its provider as well, as that of another context is', async () => {
    const userinfo = `${provider.issuer}/userinfo`;
    const token = await provider.idToken(ada, { aud: [audience, userinfo] });
    await rig.tokens.signIn({ target: rig.newContext(honest.host, 'Custody'), form: 'jwt', token });
    const own = 'https://lottery.example';
    const other = await startStandInKeeper({
      issuer: provider.issuer,
      audience: own,
      clientId: nativeClient,
    });
    try {
      await alsoFor([own, userinfo]);
      await begin(other, 'Other');
      expect(await answer()).toMatchObject({ phase: 'done' });
    } finally {
      await other.stop();
    }
  });

  it('is in nobody’s way: the known one is signed in to again, until it is removed', async () => {
    const contextId = await signInAtHonest();
    const agreed = await shownAt(honest);
    const target = { kind: 'context', contextId } as const;
    await rig.browser.start({ target, access: 'oidc', elsewhere: false, agreed });
    expect(await answer()).toMatchObject({ phase: 'done', contextId });
    rig.parts.contexts.remove(contextId);
    await begin(hostile, 'Moved');
    expect(rig.opened).toHaveLength(2);
  });
});

describe('what a person agreed to', () => {
  it('is where they sign in, whom the token is for and who gets it, and is said while the browser is open', async () => {
    const { host } = new URL(provider.issuer);
    expect(await shownAt(honest)).toEqual({ host, audience });
    expect(await begin(honest, 'Custody')).toMatchObject({
      ...{ provider: { host, audience }, host: honest.host },
    });
  });

  it.each([
    ['another audience', (shown: Provider) => ({ ...shown, audience: 'https://lottery.example' })],
    ['another provider', (shown: Provider) => ({ ...shown, host: 'login.acme.example' })],
    ['an audience that looks the same', (shown: Provider) => ({ ...shown, audience: `${audience}/` })],
  ])('holds: a keeper that named %s before gets nothing', async (_, before) => {
    const agreed = before(await shownAt(hostile));
    await expect(begin(hostile, 'Lottery', agreed)).rejects.toMatchObject({ code: 'provider_changed' });
    expect([rig.opened, provider.requests]).toEqual([[], []]);
  });

  it('is needed, and holds when one begins anew', async () => {
    const target = rig.newContext(hostile.host);
    const unseen = rig.browser.start({ target, access: 'oidc', elsewhere: false });
    await expect(unseen).rejects.toMatchObject({ code: 'provider_changed' });
    await begin(hostile, 'Lottery');
    hostile.config = { ...hostile.config, audience: 'https://other.example' };
    await expect(rig.browser.again(false)).rejects.toMatchObject({ code: 'provider_changed' });
    expect(rig.opened).toHaveLength(1);
  });

  it.each(['tkeeper\u202e', 'tkeeper ', 'tk\u200beeper', 'tkeeper\u001b[2K'])(
    'can be seen: no sign-in at a provider for %j',
    async (unseen) => {
      hostile.config = { ...hostile.config, audience: unseen };
      const service = await rig.parts.contexts.additions.discover(hostile.host);
      expect([service.methods, service.provider]).toEqual([['token'], null]);
    },
  );
});
