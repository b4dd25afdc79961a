import { BlockList } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { registryToken } from '../support/registry-client.ts';
import { registerTestKey, signIn } from '../support/server-client.ts';
import { newTestKey } from '../support/test-key.ts';

let server: LocalServer;
beforeAll(async () => {
  const trustedProxies = new BlockList();
  trustedProxies.addAddress('127.0.0.1');
  server = await startLocalServer({ trustedProxies });
});
afterAll(() => server.stop());

/** A kind of token: how a good one is made, and the door that takes it. */
interface Kind {
  make: () => Promise<string>;
  send: (token: string) => Promise<Response>;
}

const bearer =
  (path: string) =>
  (token: string): Promise<Response> =>
    fetch(server.origin + path, { headers: { authorization: `Bearer ${token}` } });
const post = (path: string, body: unknown, token?: string) =>
  fetch(server.origin + path, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify(body),
  });

async function apiToken(): Promise<string> {
  const key = await newTestKey();
  await registerTestKey(server, 'maya', key);
  return key.apiToken(server.user('maya').id, server.origin);
}

/** Each from another address: what does not look like a token is a wrong password, and those are limited. */
let address = 0;
const elsewhere = () => ({ 'x-forwarded-for': `2001:db8:0:${String((address += 1))}::1` });

/** What goes with the token that is tried. */
let session: string;
let partner: string;

const kinds: Readonly<Record<string, Kind>> = {
  'an API token as Bearer': { make: apiToken, send: bearer('/v1/whoami') },
  'an API token at the token endpoint': { make: apiToken, send: bearer('/v2/token') },
  'an API token as Basic password': {
    make: apiToken,
    send: (token) =>
      fetch(`${server.origin}/v2/token`, {
        headers: {
          ...elsewhere(),
          authorization: `Basic ${Buffer.from(`maya:${token}`).toString('base64')}`,
        },
      }),
  },
  'an API token in the OAuth form': {
    make: apiToken,
    send: (token) =>
      fetch(`${server.origin}/v2/token`, {
        method: 'POST',
        headers: elsewhere(),
        body: new URLSearchParams({ grant_type: 'password', username: 'maya', password: token }),
      }),
  },
  'a registry token': {
    make: () => registryToken(server, 'maya'),
    send: bearer('/v2/'),
  },
  'a session token as Bearer': { make: () => signIn(server, 'maya'), send: bearer('/v1/whoami') },
  'a session token in a cookie': {
    make: () => signIn(server, 'maya'),
    send: async (token) => {
      const cookie = `keyhold_session_${new URL(server.origin).port}=${token}`;
      const page = await fetch(`${server.origin}/dashboard/keys`, {
        headers: { cookie },
        redirect: 'manual',
      });
      return page.status === 302 ? new Response(null, { status: 401 }) : page;
    },
  },
  'a registration token': {
    make: async () => {
      session = await signIn(server, 'maya');
      return (await newTestKey()).registrationToken(server.user('maya').id, server.origin);
    },
    send: (token) => post('/v1/keys', { registration_token: token }, session),
  },
  'a rotation token': {
    make: async () => {
      const [old, next] = [await newTestKey(), await newTestKey()];
      await registerTestKey(server, 'maya', old);
      const { id } = server.user('maya');
      partner = await next.registrationToken(id, server.origin);
      return old.rotationToken(id, server.origin, next.kid);
    },
    send: (token) => post('/v1/keys/rotate', { registration_token: partner, rotation_token: token }),
  },
};

/** Other texts that a lenient reader would take for the same token. */
function spellings(token: string): string[] {
  const parts = token.split('.');
  const jws = parts.length === 3;
  const strayBits = parts.flatMap((part, at) => {
    const bytes = Buffer.from(part, 'base64url');
    return Array.from({ length: 64 }, (_, value) =>
      Buffer.of(value << 2)
        .toString('base64url')
        .charAt(0),
    )
      .map((last) => part.slice(0, -1) + last)
      .filter((other) => jws && other !== part && Buffer.from(other, 'base64url').equals(bytes))
      .map((other) => parts.with(at, other).join('.'));
  });
  const everyPart = (change: (part: string) => string) =>
    jws ? parts.map((part, at) => parts.with(at, change(part)).join('.')) : [change(token)];
  return [
    ...everyPart((part) => `${part}=`),
    ...everyPart((part) => `${part}==`),
    ...everyPart((part) => part.replaceAll('-', '+').replaceAll('_', '/')),
    ...everyPart((part) => `${part.slice(0, 9)}%${part.charCodeAt(9).toString(16)}${part.slice(10)}`),
    ...everyPart((part) => `${part.slice(0, 9)}\t${part.slice(9)}`),
    ...everyPart((part) => `${part.slice(0, 9)}*${part.slice(9)}`),
    ...strayBits,
    `${token}.`,
    `.${token}`,
    `"${token}"`,
    `${token}%20`,
    `${token}${token}`,
    `${token},${token}`,
    token.toUpperCase(),
    token.slice(0, -1),
  ].filter((other) => other !== token);
}

describe.each(Object.entries(kinds))('%s', (_name, { make, send }) => {
  it('has one spelling', async () => {
    const token = await make();
    const taken = [];
    for (const other of spellings(token)) {
      const { status } = await send(other);
      if (status < 400) taken.push(other);
      expect(status).toBeLessThan(500);
    }
    expect(taken).toEqual([]);
    expect((await send(token)).status).toBeLessThan(300);
  });
});

describe('a registry token', () => {
  it('is good for the registry only: it buys neither another one nor anything of the API', async () => {
    const token = await registryToken(server, 'maya', 'repository:acme/web:*');
    for (const path of ['/v2/token', '/v1/whoami', '/v1/keys', '/v1/audit', '/v1/repos'])
      expect([path, (await bearer(path)(token)).status]).toEqual([path, 401]);
  });
});
