import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { meSchema, mePath, tokenPairSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import {
  oidcCallbackPaths,
  oidcLoginPath,
  ssoLoginPath,
  ssoProvidersPath,
  ssoProvidersSchema,
} from '../../contracts/server-api/artifact-keeper/sso.ts';
import { setupStatusPath, systemConfigPath } from '../../contracts/server-api/artifact-keeper/system.ts';
import { authorizePath } from '../../contracts/server-api/kisenon/loopback.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import { getUser } from '../../reference-server/identity/users.ts';
import { ProviderPage } from '../e2e/pages/provider.ts';
import { sharedChromium } from '../support/chromium.ts';
import type { LocalServer } from '../support/local-server.ts';
import type { TestProvider } from '../support/oidc-provider.ts';
import { startSsoSite } from '../support/sso-site.ts';
import type { SsoSite } from '../support/sso-site.ts';
import { allowedCode, exchange, newProgram } from '../support/loopback-program.ts';
import { newUser } from '../support/new-user.ts';
import { newAddress } from '../support/oidc-site.ts';
import { call } from '../support/server-client.ts';
import { begin as pressButton, goesOnTo, WebClient } from '../support/web-client.ts';

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

describe('sign-in by the provider of the settings', () => {
  it('asks it by code, with PKCE, a state and a nonce, and makes an account', async () => {
    const person = site.newPerson({ preferred_username: 'Maya.Lang' });
    const address = await site.begin();
    expect(address.origin).toBe(sso.issuer);
    const secret = expect.stringMatching(/^[\w-]{43}$/) as string;
    expect(Object.fromEntries(address.searchParams)).toEqual({
      ...{ client_id: 'keyhold-sso', response_type: 'code', scope: 'openid email profile groups' },
      redirect_uri: `${server.origin}/api/v1/auth/oidc/callback`,
      ...{ state: secret, nonce: secret, code_challenge: secret, code_challenge_method: 'S256' },
    });
    const answer = await site.client.get(await site.back(person, { at: address }));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orgs/maya-lang/projects']);
    const me = await site.whoIs();
    const who = { username: 'maya.lang', email: person.email, display_name: person.name };
    expect(me).toMatchObject({ ...who, role: 'user', must_change_password: false });
    const row = await getUser(server.context.db, me.id);
    expect(row).toMatchObject({ status: 'active', password_hash: null });
    const events = await server.context.db
      .selectFrom('audit_events')
      .select(['action', 'details'])
      .where('actor_id', '=', me.id)
      .orderBy('seq')
      .execute();
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['user.created', 'user.identity_added', 'auth.sign_in']),
    );
  });

  it('leads back to the page that one wanted to go to, and to no other place', async () => {
    const person = site.newPerson();
    for (const [page, to] of [
      ['/orgs?x=1', '/orgs?x=1'],
      ['https://evil.example/', '/dashboard/keys'],
      ['//evil.example/', '/dashboard/keys'],
    ] as const) {
      site.newBrowser();
      const address = await site.begin(
        site.client,
        `?${new URLSearchParams({ return_to: page }).toString()}`,
      );
      const answer = await site.client.get(await site.back(person, { at: address }));
      expect(answer.headers.get('location')).toBe(to);
    }
  });

  it('ends no session of who is signed in: any site could lead them there', async () => {
    await site.signIn(site.newPerson());
    const token = site.session();
    const answer = await site.client.get(`${server.origin}${oidcLoginPath}?return_to=/orgs`);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orgs']);
    expect((await call(server, mePath, { token })).status).toBe(200);
  });

  it('takes the answer at the source’s address where the provider was told that one, and at no other', async () => {
    const [usual, other] = oidcCallbackPaths;
    site.settings.callback = server.origin + other;
    const person = site.newPerson();
    const back = await site.back(person);
    expect(back.href).toContain(`${server.origin}${other}?`);
    const moved = new URL(back);
    moved.pathname = usual;
    expect(await site.refused(await site.client.get(moved))).toMatch(/^400 /);
    expect((await site.signIn(person)).status).toBe(303);
  });

  it('is on the list of providers, each with a page that leads there', async () => {
    const { body } = await call(server, ssoProvidersPath);
    const list = ssoProvidersSchema.parse(body);
    expect(list.map(({ id, name }) => `${id} ${name}`)).toEqual(['google Google', 'sso SSO']);
    for (const [at, provider] of [google, sso].entries()) {
      const answer = await site.client.get(server.origin + (list[at]?.login_url ?? ''));
      const { origin } = new URL(answer.headers.get('location') ?? '');
      expect([answer.status, origin]).toEqual([307, provider.issuer]);
    }
    const unknown = await site.client.get(server.origin + ssoLoginPath('nobody'));
    expect(await site.refused(unknown)).toMatch(/^404 NOT_FOUND/);
  });

  it('is a button of the sign-in page', async () => {
    const person = site.newPerson();
    const address = goesOnTo(await pressButton(site.client, server, 'sso'));
    await site.client.get(await site.back(person, { at: address }));
    expect((await site.whoIs()).email).toBe(person.email);
    const page = await new WebClient(newAddress()).get(`${server.origin}/login`);
    expect(await page.text()).toContain('Sign in with SSO');
  });

  it('leads a real browser there, back and on, with cookies of ours that no script reads', async () => {
    const context = await (await sharedChromium()).newContext();
    const page = await context.newPage();
    const person = site.newPerson();
    await page.goto(`${server.origin}${oidcLoginPath}?return_to=/orgs`);
    await new ProviderPage(page).signInAs(person.email);
    await page.waitForURL(`${server.origin}/orgs`);
    expect(await page.getByRole('heading', { level: 1 }).innerText()).toBe('Organizations');
    expect(await page.evaluate(() => document.cookie)).toBe('');
    await context.close();
  });

  it('gives the app tokens, by the browser', async () => {
    const person = site.newPerson();
    const program = newProgram({ access: 'token-pair', org: String(person.preferred_username) });
    const page = `${authorizePath}?${new URLSearchParams(program.query).toString()}`;
    const asked = await site.client.get(server.origin + page);
    const login = new URL(asked.headers.get('location') ?? '', server.origin);
    expect(login.searchParams.get('return_to')).toBe(page);
    const address = goesOnTo(await pressButton(site.client, server, 'sso', page));
    const back = await site.client.get(await site.back(person, { at: address }));
    expect(back.headers.get('location')).toBe(page);
    const code = await allowedCode(server, site.session(), program);
    const { body } = await exchange(server, program, code);
    const { access_token: token, refresh_token: refresh } = tokenPairSchema.parse(body);
    expect(refresh).not.toBe('');
    expect(meSchema.parse((await call(server, mePath, { token })).body).email).toBe(person.email);
  });
});

describe('who somebody is', () => {
  it('goes by issuer and subject alone: whatever else changes, the account stays', async () => {
    const person = site.newPerson();
    const { id, username } = await site.signedIn(person);
    const maya = { email: 'maya@acme.example', preferred_username: 'maya' };
    Object.assign(person, { ...maya, name: 'Another' });
    expect(await site.signedIn(person)).toMatchObject({ id, username, email: `${username}@sso.example` });
  });

  it.each([
    ['a verified address', { email: 'jonas@acme.example' }],
    ['a user name', { preferred_username: 'jonas' }],
    ['a user name in capitals', { preferred_username: 'JONAS' }],
    ['a name that is the server’s own', { preferred_username: 'root' }],
  ])('is no account that was there, by %s', async (_, claims) => {
    expect(await site.refused(await site.signIn(site.newPerson(claims)))).toMatch(
      /^409 CONFLICT: Another account/,
    );
    const jonas = server.user('jonas').id;
    const identities = server.context.db
      .selectFrom('external_identities')
      .select('subject')
      .where('user_id', '=', jonas);
    expect(await identities.execute()).toEqual([]);
  });

  it.each([
    ['is not verified', { email: 'priya@northwind.example', email_verified: false }],
    ['is said to be verified in text', { email: 'priya@northwind.example', email_verified: 'true' }],
  ])('does not go by an address that %s', async (_, claims) => {
    const { username, email } = await site.signedIn(site.newPerson(claims));
    expect(email).toBe(`${username}@sso.invalid`);
  });

  it.each([
    ['an address for a name', 'lena.sommer@corp.example', /^lena-sommer$/],
    ['spaces', 'Omar Haddad', /^omar-haddad$/],
    ['no letters', '../..', /^user/],
    ['a number', 7, /^sso\d+$/],
    ['nothing', undefined, /^sso\d+$/],
    ['too much', 'x'.repeat(255), /^sso\d+$/],
  ])('has a user name also where the provider says %s', async (_, preferred_username, name) => {
    expect((await site.signedIn(site.newPerson({ preferred_username }))).username).toMatch(name);
  });

  it('is asked of the userinfo endpoint where the id token does not say it, and the address is verified where it is said', async () => {
    const person = site.newPerson();
    const answers: [Record<string, unknown>, object, RegExp][] = [
      [{ email_verified: true }, { email: 'a1@sso.example' }, /@sso\.invalid$/],
      [{ email_verified: true }, { email: 'a2@sso.example', email_verified: false }, /@sso\.invalid$/],
      [{ email: 'a3@sso.example' }, { email: 'jonas@acme.example', email_verified: true }, /@sso\.invalid$/],
      [{}, { email: 'a4@sso.example', email_verified: true }, /^a4@sso\.example$/],
    ];
    for (const [at, [signed, further, email]] of answers.entries()) {
      site.newBrowser();
      const sub = `s-further-${String(at)}`;
      const address = await site.begin();
      const back = await site.back(person, { at: address });
      const nonce = address.searchParams.get('nonce');
      site.answerToken(await sso.idToken({ sub }, { nonce, ...signed }));
      site.answerMe({ sub, ...further });
      expect((await site.client.get(back)).status).toBe(303);
      expect((await site.whoIs()).email).toMatch(email);
    }
  });

  it('counts for the list of addresses that may sign in', async () => {
    const list = kisenonSettings({ providers: [google.settings], allowlist: ['*@sso.example'] });
    Object.assign(server.context.config.kisenon, list);
    expect((await site.signedIn(site.newPerson())).role).toBe('user');
    const stranger = site.newPerson({ email: 'x@elsewhere.example' });
    expect(await site.refused(await site.signIn(stranger))).toMatch(/^403 /);
    expect(await site.refused(await site.signIn(site.newPerson({ email_verified: false })))).toMatch(/^403 /);
  });

  it('is nobody once the account was closed', async () => {
    const person = site.newPerson();
    const { id } = await site.signedIn(person);
    await server.context.write({}, (tx) =>
      tx.updateTable('users').set({ status: 'disabled' }).where('id', '=', id).execute(),
    );
    expect(await site.refused(await site.signIn(person))).toMatch(
      /^403 FORBIDDEN: The account of .* is closed/,
    );
  });
});

describe('what anybody may ask', () => {
  it('says how people sign in', async () => {
    const { body } = await call(server, systemConfigPath);
    const auth = { local_login_enabled: true, ldap_enabled: false, oidc_enabled: true };
    expect(body).toEqual({ auth: { ...auth, sso_enabled: true, guest_access_enabled: true } });
  });

  it('says whether the server waits for its first administrator', async () => {
    const required = async () =>
      ((await call(server, setupStatusPath)).body as { setup_required: boolean }).setup_required;
    expect(await required()).toBe(false);
    await newUser(server, { username: 'first', role: 'admin' });
    const standing = (must_change_password: 0 | 1) =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ must_change_password }).where('role', '=', 'admin').execute(),
      );
    await standing(1);
    expect(await required()).toBe(true);
    // Another one can do it.
    await newUser(server, { username: 'second', role: 'admin' });
    expect(await required()).toBe(false);
    await standing(1);
    expect(await required()).toBe(true);
    await standing(0);
    expect(await required()).toBe(false);
  });
});
