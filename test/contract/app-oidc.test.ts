import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { BrowserSignInState } from '../../contracts/ipc/browser-sign-in.ts';
import { startEmptyServer } from '../support/local-server.ts';
import { startStandInKeeper, type StandInKeeper } from '../support/stand-in-keeper.ts';
import {
  nativeClient,
  startOidcProvider,
  type ProviderOptions,
  type TestProvider,
} from '../support/oidc-provider.ts';
import { newAddress } from '../support/oidc-site.ts';
import { TokenRig } from '../support/token-rig.ts';
import { signInAt, WebClient } from '../support/web-client.ts';

const audience = 'https://keeper.example/api';
const email = 'ada@acme.example';
const eve = 'eve@acme.example';
const permissions = ['tkeeper.key.*.sign'];
const accounts = [
  { sub: 'auth0|ada', email },
  { sub: 'auth0|eve', email: eve },
];

let provider: TestProvider;
let keeper: StandInKeeper;
let rig: TokenRig;
let client: WebClient;

async function start(native: ProviderOptions['native']): Promise<[TestProvider, StandInKeeper]> {
  const at = await startOidcProvider({ id: 'corp', name: 'Corp', accounts, ...(native && { native }) });
  const wanted = native?.audience ?? audience;
  return [at, await startStandInKeeper({ issuer: at.issuer, audience: wanted, clientId: nativeClient })];
}

beforeAll(async () => {
  [provider, keeper] = await start({ audience, isJwt: true, permissions });
});
afterAll(async () => {
  await Promise.all([provider.stop(), keeper.stop()]);
});
const wellKnown = '/.well-known/openid-configuration';
const token = 'POST /token';

beforeEach(async () => {
  rig = await TokenRig.make();
  client = new WebClient(newAddress());
  keeper.sent.length = 0;
});
afterEach(() => rig.dispose());

async function begin(target = rig.newContext(keeper.host), elsewhere = false): Promise<BrowserSignInState> {
  const { contexts } = rig.parts;
  const address = target.kind === 'new' ? target.address : contexts.get(target.contextId).host;
  const agreed = (await contexts.additions.discover(address)).provider ?? undefined;
  return await rig.browser.start({ target, access: 'oidc', elsewhere, agreed });
}

/** Resolves once it is done, or has failed. */
function ended(): Promise<BrowserSignInState> {
  return new Promise((resolve) => {
    const stop = rig.browser.onChange((state) => {
      if (state?.phase !== 'done' && state?.phase !== 'failed') return;
      stop();
      resolve(state);
    });
  });
}

/** Where the browser is sent once somebody has signed in at the provider. */
const answerOf = (who: string | null = email, at = provider): Promise<URL> =>
  signInAt(client, at, new URL(rig.opened.at(-1)?.[0] ?? ''), who);

/** Brings an answer to the app, as a browser that goes there does. */
const bring = async (answer: URL): Promise<string> =>
  (await fetch(answer, { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' } })).text();

/** All of it. */
async function signIn(target = rig.newContext(keeper.host), who: string | null = email, at = provider) {
  await begin(target);
  const end = ended();
  await bring(await answerOf(who, at));
  return await end;
}

const failed = (state: BrowserSignInState, code: string): void => {
  expect(state).toMatchObject({ phase: 'failed', failure: { code } });
  expect(rig.parts.vault.sql().all('SELECT 1 FROM pasted_tokens')).toEqual([]);
};
const discovery = (change: (metadata: Record<string, unknown>) => object): void => {
  rig.http.answer = (request, response) =>
    request === `GET ${wellKnown}`
      ? { ...response, text: JSON.stringify(change(JSON.parse(response.text) as Record<string, unknown>)) }
      : response;
};

describe('signing in at the provider that a service names', () => {
  it('asks it by code, with PKCE, a state and a nonce, and keeps the token that the service takes', async () => {
    const state = await begin();
    expect(state).toMatchObject({
      ...{ access: 'oidc', host: keeper.host, phase: 'waiting' },
      provider: { host: new URL(provider.issuer).host, audience },
      opened: true,
    });
    const [link = '', origin] = rig.opened[0] ?? [];
    expect(origin).toBe(provider.issuer);
    const secret = expect.stringMatching(/^[\w-]{43}$/) as string;
    expect(Object.fromEntries(new URL(link).searchParams)).toEqual({
      ...{ client_id: nativeClient, response_type: 'code', scope: 'openid', audience },
      redirect_uri: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback$/) as string,
      ...{ state: secret, nonce: secret, code_challenge: secret, code_challenge_method: 'S256' },
    });
    const end = ended();
    expect(await bring(await answerOf())).toContain('You can close this window');
    const done = await end;
    expect(done).toMatchObject({ phase: 'done', who: 'auth0|ada', org: null, confirmed: true });
    const context = rig.parts.contexts.summary(done.contextId ?? '');
    expect(context).toMatchObject({
      ...{ credential: 'pasted', userId: 'auth0|ada', capabilities: ['remote-keys', 'rules'] },
    });
    expect(Date.parse(context.endsAt ?? '')).toBeGreaterThan(rig.clock.now().getTime());
    const [sent = ''] = keeper.sent;
    expect(sent).toMatch(/^x-jwt-token: eyJ/);
    rig.parts.vault.lock();
    expect(rig.isOnDisk(sent.split(': ')[1] ?? '')).toBe(false);
  });

  it('contacts the provider no sooner than it begins', async () => {
    provider.requests.length = 0;
    const service = await rig.parts.contexts.additions.discover(keeper.host);
    expect(service).toMatchObject({
      methods: ['oidc', 'token'],
      provider: { host: new URL(provider.issuer).host, audience },
    });
    expect(provider.requests).toEqual([]);
    await begin();
    expect(provider.requests).toEqual([wellKnown]);
  });

  it('ends where the context is signed out that it is for, and is waited for where another one is', async () => {
    const ada = await signIn();
    client = new WebClient(newAddress());
    const other = await signIn(rig.newContext(keeper.host, 'Other'), eve);
    await begin({ kind: 'context', contextId: other.contextId ?? '' });
    await rig.signOut.run(ada.contextId);
    expect(rig.browser.state).toMatchObject({ phase: 'waiting', contextId: other.contextId });
    const answer = await answerOf(null);
    await rig.signOut.run(other.contextId);
    expect(rig.browser.state).toBeNull();
    await expect(bring(answer)).rejects.toThrow();
    expect(rig.parts.contexts.list().map(({ state }) => state)).toEqual(['signed_out', 'signed_out']);
  });

  it('signs a context in again, of the same subject alone', async () => {
    const { contextId } = await signIn();
    const target = { kind: 'context', contextId: contextId ?? '' } as const;
    client = new WebClient(newAddress());
    expect(await signIn(target, eve)).toMatchObject({ phase: 'failed', failure: { code: 'other_account' } });
    client = new WebClient(newAddress());
    expect(await signIn(target)).toMatchObject({ phase: 'done', contextId });
    expect(rig.parts.contexts.list()).toHaveLength(1);
  });

  it('takes the ID token where that is for the service and the access token is not', async () => {
    const [other, at] = await start({ audience: nativeClient, isJwt: false, permissions });
    try {
      const target = rig.newContext(at.host);
      expect(await signIn(target, email, other)).toMatchObject({ phase: 'done', who: 'auth0|ada' });
    } finally {
      await Promise.all([other.stop(), at.stop()]);
    }
  });

  it('says so where no token is for the service', async () => {
    const [other, at] = await start({ audience, isJwt: false, permissions });
    try {
      failed(await signIn(rig.newContext(at.host), email, other), 'token_unfit');
      expect(at.sent).toEqual([]);
    } finally {
      await Promise.all([other.stop(), at.stop()]);
    }
  });

  it('is of no use where the service does not take what the provider gave', async () => {
    await begin();
    rig.http.answer = (request, response) =>
      request.endsWith('/me')
        ? { ...response, status: 401, text: '{"error":"UNAUTHENTICATED","details":"Invalid key id"}' }
        : response;
    const end = ended();
    await bring(await answerOf());
    failed(await end, 'token_refused');
  });

  it('ends where the person says no', async () => {
    failed(await signIn(undefined, null), 'sign_in_denied');
  });

  it('waits on where the state is another one', async () => {
    await begin();
    const answer = await answerOf();
    const wrong = new URL(answer);
    wrong.searchParams.set('state', 'x'.repeat(43));
    expect(await bring(wrong)).toContain('This is not the answer');
    expect(rig.browser.state?.phase).toBe('waiting');
    const end = ended();
    await bring(answer);
    expect((await end).phase).toBe('done');
  });

  it('takes an answer once', async () => {
    await begin();
    const end = ended();
    const answer = await answerOf();
    await bring(answer);
    await end;
    expect(await bring(answer)).toContain('This one does nothing');
    expect(rig.http.requests.filter((request) => request === token)).toHaveLength(1);
  });

  it.each([
    ['another provider', (answer: URL) => answer.searchParams.set('iss', 'https://evil.example')],
    ['nobody, where the provider always says so', (answer: URL) => answer.searchParams.delete('iss')],
  ])('uses no code that is said to be of %s', async (_, change) => {
    await begin();
    const answer = await answerOf();
    change(answer);
    const end = ended();
    await bring(answer);
    failed(await end, 'provider_mixed_up');
    expect(rig.http.requests).not.toContain(token);
  });

  it('refuses an ID token of another sign-in', async () => {
    await begin();
    const nonce = 'n'.repeat(43);
    const idToken = await provider.idToken({ sub: 'auth0|ada' }, { aud: nativeClient, nonce });
    rig.http.answer = (request, response) =>
      request === token
        ? { ...response, text: JSON.stringify({ ...JSON.parse(response.text), id_token: idToken }) }
        : response;
    const end = ended();
    await bring(await answerOf());
    failed(await end, 'provider_unusable');
  });

  it('cannot go on with a code that the provider does not know', async () => {
    await begin();
    const answer = await answerOf();
    answer.searchParams.set('code', 'made-up');
    const end = ended();
    await bring(answer);
    failed(await end, 'sign_in_code_gone');
    // The log is opened with its first line.
    await vi.waitFor(() => expect(rig.isOnDisk('invalid_grant')).toBe(true));
    expect(rig.isOnDisk('made-up')).toBe(false);
  });

  it('fails where the provider is gone, before and after', async () => {
    rig.http.fault = (request) => (request.endsWith(wellKnown) ? 'not_sent' : null);
    await expect(begin()).rejects.toMatchObject({ code: 'provider_unreachable' });
    rig.http.fault = (request) => (request === token ? 'not_sent' : null);
    failed(await signIn(), 'provider_unreachable');
  });

  it.each([
    ['is of another issuer', (metadata) => ({ ...metadata, issuer: 'https://evil.example' })],
    [
      'has its page elsewhere',
      (metadata) => ({ ...metadata, authorization_endpoint: 'https://evil.example/auth' }),
    ],
    [
      'has a page without TLS',
      (metadata) => ({ ...metadata, authorization_endpoint: 'http://10.0.0.1/auth' }),
    ],
    [
      'gives tokens without TLS',
      (metadata) => ({ ...metadata, token_endpoint: 'http://evil.example/token' }),
    ],
    ['gives no tokens', (metadata) => ({ ...metadata, token_endpoint: undefined })],
    ['has a page that is a script', (metadata) => ({ ...metadata, authorization_endpoint: 'javascript:1' })],
  ] as [string, (metadata: Record<string, unknown>) => object][])(
    'opens no browser where the provider %s',
    async (_, change) => {
      discovery(change);
      await expect(begin()).rejects.toMatchObject({ code: 'provider_unusable' });
      expect(rig.opened).toEqual([]);
    },
  );

  it('follows no redirect of the provider, and reads no endless answer', async () => {
    provider.answer(wellKnown, (_request, response) => response.writeHead(302, { location: '/' }).end());
    await expect(begin()).rejects.toMatchObject({ code: 'provider_unusable' });
    provider.answer(wellKnown, (_request, response) => response.end('x'.repeat(300 * 1024)));
    await expect(begin()).rejects.toMatchObject({ code: 'provider_unusable' });
    provider.answer(wellKnown, null);
  });

  it('waits for a vault that is locked meanwhile', async () => {
    await begin();
    const answer = await answerOf();
    rig.parts.vault.lock();
    await bring(answer);
    expect(rig.http.requests).not.toContain(token);
    const end = ended();
    await rig.parts.unlock();
    expect((await end).phase).toBe('done');
  });

  it('keeps nothing where the vault is locked while the service is asked', async () => {
    await begin();
    rig.http.answer = (request, response) => {
      if (request.endsWith('/me')) rig.parts.vault.lock();
      return response;
    };
    const end = ended();
    await bring(await answerOf());
    expect((await end).failure?.code).toBe('sign_in_dropped');
    await rig.parts.unlock();
    expect(rig.parts.contexts.list()).toEqual([]);
  });

  it('keeps nothing of one that was given up', async () => {
    await begin();
    const answer = await answerOf();
    rig.browser.end();
    await expect(bring(answer)).rejects.toThrow();
    expect(rig.browser.state).toBeNull();
    expect(rig.http.requests).not.toContain(token);
  });

  it('is not offered for a browser elsewhere, nor by a service without a provider', async () => {
    await expect(begin(undefined, true)).rejects.toMatchObject({ code: 'sign_in_not_offered' });
    const { config } = keeper;
    keeper.config = { id: 'TOKEN', header: 'X-JWT-TOKEN' };
    await expect(begin()).rejects.toMatchObject({ code: 'sign_in_not_offered' });
    keeper.config = { ...config, discoveryUrl: 'http://idp.example/.well-known/openid-configuration' };
    await expect(begin()).rejects.toMatchObject({ code: 'sign_in_not_offered' });
    keeper.config = config;
  });
});

describe('the keeper of a real server', () => {
  it('takes what its provider gave, as its JWT and by its rules', async () => {
    const auth = {
      type: 'jwt',
      ...{ jwks: { url: `${provider.issuer}/jwks` }, audience, issuer: provider.issuer },
      ...{ refreshSeconds: 900, skewSeconds: 15 },
      oidc: {
        clientId: nativeClient,
        discoveryUrl: provider.issuer + wellKnown,
        callbackUrl: `${provider.issuer}/unused`,
      },
    } as const;
    const server = await startEmptyServer({ keeper: { auth, allowAnonymous: false } });
    try {
      const service = await rig.parts.contexts.additions.discover(server.host);
      expect(service.methods).toEqual(expect.arrayContaining(['oidc', 'token']));
      const done = await signIn(rig.newContext(server.host));
      expect(done).toMatchObject({ phase: 'done', who: 'auth0|ada', confirmed: true });
      const id = done.contextId ?? '';
      expect(rig.parts.contexts.summary(id)).toMatchObject({
        ...{ credential: 'pasted', hasRegistry: false, signIn: { state: 'signed_in' } },
      });
      const foreign = await provider.idToken({ sub: 'auth0|ada' }, { aud: 'https://elsewhere.example' });
      const pasted = rig.tokens.signIn({
        target: { kind: 'context', contextId: id },
        form: 'jwt',
        token: foreign,
      });
      await expect(pasted).rejects.toMatchObject({ code: 'token_refused' });
    } finally {
      await server.stop();
    }
  });
});
