import { once } from 'node:events';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import {
  allowedCode,
  answerForm,
  authorizeAddress,
  loopbackAddress,
  newProgram,
  openForm,
} from '../support/loopback-program.ts';
import { call, signIn } from '../support/server-client.ts';

let server: LocalServer;
let session: string;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  session = await signIn(server, 'maya');
});

const cookieOf = (token: string) => `keyhold_session_${new URL(server.origin).port}=${token}`;

/** The page as the browser of a session gets it; with null, of nobody. */
const open = (query: string | Record<string, string>, token: string | null = session) =>
  fetch(
    typeof query === 'string' ? `${server.origin}/cli/authorize?${query}` : authorizeAddress(server, query),
    { redirect: 'manual', headers: token === null ? {} : { cookie: cookieOf(token) } },
  );

const codes = () => server.context.db.selectFrom('login_codes').select('code_hash').execute();

/** Refused on a page, with nobody sent anywhere and no code made, also where the form is sent anyway. */
async function expectRefused(query: Record<string, string>): Promise<void> {
  const before = await codes();
  for (const token of [session, null]) {
    const page = await open(query, token);
    expect([page.status, page.headers.get('location')]).toEqual([400, null]);
    expect(await page.text()).not.toContain('name="_csrf"');
  }
  const form = await openForm(server, session, newProgram().query);
  const sent = await answerForm(server, form, query);
  expect([sent.status, sent.headers.get('location')]).toEqual([400, null]);
  expect(await codes()).toEqual(before);
}

describe('a redirect_uri', () => {
  it.each([
    ...['http://localhost:9/', 'http://127.0.0.1.evil.example:9/', 'http://user@127.0.0.1:9/'],
    ...[
      'http://127.0.0.1:9@evil.example/',
      'http://[::ffff:127.0.0.1]:9/',
      'http://127.1:9/',
      'http://0x7f.1:9/',
    ],
    ...[
      'http://2130706433:9/',
      'http://0.0.0.0:9/',
      'http://[::]:9/',
      'http://127.0.0.2:9/',
      'http://[0:0:0:0:0:0:0:1]:9/',
    ],
    ...[
      'https://127.0.0.1:9/',
      'http://127.0.0.1:9/#x',
      'http://127.0.0.1/',
      'http://127.0.0.1:0/',
      'http://127.0.0.1:65536/',
    ],
    ...[
      'http://127.0.0.1:9\\@evil.example/',
      'http:\\\\127.0.0.1:9/',
      'http://127.0.0.1:9/\r\nSet-Cookie: a=b',
    ],
    ...['http://127.0.0.1:9/%0d%0aSet-Cookie:a=b', 'http://127.0.0.1:9/a?b=c', 'http://127.0.0.1:9/../..'],
    ...[
      'HTTP://127.0.0.1:9/',
      ' http://127.0.0.1:9/',
      'http://127.0.0.1:9/ ',
      'http://127.0.0.1:9',
      '//127.0.0.1:9/',
      '/cli',
    ],
    ...['javascript:alert(1)', 'data:text/html,x', 'http://１２７.0.0.1:9/', 'http://evil.example/', ''],
  ])('that only looks like a loopback address is refused: %s', async (address) => {
    await expectRefused(newProgram({ redirect_uri: address }).query);
  });

  it('given twice is refused, as is anything else that is given twice', async () => {
    const { query } = newProgram();
    for (const name of Object.keys(query)) {
      const doubled = `${new URLSearchParams(query).toString()}&${name}=${encodeURIComponent(query[name] ?? '')}`;
      const page = await open(doubled);
      expect([name, page.status, page.headers.get('location')]).toEqual([name, 400, null]);
    }
  });
});

describe('a query', () => {
  const refused: Record<string, Record<string, string | undefined>> = {
    'no code_challenge': { code_challenge: undefined },
    'no method of the challenge': { code_challenge_method: undefined },
    'the plain method': { code_challenge_method: 'plain' },
    'a method in other letters': { code_challenge_method: 's256' },
    'a challenge of another length': { code_challenge: 'x'.repeat(42) },
    'a challenge with padding': { code_challenge: `${'x'.repeat(42)}=` },
    'no state': { state: undefined },
    'a short state': { state: 'x'.repeat(15) },
    'a long state': { state: 'x'.repeat(513) },
    'a state with a line break': { state: `${'x'.repeat(16)}\r\nLocation: https://evil.example` },
    'a state with an escape': { state: `${'x'.repeat(16)}\u001b[31m` },
    'a state with other letters': { state: 'é'.repeat(16) },
    'no name': { client_name: undefined },
    'an empty name': { client_name: '' },
    'a long name': { client_name: 'n'.repeat(65) },
    'a name that turns the text around': { client_name: 'keon \u202egpj.exe' },
    'a name in two lines': { client_name: 'keon\nApproved by your administrator' },
    'a name with a zero-width joiner': { client_name: 'ke\u200bon' },
    'a name with letters that nobody sees': { client_name: 'keon\u3164' },
    'a computer in two lines': { device: 'a\u2028b' },
    'another kind of access': { access: 'admin' },
    'an organization with a path': { org: '../acme' },
    'something more': { prompt: 'none' },
  };
  it.each(Object.entries(refused))('with %s is refused', async (_, changes) => {
    await expectRefused(newProgram(changes).query);
  });

  it('of 1 MB is refused before anything looks at it', async () => {
    const path = `/cli/authorize?state=${'x'.repeat(1024 * 1024)}`;
    const request = http.request(new URL(path, server.origin), { headers: { cookie: cookieOf(session) } });
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    expect(response.statusCode).toBe(431);
    await text(response);
    const form = await openForm(server, session, newProgram().query);
    const sent = await answerForm(server, form, newProgram({ state: 'x'.repeat(1024 * 1024) }).query);
    expect(sent.status).toBe(413);
  });

  it('with HTML in its names shows them as they are', async () => {
    const name = `"><script>alert('x')</script>`;
    const html = await (await open(newProgram({ client_name: name, device: `<img src=x>` }).query)).text();
    expect(html).not.toContain('<script>alert');
    expect(html).not.toContain('<img');
    expect(html).toContain('&lt;img src=x&gt;');
  });
});

describe('the question', () => {
  it('cannot be put into a frame, nor its form be sent elsewhere', async () => {
    const { headers } = await open(newProgram().query);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("form-action 'self' http://127.0.0.1:9;");
    expect(policy).toContain("script-src 'self'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('cache-control')).toBe('no-store');
    const without = (await open(newProgram({ redirect_uri: undefined }).query)).headers;
    expect(without.get('content-security-policy')).toContain("form-action 'self';");
  });

  it('gives nothing to who only asks it', async () => {
    const before = await codes();
    const page = await open(newProgram().query);
    expect([page.status, page.headers.get('location')]).toEqual([200, null]);
    expect(await codes()).toEqual(before);
  });

  it('takes no answer from another site, without the form’s secret or with another browser’s', async () => {
    const before = await codes();
    const { query } = newProgram();
    const form = await openForm(server, session, query);
    const other = await openForm(server, await signIn(server, 'jonas'), query);
    const send = (headers: Record<string, string>, csrf: string) =>
      fetch(`${server.origin}/cli/authorize`, {
        method: 'POST',
        redirect: 'manual',
        headers: { cookie: form.cookie, ...headers },
        body: new URLSearchParams({ ...query, _csrf: csrf, answer: 'authorize', org: 'acme' }),
      });
    for (const [headers, csrf] of [
      [{ origin: 'https://evil.example' }, form.csrf],
      [{ origin: 'null' }, form.csrf],
      [{ origin: server.origin }, ''],
      [{ origin: server.origin }, other.csrf],
      [{}, 'x'],
    ] as const) {
      const answer = await send(headers, csrf);
      expect([answer.status, answer.headers.get('location')]).toEqual([403, null]);
    }
    expect(await codes()).toEqual(before);
  });

  it('is answered to the address that was asked with, and with the state as it was', async () => {
    const state = '&code=stolen#/?\\%0d%0a';
    const { query } = newProgram({ state });
    const form = await openForm(server, session, query);
    for (const answer of ['authorize', 'cancel']) {
      const sent = await answerForm(server, form, { ...query, answer });
      const to = new URL(sent.headers.get('location') ?? '');
      expect([sent.status, to.origin + to.pathname, to.hash]).toEqual([303, loopbackAddress, '']);
      expect(to.searchParams.getAll('state')).toEqual([state]);
      expect(to.searchParams.getAll('code')).toHaveLength(answer === 'authorize' ? 1 : 0);
    }
  });
});

async function setRole(username: string, role: 'viewer' | 'member'): Promise<void> {
  await server.context.write({}, (tx) =>
    tx.updateTable('memberships').set({ role }).where('user_id', '=', server.user(username).id).execute(),
  );
}

describe('an organization', () => {
  it('that somebody belongs to as a viewer alone gives no key, and a session', async () => {
    await setRole('jonas', 'viewer');
    const token = await signIn(server, 'jonas');
    const { query } = newProgram();
    expect(await (await open(query, token)).text()).not.toContain('value="authorize"');
    const sent = await answerForm(server, await openForm(server, token, query), query);
    expect([sent.status, sent.headers.get('location')]).toEqual([403, null]);
    expect(await allowedCode(server, token, newProgram({ access: 'session' }))).not.toBe('');
    await setRole('jonas', 'member');
  });

  it('that somebody does not belong to is not there', async () => {
    const token = await signIn(server, 'priya');
    const { query } = newProgram();
    const form = await openForm(server, token, query);
    const [foreign, unknown] = await Promise.all(
      ['acme', 'nowhere'].map(async (org) => {
        const sent = await answerForm(server, form, { ...query, org });
        return [sent.status, sent.headers.get('location'), (await sent.text()).replaceAll(org, 'ORG')];
      }),
    );
    expect(foreign?.slice(0, 2)).toEqual([404, null]);
    expect(foreign).toEqual(unknown);
    expect(await (await open({ ...query, org: 'acme' }, token)).text()).not.toContain('value="acme"');
  });
});

describe('an answer', () => {
  it('of a session that has ended gives no code, and the sign-in leads back to the question', async () => {
    const { query } = newProgram();
    const form = await openForm(server, session, query);
    await call(server, '/v1/auth/logout', { method: 'POST', token: session });
    const before = await codes();
    const address = authorizeAddress(server, query);
    const sent = await fetch(`${server.origin}/cli/authorize`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie: form.cookie, origin: server.origin, referer: address },
      body: new URLSearchParams({ ...query, _csrf: form.csrf, answer: 'authorize', org: 'acme' }),
    });
    expect(sent.status).toBe(401);
    const back = /name="return_to" value="([^"]+)"/.exec(await sent.text())?.[1]?.replaceAll('&amp;', '&');
    expect(back).toBe(address.slice(server.origin.length));
    expect(await codes()).toEqual(before);
  });

  it.each([
    ['pending', 303, '/pending'],
    ['disabled', 401, null],
  ] as const)('of who is %s by now gives no code', async (status, expected, leadsTo) => {
    const token = await signIn(server, 'jonas');
    const { query } = newProgram();
    const form = await openForm(server, token, query);
    const setStatus = (to: 'active' | 'pending' | 'disabled') =>
      server.context.write({}, (tx) =>
        tx.updateTable('users').set({ status: to }).where('username', '=', 'jonas').execute(),
      );
    await setStatus(status);
    const before = await codes();
    const sent = await answerForm(server, form, query);
    expect([sent.status, sent.headers.get('location')]).toEqual([expected, leadsTo]);
    expect(await codes()).toEqual(before);
    await setStatus('active');
  });
});
