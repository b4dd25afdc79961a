import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { OidcKeeper } from '../support/oidc-keeper.ts';
import { newAddress } from '../support/oidc-site.ts';
import { csrfOf, goesOnTo, refusal, signInAt, WebClient } from '../support/web-client.ts';

const ada = 'ada@acme.example';
const eve = 'eve@acme.example';
const permissions = ['tkeeper.system.*', 'tkeeper.control.sinks'];

let rig: OidcKeeper;
let client: WebClient;

beforeAll(async () => {
  rig = await OidcKeeper.start({ permissions });
});
afterAll(() => rig.stop());
beforeEach(() => {
  client = new WebClient(newAddress());
});

const cookie = (what: string): string => `keyhold_${what}_${new URL(rig.server.origin).port}`;
const page = async (who = client): Promise<string> => (await who.get(`${rig.server.origin}/ui`)).text();

async function begin(who = client): Promise<URL> {
  const csrf = await csrfOf(await who.get(`${rig.server.origin}/ui`));
  return goesOnTo(await who.post(`${rig.server.origin}/ui/oidc`, { _csrf: csrf }));
}

const answerOf = async (email: string | null = ada, who = client): Promise<URL> =>
  signInAt(who, rig.provider, await begin(who), email);

async function signIn(email = ada, who = client): Promise<string | undefined> {
  expect((await who.get(await answerOf(email, who))).headers.get('refresh')).toBe('0;url=/ui');
  return who.cookie(cookie('keeper'));
}

it('asks by code, with PKCE, a state and a nonce, and begins a session by the access token', async () => {
  const address = await begin();
  const secret = expect.stringMatching(/^[\w-]{43}$/) as string;
  expect(address.origin).toBe(rig.provider.issuer);
  expect(Object.fromEntries(address.searchParams)).toEqual({
    ...{ client_id: rig.clientId, response_type: 'code', scope: 'openid', audience: rig.audience },
    ...{ redirect_uri: `${rig.server.origin}/ui/oidc/callback`, code_challenge_method: 'S256' },
    ...{ state: secret, nonce: secret, code_challenge: secret },
  });
  const done = await client.get(await signInAt(client, rig.provider, address, ada));
  expect(done.status).toBe(200);
  const shown = await page();
  expect(shown).toContain('auth0|ada is signed in, until');
  expect(shown).toContain('tkeeper.control.sinks');
  // The browser has no token, in no cookie and on no page.
  expect(shown + String(client.cookie(cookie('keeper')))).not.toMatch(/eyJ/);
});

it('says so where the provider or the person says no, and begins nothing', async () => {
  const said = await refusal(await client.get(await answerOf(null)));
  expect(said.status).toBe(400);
  expect(said.alert).toContain('did not let you go on, or you went back');
  expect(client.cookie(cookie('keeper'))).toBeUndefined();
  expect(await page()).toContain('Sign in to the keeper');
});

it('takes an answer once, and only in the browser that began', async () => {
  const answer = await answerOf();
  const other = new WebClient(newAddress());
  await begin(other);
  expect((await refusal(await other.get(answer))).alert).toContain('not begun in this browser');
  expect(await page(other)).toContain('Sign in to the keeper');
  // That somebody else tried takes nothing from who began it.
  expect((await client.get(answer)).status).toBe(200);
  expect((await refusal(await client.get(answer))).alert).toContain('not begun in this browser');
});

it('takes a code of one attempt for no other', async () => {
  const [first, second] = [await answerOf(), await answerOf()];
  const mixed = new URL(second);
  mixed.searchParams.set('code', first.searchParams.get('code') ?? '');
  expect((await refusal(await client.get(mixed))).status).toBeGreaterThanOrEqual(400);
  expect(client.cookie(cookie('keeper'))).toBeUndefined();
});

it('lets no answer of a sign-in to the server itself in, and leads to its own page alone', async () => {
  const answer = await answerOf();
  const elsewhere = new URL(answer);
  elsewhere.searchParams.set('return_to', 'https://evil.example/');
  expect((await client.get(elsewhere)).headers.get('refresh')).toBe('0;url=/ui');
  const csrf = await csrfOf(await client.get(`${rig.server.origin}/login`));
  const form = { _csrf: csrf, return_to: '//evil.example' };
  expect((await client.post(`${rig.server.origin}/ui/oidc`, form)).status).toBe(400);
  expect((await client.post(`${rig.server.origin}/ui/oidc`, { _csrf: 'x' })).status).toBe(403);
});

it('gives a session another name at each sign-in; a planted one, and the one before, count no more', async () => {
  client.plant(cookie('keeper'), 'A'.repeat(43));
  const first = await signIn();
  expect(first).not.toBe('A'.repeat(43));
  const planted = new WebClient(newAddress());
  planted.plant(cookie('keeper'), 'A'.repeat(43));
  expect(await page(planted)).toContain('Sign in to the keeper');
  client.plant('corp_session', '');
  client.plant('corp_session.sig', '');
  const second = await signIn(eve);
  expect(second).not.toBe(first);
  expect(await page()).toContain('auth0|eve is signed in');
  planted.plant(cookie('keeper'), first ?? '');
  expect(await page(planted)).toContain('Sign in to the keeper');
});

it('ends a session with its token', async () => {
  await signIn();
  expect(await page()).toContain('auth0|ada is signed in');
  rig.later(599);
  expect(await page()).toContain('auth0|ada is signed in');
  // The clocks may differ by 15 s.
  rig.later(616);
  expect(await page()).toContain('Sign in to the keeper');
  rig.later(0);
  expect(await page()).toContain('Sign in to the keeper');
});

it('takes a stale form back to its own page, and nothing is done', async () => {
  await signIn();
  const headers = { origin: rig.server.origin };
  const stale = await client.post(`${rig.server.origin}/ui/sign-out`, { _csrf: 'stale' }, headers);
  expect([stale.status, stale.headers.get('location')]).toEqual([303, '/ui']);
  expect(await page()).toMatch(
    /That page was too old[^]*auth0\|ada is signed in|auth0\|ada is signed in[^]*That page was too old/,
  );
});

it('offers no field for a token where there is a provider, and takes none', async () => {
  expect(await page()).not.toContain('name="token"');
  const csrf = await csrfOf(await client.get(`${rig.server.origin}/ui`));
  const form = { _csrf: csrf, token: 'x' };
  expect((await client.post(`${rig.server.origin}/ui/sign-in`, form)).status).toBe(404);
});

it('says that the provider is gone, and lets people begin anew', async () => {
  const answer = await answerOf();
  rig.provider.answer('/token', (_request, response) => response.writeHead(503).end());
  try {
    expect(await refusal(await client.get(answer))).toMatchObject({ status: 502 });
  } finally {
    rig.provider.answer('/token', null);
  }
  expect(client.cookie(cookie('keeper'))).toBeUndefined();
  expect(await signIn()).toBeDefined();
});

it('is paused in a network where too much was begun', async () => {
  const network = new WebClient('10.250.0.1');
  const csrf = await csrfOf(await network.get(`${rig.server.origin}/ui`));
  let status = 200;
  for (let tries = 0; tries < 2_000 && status === 200; tries += 1) {
    status = (await network.post(`${rig.server.origin}/ui/oidc`, { _csrf: csrf })).status;
  }
  expect(status).toBe(429);
  expect(await signIn()).toBeDefined();
});

it('begins no session by a token that the keeper does not take', async () => {
  const other = await OidcKeeper.start({ permissions, tokensFor: 'https://other.example/api' });
  try {
    const origin = other.server.origin;
    const csrf = await csrfOf(await client.get(`${origin}/ui`));
    const address = goesOnTo(await client.post(`${origin}/ui/oidc`, { _csrf: csrf }));
    const said = await refusal(await client.get(await signInAt(client, other.provider, address, ada)));
    expect(said.status).toBe(401);
    expect(said.alert).toContain('no token that it gave is for this keeper');
  } finally {
    await other.stop();
  }
});

it('takes the ID token where that is for the keeper and the access token is not', async () => {
  const other = await OidcKeeper.start({ permissions, byIdToken: true });
  try {
    const origin = other.server.origin;
    const csrf = await csrfOf(await client.get(`${origin}/ui`));
    const address = goesOnTo(await client.post(`${origin}/ui/oidc`, { _csrf: csrf }));
    await client.get(await signInAt(client, other.provider, address, ada));
    expect(await (await client.get(`${origin}/ui`)).text()).toContain('auth0|ada is signed in');
  } finally {
    await other.stop();
  }
});
