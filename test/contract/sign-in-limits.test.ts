import { BlockList } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';

let server: LocalServer;
let proxies: BlockList;
beforeEach(async () => {
  proxies = new BlockList();
  proxies.addAddress('127.0.0.1');
  server = await startLocalServer({ trustedProxies: proxies });
});
afterEach(() => server.stop());

interface Try {
  name: string;
  password?: string;
  /** `X-Forwarded-For`. */
  from?: string;
}

/** What a caller sees of one try: all of it that could tell something. */
interface Seen {
  status: number;
  paused: boolean;
  body: string;
}

/** A door that takes a name and a password. */
type Door = (tried: Required<Try>) => Promise<Response>;

const forwarded = (from: string) => ({ 'x-forwarded-for': from });
const doors: Readonly<Record<string, Door>> = {
  'the API': ({ name, password, from }) =>
    fetch(`${server.origin}/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...forwarded(from) },
      body: JSON.stringify({ username: name, password }),
    }),
  'Artifact Keeper’s API': ({ name, password, from }) =>
    fetch(`${server.origin}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...forwarded(from) },
      body: JSON.stringify({ username: name, password }),
    }),
  'the token endpoint': ({ name, password, from }) =>
    fetch(`${server.origin}/v2/token`, {
      headers: {
        authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
        ...forwarded(from),
      },
    }),
  'the token endpoint’s form': ({ name, password, from }) =>
    fetch(`${server.origin}/v2/token`, {
      method: 'POST',
      headers: forwarded(from),
      body: new URLSearchParams({ grant_type: 'password', username: name, password }),
    }),
  'the sign-in page': async ({ name, password, from }) => {
    const page = await fetch(`${server.origin}/login`);
    const cookie = page.headers
      .getSetCookie()
      .map((each) => each.split(';')[0] ?? '')
      .join('; ');
    const csrf = /name="_csrf" value="([^"]+)"/.exec(await page.text())?.[1] ?? '';
    return fetch(`${server.origin}/login`, {
      method: 'POST',
      redirect: 'manual',
      headers: { cookie, ...forwarded(from) },
      body: new URLSearchParams({ _csrf: csrf, username: name, password }),
    });
  },
};

async function see(door: Door, { name, password = 'wrong', from = '198.51.100.1' }: Try): Promise<Seen> {
  const response = await door({ name, password, from });
  const text = (await response.text())
    .replace(/name="_csrf" value="[^"]+"/, '')
    // The page keeps the name that was typed; it is the one difference.
    .replaceAll(name, 'NAME')
    .replace(/retry_after":\d+/, '');
  return { status: response.status, paused: response.headers.has('retry-after'), body: text };
}

describe.each(Object.entries(doors))('%s', (_name, door) => {
  it('tells nothing about a name: one that exists and one that does not, then an alias, are answered alike', async () => {
    const { email } = server.user('maya');
    const known = [...Array<string>(7).fill('maya'), ...Array<string>(7).fill(email), 'MAYA'];
    const unknown = [
      ...Array<string>(7).fill('nobody'),
      ...Array<string>(7).fill('nobody@acme.example'),
      'NOBODY',
    ];
    const seen = { known: [] as Seen[], unknown: [] as Seen[] };
    for (const name of known) seen.known.push(await see(door, { name, from: '198.51.100.1' }));
    for (const name of unknown) seen.unknown.push(await see(door, { name, from: '198.51.100.2' }));
    expect(seen.known).toEqual(seen.unknown);
    const statuses = seen.known.map(({ status }) => status);
    const five = [...Array<number>(5).fill(401), 429, 429];
    expect(statuses).toEqual([...five, ...five, 429]);
    expect(seen.known.map(({ paused }) => paused)).toEqual(statuses.map((status) => status === 429));
  });

  it('pauses one address behind a trusted proxy and not the next, and lets the owner in', async () => {
    for (let round = 0; round < 5; round += 1) await see(door, { name: 'maya', from: '198.51.100.1' });
    const { password } = server.user('maya');
    // What the attacker writes before the proxy's entry does not count.
    const lie = '203.0.113.9, 198.51.100.1';
    expect((await see(door, { name: 'maya', password, from: lie })).status).toBe(429);
    expect((await see(door, { name: 'maya', password, from: '198.51.100.2' })).status).toBeLessThan(400);
  });

  it('counts the addresses of one IPv6 network as one', async () => {
    for (let round = 0; round < 5; round += 1)
      await see(door, { name: 'maya', from: `2001:db8:1:2::${String(round)}` });
    const { password } = server.user('maya');
    expect((await see(door, { name: 'maya', password, from: '2001:db8:1:2:ffff::1' })).status).toBe(429);
    expect((await see(door, { name: 'maya', password, from: '2001:db8:1:3::1' })).status).toBeLessThan(400);
  });
});

describe('without a trusted proxy', () => {
  it('the header is a caller’s own words and changes nothing, in the log neither', async () => {
    await server.stop();
    server = await startLocalServer();
    const door = doors['the API'] ?? (() => Promise.reject(new Error('No door')));
    const statuses = [];
    for (let round = 0; round < 6; round += 1)
      statuses.push((await see(door, { name: 'maya', from: `198.51.100.${String(round)}` })).status);
    expect(statuses).toEqual([401, 401, 401, 401, 401, 429]);
    const rows = await server.context.db.selectFrom('audit_events').select('address').distinct().execute();
    expect(rows.map(({ address }) => address)).not.toContainEqual(expect.stringContaining('198.51'));
  });
});

describe('the audit log', () => {
  it('has the client’s address, and no more than thirty failures of one name while it is attacked', async () => {
    const door = doors['the API'] ?? (() => Promise.reject(new Error('No door')));
    for (let round = 0; round < 40; round += 1)
      await see(door, { name: 'maya', from: `198.51.100.${String(round)}` });
    const rows = await server.context.db
      .selectFrom('audit_events')
      .select('address')
      .where('action', '=', 'auth.sign_in')
      .where('outcome', '=', 'failure')
      .execute();
    expect(rows).toHaveLength(30);
    expect(rows[7]?.address).toBe('198.51.100.7');
    const { password } = server.user('maya');
    expect((await see(door, { name: 'maya', password, from: '203.0.113.1' })).status).toBe(200);
  });
});

describe('the limit of the configuration holds at', () => {
  it.each(Object.entries(doors))('%s', async (_name, door) => {
    await server.stop();
    const artifactKeeper = artifactKeeperSettings({ rate_limit_login: 2, rate_limit_window: 60 });
    server = await startLocalServer({ trustedProxies: proxies, artifactKeeper });
    const tries = [];
    for (let round = 0; round < 3; round++) tries.push(await see(door, { name: 'maya' }));
    expect(tries.map(({ paused }) => paused)).toEqual([false, false, true]);
    const response = await door({ name: 'maya', password: 'wrong', from: '198.51.100.1' });
    expect(Number(response.headers.get('retry-after'))).toBeLessThanOrEqual(60);
  });
});
