import { text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { discoveryPath, discoverySchema } from '../../contracts/server-api/discovery.ts';
import { inviteAnswerSchema, invitationsPath } from '../../contracts/server-api/kisenon/invitations.ts';
import { newInvitationToken } from '../../reference-server/identity/invitation-tokens.ts';
import type { LocalServer } from '../support/local-server.ts';
import type { TestProvider } from '../support/oidc-provider.ts';
import { startOidcSite } from '../support/oidc-site.ts';
import type { OidcSite } from '../support/oidc-site.ts';
import { call, signIn as apiSession } from '../support/server-client.ts';
import { begin, csrfOf, goesOnTo, refusal, signInAt, signInBy } from '../support/web-client.ts';
import type { WebClient } from '../support/web-client.ts';

const lena = { sub: 's-lena', email: 'lena@acme.example', email_verified: true, name: 'Lena Sommer' };
const omar = { sub: 's-omar', email: 'omar@acme.example', email_verified: true, name: 'Omar Haddad' };
let site: OidcSite;
let server: LocalServer;
let google: TestProvider;
let quiet: TestProvider;
let client: WebClient;
beforeAll(async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  site = await startOidcSite([lena, omar]);
  ({ server, google, quiet } = site);
});
afterAll(async () => {
  vi.useRealTimers();
  await site.stop();
});
beforeEach(() => {
  client = site.newClient();
});
afterEach(() => {
  for (const path of ['/token', '/.well-known/openid-configuration']) google.answer(path, null);
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

/** The user name of who is signed in; null for nobody. */
async function whoIs(browser: WebClient): Promise<string | null> {
  const token = site.sessionOf(browser);
  if (token === undefined) return null;
  const { body } = await call(server, '/v1/whoami', { token });
  return (body as { user?: { username: string } }).user?.username ?? null;
}

const unreachable = { status: 502, alert: expect.stringContaining('Google cannot be reached') as string };

describe('signing in by a provider', () => {
  it('asks it by code, with PKCE, a state and a nonce', async () => {
    const address = goesOnTo(await begin(client, server, 'google'));
    expect(address.origin).toBe(google.issuer);
    expect(Object.fromEntries(address.searchParams)).toEqual({
      client_id: google.settings.client_id,
      response_type: 'code',
      redirect_uri: `${server.origin}/login/oidc/google/callback`,
      scope: 'openid email profile',
      state: expect.stringMatching(/^[\w-]{43}$/) as string,
      nonce: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/) as string,
      code_challenge_method: 'S256',
    });
    const answer = await client.get(await signInAt(client, google, address, lena.email));
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/orgs/acme/projects']);
    expect(await whoIs(client)).toBe('lena');
  });

  it('leads back to the page that one wanted to go to', async () => {
    const page = '/cli/authorize?state=x&redirect_uri=http%3A%2F%2F127.0.0.1%3A4711%2F';
    const answer = await signInBy(client, server, google, lena.email, page);
    expect(answer.headers.get('location')).toBe(page);
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '/\t/evil.example/',
    '\\\\evil.example',
    'javascript:alert(1)',
    '/x\r\nset-cookie: a=b',
    ' /dashboard',
    `/${'x'.repeat(5000)}`,
  ])('leads to no other place: %j', async (place) => {
    const answer = await signInBy(client, server, google, lena.email, place);
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/dashboard/keys']);
    const again = await client.get(
      `${server.origin}/login?${new URLSearchParams({ return_to: place }).toString()}`,
    );
    expect(again.headers.get('location')).toBe('/dashboard/keys');
  });

  it('leads a new person to where they wait, where accounts have to be approved', async () => {
    const { kisenon } = server.context.config;
    Object.assign(kisenon, { approval: 'required' });
    google.accounts.push({ sub: 's-nia', email: 'nia@acme.example', email_verified: true });
    const answer = await signInBy(client, server, google, 'nia@acme.example', '/dashboard/keys?x=1');
    Object.assign(kisenon, { approval: 'none' });
    const page = await client.get(new URL(answer.headers.get('location') ?? '', server.origin));
    expect(page.headers.get('location')).toMatch(/^\/pending\?return_to=/);
    expect((await client.get(`${server.origin}/pending`)).status).toBe(200);
  });

  it('leads a new person who comes by an invitation into the organization', async () => {
    google.accounts.push({ sub: 's-tom', email: 'tom@acme.example', email_verified: true });
    const { body } = await call(server, invitationsPath('acme'), {
      token: await apiSession(server, 'maya'),
      body: { emails: ['tom@acme.example'] },
    });
    const { id } = inviteAnswerSchema.parse(body).invited[0] ?? {};
    const link = newInvitationToken();
    await server.context.write({}, (tx) =>
      tx
        .updateTable('invitations')
        .set({ token_hash: link.hash })
        .where('id', '=', id ?? '')
        .execute(),
    );
    const page = `/invitations/${link.token}`;
    expect((await client.get(server.origin + page)).headers.get('location')).toContain('/login?return_to=');
    const answer = await signInBy(client, server, google, 'tom@acme.example', page);
    const invitation = await client.get(new URL(answer.headers.get('location') ?? '', server.origin));
    expect(invitation.headers.get('location')).toBe('/orgs/acme/projects');
    const members = await (await client.get(`${server.origin}/orgs/acme/projects`)).text();
    expect(members).toContain('You are a member of acme');
    const stranger = site.newClient();
    await signInBy(stranger, server, google, omar.email);
    expect((await stranger.get(server.origin + page)).status).toBe(410);
  });

  it('leads to no place that the answer names', async () => {
    const back = await signInAt(client, google, goesOnTo(await begin(client, server, 'google')), lena.email);
    back.searchParams.set('return_to', 'https://evil.example/');
    expect((await client.get(back)).headers.get('location')).toBe('/dashboard/keys');
  });

  it('works in two tabs at once, and in two browsers', async () => {
    const first = goesOnTo(await begin(client, server, 'google', '/first'));
    const second = goesOnTo(await begin(client, server, 'google', '/second'));
    const other = site.newClient();
    const third = goesOnTo(await begin(other, server, 'google', '/third'));
    const finish = async (browser: WebClient, address: URL, email: string) => {
      const answer = await browser.get(await signInAt(browser, google, address, email));
      return answer.headers.get('location');
    };
    const pages = await Promise.all([finish(client, second, lena.email), finish(other, third, omar.email)]);
    expect([...pages, await finish(client, first, lena.email)]).toEqual(['/second', '/third', '/first']);
    expect([await whoIs(client), await whoIs(other)]).toEqual(['lena', 'omar']);
  });

  it('ends the session that the browser had before, and begins a new one', async () => {
    const other = site.newClient();
    await signInBy(other, server, google, lena.email);
    const planted = site.sessionOf(other) ?? '';
    const back = await signInAt(client, google, goesOnTo(await begin(client, server, 'google')), omar.email);
    client.plant(`keyhold_session_${new URL(server.origin).port}`, planted);
    await client.get(back);
    expect(site.sessionOf(client)).not.toBe(planted);
    expect((await call(server, '/v1/whoami', { token: planted })).status).toBe(401);
    expect(await whoIs(client)).toBe('omar');
  });

  it('asks the userinfo endpoint where the id token does not say who it is', async () => {
    await signInBy(client, server, quiet, omar.email);
    expect(await whoIs(client)).toBe('omar');
  });

  it('is in discovery', async () => {
    const { body } = await call(server, discoveryPath);
    expect(discoverySchema.parse(body).methods).toContain('oidc');
  });

  it('keeps what binds it to the browser out of reach of scripts and other sites', async () => {
    const answer = await begin(client, server, 'google');
    const cookie = answer.headers.getSetCookie().find((line) => line.startsWith(signInCookie()));
    expect(cookie).toMatch(/; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
  });
});

function signInCookie(): string {
  return `keyhold_sign_in_${new URL(server.origin).port}`;
}

describe('a provider that refuses or fails', () => {
  it('because the person went back leads to the sign-in page, from which one still gets where one wanted', async () => {
    const address = goesOnTo(await begin(client, server, 'google', '/orgs'));
    const answer = await client.get(await signInAt(client, google, address, null));
    const page = await answer.clone().text();
    expect(await refused(answer)).toEqual({
      status: 400,
      alert: expect.stringContaining(
        'Google did not let you go on, or you went back. Nothing was done.',
      ) as string,
    });
    expect(page).toContain('name="return_to" value="/orgs"');
  });

  it('is not quoted', async () => {
    for (const error of ['access_denied', 'server_error', '<b>bold</b>']) {
      const address = goesOnTo(await begin(client, server, 'google'));
      const state = address.searchParams.get('state') ?? '';
      const said = {
        state,
        iss: google.issuer,
        error,
        error_description: 'Call <b>0900</b>',
        error_uri: 'https://evil.example',
      };
      const back = `${server.origin}/login/oidc/google/callback?${new URLSearchParams(said).toString()}`;
      const page = await (await client.get(back)).text();
      expect(page).not.toMatch(/0900|evil|bold/);
    }
  });

  it('at the token endpoint is said so', async () => {
    const answers: [string, string, number][] = [
      ['text/html', '<h1>Busy</h1>', 200],
      ['application/json', '{', 200],
      ['application/json', `{"access_token":"${'x'.repeat(1_100_000)}"}`, 200],
      ['text/plain', 'busy', 503],
      ['application/json', '{"error":"invalid_client"}', 401],
    ];
    for (const [type, body, status] of answers) {
      const back = await signInAt(
        client,
        google,
        goesOnTo(await begin(client, server, 'google')),
        lena.email,
      );
      google.answer('/token', (_request, response) =>
        response.writeHead(status, { 'content-type': type }).end(body),
      );
      expect(await refused(await client.get(back))).toEqual(unreachable);
      client = site.newClient();
    }
  });

  it('from the start is said so at the button', async () => {
    passTime(4000);
    google.answer('/.well-known/openid-configuration', (request) => request.socket.destroy());
    expect(await refused(await begin(client, server, 'google'))).toEqual(unreachable);
  });

  it('that this server does not have is not found', async () => {
    expect((await begin(client, server, 'nobody')).status).toBe(404);
    expect((await client.get(`${server.origin}/login/oidc/nobody/callback`)).status).toBe(404);
  });
});

describe('the button', () => {
  async function attempts(): Promise<number> {
    const rows = await server.context.db.selectFrom('oidc_attempts').select('provider').execute();
    return rows.length;
  }

  it('works on the server’s own page alone', async () => {
    const page = await client.get(`${server.origin}/login`);
    const form = { _csrf: await csrfOf(page) };
    const before = await attempts();
    const address = `${server.origin}/login/oidc/google`;
    for (const answer of [
      await client.post(address, {}),
      await client.post(address, { _csrf: 'x' }),
      await site.newClient().post(address, form),
      await client.post(address, form, { origin: 'https://evil.example' }),
      await client.post(address, form, { origin: 'null' }),
    ]) {
      expect(answer.headers.get('refresh')).toBeNull();
      expect(answer.status).toBe(403);
    }
    expect((await client.get(address)).status).toBe(405);
    expect(await attempts()).toBe(before);
  });

  it('can be pressed a hundred times in five minutes from one network', async () => {
    const form = { _csrf: await csrfOf(await client.get(`${server.origin}/login`)) };
    const press = () => client.post(`${server.origin}/login/oidc/google`, form);
    for (let count = 0; count < 100; count += 1) expect((await press()).status).toBe(200);
    const paused = await press();
    expect(paused.status).toBe(429);
    expect(Number(paused.headers.get('retry-after'))).toBeGreaterThan(200);
    passTime(301);
    expect((await press()).status).toBe(200);
  });

  it('sends what it keeps to nobody: a provider is asked for the code by the server alone', async () => {
    const requests: string[] = [];
    const back = await signInAt(client, google, goesOnTo(await begin(client, server, 'google')), lena.email);
    google.answer('/token', (request, response) => {
      void text(request).then((body) => {
        requests.push(`${request.headers.authorization?.split(' ')[0] ?? ''} ${body}`);
        response.end();
      });
    });
    await client.get(back);
    expect(requests).toHaveLength(1);
    expect(requests[0]).toMatch(/^Basic .*code_verifier=[\w-]{43}/);
    expect(requests[0]).not.toContain(google.settings.client_secret);
  });
});
