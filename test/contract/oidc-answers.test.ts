import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LocalServer } from '../support/local-server.ts';
import type { TestProvider } from '../support/oidc-provider.ts';
import { startOidcSite } from '../support/oidc-site.ts';
import type { OidcSite } from '../support/oidc-site.ts';
import { call } from '../support/server-client.ts';
import { begin, goesOnTo, refusal, signInAt } from '../support/web-client.ts';
import type { WebClient } from '../support/web-client.ts';

const lena = { sub: 's-lena', email: 'lena@acme.example', email_verified: true, name: 'Lena Sommer' };
const omar = { sub: 's-omar', email: 'omar@acme.example', email_verified: true, name: 'Omar Haddad' };
let site: OidcSite;
let server: LocalServer;
let google: TestProvider;
let github: TestProvider;
let quiet: TestProvider;
let client: WebClient;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  site = await startOidcSite([lena, omar]);
  ({ server, google, github, quiet } = site);
});
afterAll(async () => {
  vi.useRealTimers();
  await site.stop();
});
beforeEach(() => {
  client = site.newClient();
});
afterEach(() => {
  google.answer('/token', null);
  quiet.answer('/me', null);
});

/** Lets time pass for the server and the providers. */
function passTime(seconds: number): void {
  vi.setSystemTime(Date.now() + seconds * 1000);
}

/** What a page of refusal says, by which nobody was signed in. */
async function refused(answer: Response): Promise<{ status: number; alert: string }> {
  expect(site.sessionOf(client)).toBeUndefined();
  return refusal(answer);
}

const notBegun = {
  status: 400,
  alert: expect.stringContaining(
    'was not begun in this browser, is finished already or took longer',
  ) as string,
};
const doesNotHold = {
  status: 401,
  alert: expect.stringContaining('What the provider says of this sign-in does not hold') as string,
};
const unreachable = { status: 502, alert: expect.stringContaining('Google cannot be reached') as string };

describe('an answer that is not the one', () => {
  /** Where the provider sends the browser back to, for Lena. */
  async function answerOf(browser = client): Promise<URL> {
    return signInAt(browser, google, goesOnTo(await begin(browser, server, 'google')), lena.email);
  }

  it('is refused a second time', async () => {
    const back = await answerOf();
    await client.get(back);
    const token = site.sessionOf(client) ?? '';
    expect((await call(server, '/v1/whoami', { token })).status).toBe(200);
    const again = await client.get(back);
    expect(await refusal(again)).toEqual(notBegun);
    expect(again.headers.getSetCookie().join()).not.toContain('keyhold_session');
  });

  it('is refused in another browser, also one that has begun a sign-in', async () => {
    const back = await answerOf(site.newClient());
    expect(await refused(await client.get(back))).toEqual(notBegun);
    await begin(client, server, 'google');
    expect(await refused(await client.get(back))).toEqual(notBegun);
  });

  it('is refused after ten minutes', async () => {
    const back = await answerOf();
    passTime(600);
    expect(await refused(await client.get(back))).toEqual(notBegun);
    await begin(client, server, 'google');
    const left = await server.context.db.selectFrom('oidc_attempts').select('expires_at').execute();
    expect(left.every(({ expires_at }) => expires_at > new Date().toISOString())).toBe(true);
  });

  it.each([
    ['no state', (url: URL) => url.searchParams.delete('state')],
    ['an empty state', (url: URL) => url.searchParams.set('state', '')],
    ['another state', (url: URL) => url.searchParams.set('state', 'x'.repeat(43))],
    ['two states', (url: URL) => url.searchParams.append('state', url.searchParams.get('state') ?? '')],
    ['a list for a state', (url: URL) => url.searchParams.set('state[]', 'x')],
  ])('is refused with %s', async (name, change) => {
    const back = await answerOf();
    change(back);
    const answer = await client.get(back);
    if (name === 'a list for a state') expect(answer.status).toBe(303);
    else expect(await refused(answer)).toEqual(notBegun);
  });

  it.each([
    ['another provider as issuer', (url: URL) => url.searchParams.set('iss', github.issuer)],
    ['no issuer', (url: URL) => url.searchParams.delete('iss')],
    ['two issuers', (url: URL) => url.searchParams.append('iss', google.issuer)],
    ['an id token of its own', (url: URL) => url.searchParams.set('id_token', 'x')],
    ['another kind of answer', (url: URL) => url.searchParams.set('response', 'a.b.c')],
    ['no code', (url: URL) => url.searchParams.delete('code')],
    ['two codes', (url: URL) => url.searchParams.append('code', 'x')],
  ])('is refused with %s (RFC 9207)', async (_, change) => {
    const back = await answerOf();
    change(back);
    expect(await refused(await client.get(back))).toEqual(doesNotHold);
  });

  it('of one provider is not taken for another’s', async () => {
    const back = await answerOf();
    back.pathname = '/login/oidc/github/callback';
    back.searchParams.set('iss', github.issuer);
    expect(await refused(await client.get(back))).toEqual(notBegun);
    // It is used up.
    back.pathname = '/login/oidc/google/callback';
    back.searchParams.set('iss', google.issuer);
    expect(await refused(await client.get(back))).toEqual(notBegun);
  });

  it('with a code that was used, or of another browser’s sign-in, is refused', async () => {
    const begun = {
      status: 400,
      alert: expect.stringContaining('does not take this sign-in any more') as string,
    };
    const other = site.newClient();
    const used = await answerOf(other);
    const unused = await answerOf(site.newClient());
    await other.get(used);
    for (const { searchParams } of [used, unused]) {
      const back = await answerOf();
      back.searchParams.set('code', searchParams.get('code') ?? '');
      expect(await refused(await client.get(back))).toEqual(begun);
    }
  });

  it('to a request without PKCE comes from no provider that asks for it', async () => {
    const address = goesOnTo(await begin(client, server, 'google'));
    address.searchParams.delete('code_challenge');
    address.searchParams.delete('code_challenge_method');
    const back = new URL((await client.get(address)).headers.get('location') ?? '');
    expect(back.searchParams.get('error')).toBe('invalid_request');
    expect(await refused(await client.get(back))).toEqual(unreachable);
  });

  it.each<[string, () => Record<string, unknown>]>([
    ['the nonce of another sign-in', () => ({ nonce: 'another' })],
    ['no nonce', () => ({ nonce: undefined })],
    ['another audience', () => ({ aud: 'somebody' })],
    ['another authorized party', () => ({ azp: 'somebody' })],
    ['another issuer', () => ({ iss: github.issuer })],
    ['an end that is over', () => ({ exp: 1 })],
    ['an address that is not verified', () => ({ email_verified: false })],
  ])('with an id token with %s is refused', async (_, claims) => {
    const address = goesOnTo(await begin(client, server, 'google'));
    const nonce = address.searchParams.get('nonce');
    const back = await signInAt(client, google, address, lena.email);
    answerToken({ id_token: await google.idToken(lena, { nonce, ...claims() }) });
    expect(await refused(await client.get(back))).toEqual(doesNotHold);
  });

  it('with an id token that somebody else signed, or none, is refused', async () => {
    for (const id_token of [await github.idToken(lena, { iss: google.issuer }), undefined]) {
      client = site.newClient();
      const address = goesOnTo(await begin(client, server, 'google'));
      const back = await signInAt(client, google, address, lena.email);
      answerToken({ id_token });
      expect(await refused(await client.get(back))).toEqual(doesNotHold);
    }
  });

  it('with a right id token in place of the provider’s own is taken: the attacks above change one thing', async () => {
    const address = goesOnTo(await begin(client, server, 'google'));
    const back = await signInAt(client, google, address, lena.email);
    answerToken({ id_token: await google.idToken(lena, { nonce: address.searchParams.get('nonce') }) });
    expect((await client.get(back)).status).toBe(303);
  });

  it.each([
    ['of somebody else', { ...omar, sub: 'another' }],
    ['not verified', { ...omar, email_verified: false }],
    ['without an address', { sub: omar.sub }],
  ])('with userinfo %s is refused', async (_, said) => {
    const back = await signInAt(client, quiet, goesOnTo(await begin(client, server, 'quiet')), omar.email);
    quiet.answer('/me', (_request, response) =>
      response.setHeader('content-type', 'application/json').end(JSON.stringify(said)),
    );
    expect(await refused(await client.get(back))).toEqual(doesNotHold);
  });

  function answerToken(body: object): void {
    google.answer('/token', (_request, response) => {
      const answer = { access_token: 'x', token_type: 'Bearer', ...body };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    });
  }
});
