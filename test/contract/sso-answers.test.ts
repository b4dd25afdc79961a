import { SignJWT } from 'jose';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { oidcCallbackPaths } from '../../contracts/server-api/artifact-keeper/sso.ts';
import type { LocalServer } from '../support/local-server.ts';
import type { TestProvider } from '../support/oidc-provider.ts';
import { startSsoSite } from '../support/sso-site.ts';
import type { SsoSite } from '../support/sso-site.ts';
import { newAddress } from '../support/oidc-site.ts';
import { begin as pressButton, goesOnTo, refusal, signInAt, WebClient } from '../support/web-client.ts';

let site: SsoSite;
let server: LocalServer;
let sso: TestProvider;
let google: TestProvider;
beforeAll(async () => {
  site = await startSsoSite();
  ({ server, sso, google } = site);
});
afterAll(() => site.stop());
beforeEach(() => {
  site.reset();
});

describe('an answer that is not the one', () => {
  const notBegun = /^400 VALIDATION_ERROR: This sign-in was not begun in this browser/;
  const doesNotHold = /^401 UNAUTHORIZED: What the provider says of this sign-in does not hold/;

  it('is refused a second time, and in another browser', async () => {
    const person = site.newPerson();
    const back = await site.back(person);
    const other = site.client;
    site.newBrowser();
    await site.begin();
    expect(await site.refused(await site.client.get(back))).toMatch(notBegun);
    expect((await other.get(back)).status).toBe(303);
    expect((await other.get(back)).status).toBe(400);
  });

  it('with a code that was used, or of another’s sign-in, is refused', async () => {
    const person = site.newPerson();
    const other = new WebClient(newAddress());
    const used = await site.back(person, { client: other });
    await other.get(used);
    const back = await site.back(person);
    back.searchParams.set('code', used.searchParams.get('code') ?? '');
    expect(await site.refused(await site.client.get(back))).toMatch(
      /^400 .* does not take this sign-in any more/,
    );
  });

  it('to a sign-in at another provider is refused', async () => {
    const person = site.newPerson();
    google.accounts.push(person);
    const address = goesOnTo(await pressButton(site.client, server, 'google'));
    const back = await signInAt(site.client, google, address, person.email);
    back.pathname = oidcCallbackPaths[0];
    back.searchParams.set('iss', sso.issuer);
    expect(await site.refused(await site.client.get(back))).toMatch(notBegun);
    const own = await site.back(person);
    own.pathname = '/login/oidc/google/callback';
    expect((await site.client.get(own)).status).toBe(400);
    expect(site.session()).toBe('');
    const unasked = await site.back(person);
    unasked.pathname = '/login/oidc/sso/callback';
    expect((await site.client.get(unasked)).status).toBe(400);
    expect(site.session()).toBe('');
  });

  it.each([
    ['nonce', { nonce: 'another' }],
    ['issuer', { iss: 'https://accounts.example' }],
    ['audience', { aud: 'somebody' }],
    ['audience beside ours', { aud: ['keyhold-sso', 'somebody'] }],
    ['end', { exp: 1 }],
  ])('with another %s is refused', async (_, claims) => {
    const person = site.newPerson();
    const address = await site.begin();
    const back = await site.back(person, { at: address });
    site.answerToken(await sso.idToken(person, { nonce: address.searchParams.get('nonce'), ...claims }));
    expect(await site.refused(await site.client.get(back))).toMatch(doesNotHold);
  });

  it.each(['none', 'HS256', 'another provider'])('signed by %s is refused', async (how) => {
    const person = site.newPerson();
    const address = await site.begin();
    const back = await site.back(person, { at: address });
    const nonce = address.searchParams.get('nonce');
    const [, payload = ''] = (await sso.idToken(person, { nonce })).split('.');
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
    const secret = new TextEncoder().encode(sso.settings.client_secret);
    const forged = {
      none: `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload}.`,
      HS256: await new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(secret),
      'another provider': await google.idToken(person, claims),
    }[how];
    site.answerToken(forged ?? '');
    expect(await site.refused(await site.client.get(back))).toMatch(doesNotHold);
  });

  it('is told to browsers on a page', async () => {
    const address = `${server.origin}${oidcCallbackPaths[0]}?state=${'x'.repeat(43)}`;
    const page = await refusal(await fetch(address, { headers: { accept: 'text/html' } }));
    expect(page).toEqual({ status: 400, alert: expect.stringContaining('was not begun in this') as string });
  });
});
