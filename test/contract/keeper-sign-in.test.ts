import { once } from 'node:events';
import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import http from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemInfoPath, systemInfoSchema } from '../../contracts/server-api/tkeeper/control-plane.ts';
import { keeperErrorSchema } from '../../contracts/server-api/tkeeper/errors.ts';
import { ConfigError } from '../../reference-server/config/config-error.ts';
import { Jwks } from '../../reference-server/auth/jwks/jwks.ts';
import type { JwtAuth } from '../../reference-server/config/keeper.ts';
import { keeperClaims, newIssuerKey, tokenOf } from '../support/jwt-issuer.ts';
import type { IssuerKey } from '../support/jwt-issuer.ts';
import { askKeeper, devToken } from '../support/keeper-rig.ts';
import { startEmptyServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';

const first = newIssuerKey('ES256', { kid: 'first' });
const second = newIssuerKey('RS256', { kid: 'second' });

/** An issuer that publishes keys, or answers in another way. */
let issuer: Server;
let answer: RequestListener;
let server: LocalServer | null = null;
const publish = (...keys: IssuerKey[]): RequestListener => {
  const body = JSON.stringify({ keys: keys.map(({ jwk }) => jwk) });
  return (_request, response) => response.setHeader('content-type', 'application/json').end(body);
};

beforeEach(async () => {
  answer = publish(first);
  issuer = createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(issuer, 'listening');
});
afterEach(async () => {
  await server?.stop();
  server = null;
  issuer.close();
  issuer.closeAllConnections();
});

const urlOf = () => `http://127.0.0.1:${String((issuer.address() as AddressInfo).port)}/jwks.json`;
async function start(change: Partial<JwtAuth> = {}, allowAnonymous = false): Promise<LocalServer> {
  const auth: JwtAuth = {
    ...{ type: 'jwt', jwks: { url: urlOf() }, audience: 'tkeeper', issuer: null },
    ...{ refreshSeconds: 0.05, skewSeconds: 15, oidc: null },
    ...change,
  };
  server = await startEmptyServer({ keeper: { auth, allowAnonymous } });
  return server;
}

const me = '/v1/keeper/control/me';
const rules = ['tkeeper.control.system', 'tkeeper.key.*.sign'];
const token = (key: IssuerKey, change: object = {}) => tokenOf(key, { ...keeperClaims(rules), ...change });
const ask = (jwt: string, path = me) =>
  askKeeper(server?.origin ?? '', path, undefined, { headers: { 'x-jwt-token': jwt } });
const systemInfo = async () => systemInfoSchema.parse((await ask(token(first), systemInfoPath)).body);

describe('a token', () => {
  it('says who somebody is, and what they may do', async () => {
    await start();
    expect(await ask(token(first))).toEqual({
      ...{ status: 200, code: null },
      body: { subject: 'user:alice', actor: 'user:alice', permissions: rules },
    });
    const config = await askKeeper(server?.origin ?? '', '/v1/keeper/control/auth/config', undefined, {
      headers: {},
    });
    expect(config.body).toEqual({ id: 'TOKEN', header: 'X-JWT-TOKEN' });
  });

  it('is verified anew where many rules of others were read since: they are not all kept', async () => {
    await start({ refreshSeconds: 900 });
    const find = vi.spyOn(Jwks.prototype, 'find');
    const permissions = Array.from({ length: 600 }, (_, at) => `tkeeper.k.${String(at)}`);
    const verified = async (jwt: string) => {
      find.mockClear();
      expect((await ask(jwt)).status).toBe(200);
      return find.mock.calls.length > 0;
    };
    const [one, ...more] = Array.from({ length: 100 }, () => token(first, { permissions }));
    expect([await verified(one ?? ''), await verified(one ?? '')]).toEqual([true, false]);
    for (const each of more) expect(await verified(each)).toBe(true);
    expect([await verified(more.at(-1) ?? ''), await verified(one ?? '')]).toEqual([false, true]);
  });

  it('with a rule that cannot be read signs in and may nothing, and the answer names the rule', async () => {
    await start();
    const bad = token(first, { permissions: ['tkeeper.control.system', 'tkeeper.**'] });
    expect(await ask(bad)).toMatchObject({ status: 200 });
    expect(await ask(bad, systemInfoPath)).toMatchObject({
      ...{ status: 403, code: 'ACCESS_DENIED' },
      body: { details: expect.stringMatching(/Rule 2 .*deep_wildcard.*tkeeper\.\*\*/) as string },
    });
  });

  it('ends with the time, also one that is known', async () => {
    await start({ skewSeconds: 0 });
    const short = token(first, { exp: Math.ceil(Date.now() / 1000) + 1 });
    expect(await ask(short)).toMatchObject({ status: 200 });
    await vi.waitFor(async () => expect(await ask(short)).toMatchObject({ code: 'UNAUTHENTICATED' }), 10_000);
    expect((await ask(short)).body).toMatchObject({ details: 'Token expired' });
  });

  it('ends when its key is taken out of the set, and begins when it comes in', async () => {
    // Read less often than a request takes, so that what was verified is known from then on.
    await start({ refreshSeconds: 1 });
    const known = token(first);
    expect(await ask(known)).toMatchObject({ status: 200 });
    expect(await ask(token(second))).toMatchObject({ status: 401, body: { details: null } });
    answer = publish(second);
    await vi.waitFor(async () => expect(await ask(token(second))).toMatchObject({ status: 200 }), 10_000);
    // It was known until then.
    expect(await ask(known)).toMatchObject({ status: 401, body: { details: null } });
  });
});

describe('a key set', () => {
  const many = Array.from({ length: 10_000 }, (_, at) => ({ ...first.jwk, kid: `k${String(at)}` }));
  const failures: Record<string, [RequestListener, RegExp]> = {
    'is HTML': [(_request, response) => response.end('<html>Sign in</html>'), /not JSON/],
    'is no set': [(_request, response) => response.end('{"keys": {}}'), /not a list of at most 100 keys/],
    'has 10 MB': [(_request, response) => response.end(Buffer.alloc(10_000_000, ' ')), /longer than 256 KiB/],
    'has 10,000 keys': [
      (_request, response) => response.end(JSON.stringify({ keys: many })),
      /longer than 256 KiB/,
    ],
    'has 101 keys': [
      (_request, response) => response.end(JSON.stringify({ keys: many.slice(0, 101) })),
      /at most 100/,
    ],
    'leads elsewhere': [
      (_request, response) => response.writeHead(302, { location: 'http://example.com/jwks' }).end(),
      /leads elsewhere/,
    ],
    'is gone': [(_request, response) => response.writeHead(404).end(), /answered with 404/],
    'is cut off': [(request) => request.socket.destroy(), /cannot be read/],
  };

  it.each(Object.keys(failures))(
    'that %s leaves the keys of before, is shown, and is over when it is',
    async (name) => {
      const [failing, problem] = failures[name] ?? [publish(), /none/];
      await start();
      expect(await systemInfo()).toMatchObject({
        state: 'NOT_READY',
        warnings: [],
        jwks: { keys: 1, failed: null },
      });
      answer = failing;
      await vi.waitFor(
        async () => expect((await systemInfo()).jwks?.failed?.problem).toMatch(problem),
        10_000,
      );
      expect((await systemInfo()).warnings?.[0]).toMatch(problem);
      expect(await ask(token(first))).toMatchObject({ status: 200 });
      answer = publish(first, second);
      await vi.waitFor(
        async () => expect((await systemInfo()).jwks).toMatchObject({ keys: 2, failed: null }),
        10_000,
      );
      expect(await ask(token(second))).toMatchObject({ status: 200 });
    },
  );

  it('that does not come in time is given up, and ends with the server', async () => {
    await start();
    let asked = 0;
    answer = () => {
      asked += 1;
    };
    await vi.waitFor(() => expect(asked).toBe(1));
    expect(await ask(token(first))).toMatchObject({ status: 200 });
    await server?.stop();
    server = null;
    answer = publish(first);
    expect(asked).toBe(1);
  });

  it.each(Object.keys(failures))(
    'that %s at start keeps the server from starting, in one line',
    async (name) => {
      [answer] = failures[name] ?? [publish()];
      const failed = start();
      await expect(failed).rejects.toThrow(ConfigError);
      await expect(failed).rejects.toThrow(/keeper\.auth\.jwt\.jwks-location/);
      await expect(failed).rejects.not.toThrow(/\n/);
    },
  );

  it('without a key that can be used does so as well', async () => {
    answer = publish(newIssuerKey('RS256', { bits: 1024 }), newIssuerKey('EdDSA', { kid: 'ed' }));
    await expect(start()).rejects.toThrow(/no key that can be used/);
    await expect(start({ jwks: { file: '/nowhere/jwks.json' } })).rejects.toThrow(/ENOENT/);
  });
});

/** With headers that `fetch` would put together. */
async function sendRaw(headers: string[]): Promise<[status: number | undefined, body: string]> {
  const request = http
    .request(new URL(me, server?.origin), { headers: ['host', '127.0.0.1', ...headers] })
    .end();
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  return [response.statusCode, await text(response)];
}

describe('headers', () => {
  it.each<[string, () => string[], number]>([
    ['none', () => [], 401],
    ['a token twice', () => ['x-jwt-token', token(first), 'x-jwt-token', token(first)], 401],
    ['both kinds at once', () => ['x-jwt-token', token(first), 'x-dev-token', devToken], 401],
    ['the other kind', () => ['x-dev-token', devToken], 403],
    ['a token as Authorization', () => ['authorization', `Bearer ${token(first)}`], 401],
    ['an empty token', () => ['x-jwt-token', ''], 401],
    ['a token behind Bearer', () => ['x-jwt-token', `Bearer ${token(first)}`], 401],
    ['a token of 15 KiB', () => ['x-jwt-token', 'a'.repeat(15 * 1024)], 401],
    ['a token of 20 KiB', () => ['x-jwt-token', 'a'.repeat(20 * 1024)], 431],
    ['letters that no token has', () => ['x-jwt-token', 'é.é.é'], 401],
  ])('with %s are refused in the keeper’s form, and the server stays', async (_name, headers, status) => {
    await start();
    const [answered, body] = await sendRaw(headers());
    expect([answered, keeperErrorSchema.safeParse(JSON.parse(body)).success]).toEqual([status, true]);
    expect(await ask(token(first))).toMatchObject({ status: 200 });
  });

  it('with a wrong token are nobody’s, also where nobody needs one', async () => {
    await start({}, true);
    const asks = (headers: Record<string, string>) =>
      askKeeper(server?.origin ?? '', me, undefined, { headers });
    expect((await asks({})).body).toMatchObject({ subject: 'anonymous' });
    expect(await asks({ 'x-jwt-token': 'x' })).toMatchObject({ status: 401 });
    expect(await asks({ 'x-jwt-token': '' })).toMatchObject({ status: 401 });
    expect(await asks({ 'x-dev-token': devToken })).toMatchObject({
      status: 403,
      code: 'DEV_MODE_VIOLATION',
    });
    const info = await askKeeper(server?.origin ?? '', systemInfoPath, undefined, { headers: {} });
    expect(info.body['warnings']).toEqual([expect.stringMatching(/allowAnonymous/)]);
  });

  it('of a page have a token, also where programs need none', async () => {
    await start({}, true);
    // What any page may send anywhere, without asking first.
    const asks = (headers: Record<string, string>) =>
      askKeeper(server?.origin ?? '', '/v1/keeper/system/seal', undefined, { method: 'POST', headers });
    const ofPages: Record<string, string>[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      ...['cross-site', 'same-site', 'same-origin'].map((site) => ({ 'sec-fetch-site': site })),
      ...['https://evil.example', 'null', server?.origin ?? ''].map((origin) => ({ origin })),
    ];
    for (const headers of ofPages)
      expect(await asks(headers), JSON.stringify(headers)).toMatchObject({ status: 401 });
    for (const headers of [{}, { 'sec-fetch-site': 'none' }])
      expect(await asks(headers)).toMatchObject({ code: 'KEEPER_NOT_INITIALIZED' });
  });
});

describe('dev mode', () => {
  it('takes its token alone', async () => {
    const auth = { type: 'dev', token: devToken, permissions: ['tkeeper.key.*.sign'] } as const;
    server = await startEmptyServer({ keeper: { auth, allowAnonymous: false } });
    const asks = (headers: Record<string, string>) =>
      askKeeper(server?.origin ?? '', me, undefined, { headers });
    expect((await asks({ 'x-dev-token': devToken })).body).toMatchObject({
      ...{ subject: 'dev-mode', permissions: ['tkeeper.key.*.sign'] },
    });
    expect(await asks({ 'x-dev-token': `${devToken}x` })).toMatchObject({
      ...{ status: 403, code: 'DEV_MODE_VIOLATION', body: { details: 'Invalid dev mode token' } },
    });
    expect(await asks({})).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
    expect(await asks({ 'x-jwt-token': token(first) })).toMatchObject({ status: 401 });
    expect(await asks({ 'x-jwt-token': devToken })).toMatchObject({ status: 401 });
  });

  it('that is off takes none', async () => {
    server = await startEmptyServer();
    expect(await askKeeper(server.origin, me)).toMatchObject({ status: 403 });
    expect(await askKeeper(server.origin, me, undefined, { headers: { 'x-dev-token': '' } })).toMatchObject({
      status: 403,
    });
  });
});
