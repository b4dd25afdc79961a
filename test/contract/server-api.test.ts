import { once } from 'node:events';
import http from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { discoverySchema } from '../../contracts/server-api/discovery.ts';
import { apiErrorBodySchema } from '../../contracts/server-api/errors.ts';
import { startLocalServer } from '../support/local-server.ts';
import { call, errorCode, signIn } from '../support/server-client.ts';
import type { TestServer } from '../support/server.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startLocalServer();
});
afterAll(async () => {
  await server.stop();
});

/** Sends a body as it is, with a content type. */
const post = (path: string, body: string, type = 'application/json') =>
  fetch(new URL(path, server.origin), { method: 'POST', headers: { 'content-type': type }, body });

describe('discovery', () => {
  it('tells what there is, and nothing that is not there yet', async () => {
    const { status, body } = await call(server, '/.well-known/keyhold');
    expect(status).toBe(200);
    expect(discoverySchema.parse(body)).toEqual({
      origin: server.origin,
      name: 'Keyhold reference server',
      methods: ['key', 'password', 'browser'],
      dialects: ['keyhold', 'kisenon', 'artifact-keeper', 'access'],
      key_rotation: true,
      dashboard_url: `${server.origin}/dashboard/keys`,
      authorize_url: `${server.origin}/cli/authorize`,
      registry: true,
      signing_algs: ['Ed25519', 'EdDSA'],
      max_token_ttl: 86_400,
    });
  });
});

describe('bad input', () => {
  it.each([
    ['a field that is not known', '{"username":"maya","password":"x","admin":true}', 'admin'],
    ['a field that is missing', '{"username":"maya"}', 'password'],
    ['a field of the wrong kind', '{"username":"maya","password":7}', 'password'],
    ['a list', '[]', 'body'],
    ['nothing but null', 'null', 'body'],
    ['broken JSON', '{"username":"maya"', 'body'],
    ['an empty body', '', 'body'],
    ['__proto__', '{"__proto__":{"admin":true},"username":"maya","password":"x"}', 'body'],
  ])('%s is answered 400 with the place', async (_what, body, path) => {
    const response = await post('/v1/auth/login', body);
    expect(response.status).toBe(400);
    const { error } = apiErrorBodySchema.parse(await response.json());
    expect(error.code).toBe('invalid_request');
    expect(error.details?.issues?.[0]?.path).toBe(path);
  });

  it('is answered without a stack trace and without repeating the body', async () => {
    for (const body of [
      '{"password":"hunter2-secret"',
      '{"password":"hunter2-secret","x":1}',
      'hunter2-secret',
    ]) {
      const answer = await (await post('/v1/auth/login', body)).text();
      expect(answer).not.toMatch(/hunter2|node:|node_modules|\bat [A-Za-z.]+ \(/);
    }
  });

  it('that is too large, or not JSON, is refused by size and type', async () => {
    const large = await post(
      '/v1/auth/login',
      JSON.stringify({ username: 'x'.repeat(70_000), password: 'x' }),
    );
    expect([large.status, apiErrorBodySchema.parse(await large.json()).error.code]).toEqual([
      413,
      'payload_too_large',
    ]);
    const form = await post(
      '/v1/auth/login',
      'username=maya&password=x',
      'application/x-www-form-urlencoded',
    );
    expect([form.status, apiErrorBodySchema.parse(await form.json()).error.code]).toEqual([
      415,
      'unsupported_media_type',
    ]);
  });

  it.each([
    '/v1/nothing',
    '/nothing',
    '/v1/keys/%00',
    '/%E0%A4%A',
    '/assets/../cli.ts',
    '/assets/%2e%2e/plugin.ts',
  ])('as address is answered in the error form: %s', async (path) => {
    const status = await rawStatusAndBody(
      `GET ${path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`,
    );
    expect([400, 401, 404, 405]).toContain(status.status);
    expect(apiErrorBodySchema.safeParse(status.body).success).toBe(true);
  });

  it('that is no HTTP, or has headers without end, is answered in the error form', async () => {
    const noise = await rawStatusAndBody('\x16\x03\x01\x02\x00noise\r\n\r\n');
    expect(noise).toMatchObject({ status: 400, body: { error: { code: 'invalid_request' } } });
    const long = await rawStatusAndBody(
      `GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${'x'.repeat(20_000)}\r\n\r\n`,
    );
    expect(long).toMatchObject({ status: 431, body: { error: { code: 'invalid_request' } } });
  });

  it.each(['Basic bWF5YTp4', 'Bearer', 'Bearer a b', 'bearer  \u00e9', 'Token x'])(
    'as Authorization is answered 401: %s',
    async (authorization) => {
      const response = await rawStatusAndBody(
        `GET /v1/whoami HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAuthorization: ${authorization}\r\n\r\n`,
      );
      expect(response.status).toBe(401);
    },
  );
});

describe('a content type alone', () => {
  /** Sends nothing, as one body without a length or as no body at all; gives the status. */
  async function statusWithoutBody(method: string, path: string, headers: http.OutgoingHttpHeaders) {
    const request = http.request(new URL(path, server.origin), { method, headers });
    request.end();
    const [response] = (await once(request, 'response')) as [http.IncomingMessage];
    response.resume();
    return response.statusCode;
  }

  it('changes nothing of a request without a body, in any route that can do without', async () => {
    const { paths } = (await call(server, '/openapi.json')).body as OpenApi;
    const routes = Object.entries(paths).flatMap(([path, item]) =>
      Object.entries(item)
        .filter(([method, { requestBody }]) => method !== 'get' && requestBody?.required !== true)
        .map(([method]) => [method.toUpperCase(), path.replace(/\{\w+\}/g, 'some-thing')] as const),
    );
    expect(routes.length).toBeGreaterThan(12);
    const token = await signIn(server, 'maya');
    for (const [method, path] of routes) {
      const statuses = new Set<number | undefined>();
      for (const type of [
        undefined,
        'application/json',
        'application/json; charset=utf-8',
        'application/xml',
      ]) {
        for (const length of [{}, { 'transfer-encoding': 'chunked' }, { 'content-length': 0 }]) {
          const authorization = `Bearer ${path.endsWith('/logout') ? await signIn(server, 'maya') : token}`;
          const headers = {
            ...length,
            ...(type === undefined ? {} : { 'content-type': type }),
            authorization,
          };
          statuses.add(await statusWithoutBody(method, path, headers));
        }
      }
      expect([method, path, statuses.size]).toEqual([method, path, 1]);
    }
  });

  it.each([
    ['POST', '/v1/auth/logout', 204],
    ['POST', '/v1/audit/verify', 200],
    ['DELETE', `/v1/keys/${'k'.repeat(43)}`, 404],
  ])('and lets %s %s do its work', async (method, path, status) => {
    const authorization = `Bearer ${await signIn(server, 'maya')}`;
    const headers = { authorization, 'content-type': 'application/json' };
    expect(await statusWithoutBody(method, path, headers)).toBe(status);
  });

  it('of a kind that is not read is refused only with a body', async () => {
    const sent = await post('/v1/auth/login', '<a/>', 'application/xml');
    expect([sent.status, apiErrorBodySchema.parse(await sent.json()).error.code]).toEqual([
      415,
      'unsupported_media_type',
    ]);
    expect((await post('/v1/nothing', '<a/>', 'application/xml')).status).toBe(404);
  });
});

describe('the OpenAPI document', () => {
  it('is 3.1, names every route with its errors, and every schema in it is a valid one', async () => {
    const { status, body } = await call(server, '/openapi.json');
    expect(status).toBe(200);
    const document = body as OpenApi;
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.servers).toEqual([{ url: server.origin }]);
    const operations = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        operation,
      })),
    );
    expect(operations.map(({ name }) => name)).toEqual(
      expect.arrayContaining([
        'GET /.well-known/keyhold',
        'POST /v1/auth/login',
        'POST /v1/auth/logout',
        'GET /v1/keys',
        'POST /v1/keys',
        'DELETE /v1/keys/{kid}',
        'GET /v1/whoami',
        'GET /v1/repos/{name}/authorizations',
        'POST /v1/repos/{name}/authorizations',
        'DELETE /v1/repos/{name}/authorizations/{id}',
        'GET /v1/audit',
        'POST /v1/audit/verify',
      ]),
    );
    for (const { name, operation } of operations) {
      for (const schema of schemasOf(operation)) expect(() => z.fromJSONSchema(schema), name).not.toThrow();
      if (name.includes('/v1/')) expect(Object.keys(operation.responses), name).toContain('4XX');
    }
  });

  it('describes the login as the server checks it', async () => {
    const document = (await call(server, '/openapi.json')).body as OpenApi;
    const operation = document.paths['/v1/auth/login']?.['post'];
    const body = z.fromJSONSchema(operation?.requestBody?.content['application/json']?.schema ?? false);
    expect(body.safeParse({ username: 'maya', password: 'x' }).success).toBe(true);
    expect(body.safeParse({ username: 'maya', password: 'x', admin: true }).success).toBe(false);
    expect(body.safeParse({ username: 'maya', password: '' }).success).toBe(false);
  });
});

describe('cookies and headers', () => {
  it('of a browser session do not open the API', async () => {
    const token = await signIn(server, 'maya');
    const port = new URL(server.origin).port;
    const response = await fetch(new URL('/v1/keys', server.origin), {
      headers: { cookie: `keyhold_session_${port}=${token}` },
    });
    expect(response.status).toBe(401);
  });

  it('keep answers out of caches and other sites', async () => {
    const { headers } = await call(server, '/v1/whoami', { token: await signIn(server, 'maya') });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/);
  });

  it('carry an error code that is one of the contract', async () => {
    expect(errorCode(await call(server, '/v1/nothing'))).toBe('not_found');
  });
});

interface Operation {
  responses: Record<string, { content?: Content }>;
  requestBody?: { content: Content; required?: boolean };
}
type JsonSchema = Parameters<typeof z.fromJSONSchema>[0];
type Content = Record<string, { schema: JsonSchema }>;
interface OpenApi {
  openapi: string;
  servers: unknown;
  paths: Record<string, Record<string, Operation>>;
}

function schemasOf({ responses, requestBody }: Operation): JsonSchema[] {
  const contents = [requestBody?.content, ...Object.values(responses).map(({ content }) => content)];
  return contents.flatMap((content) => Object.values(content ?? {}).map(({ schema }) => schema));
}

/** Sends bytes that no HTTP client would send. */
async function rawStatusAndBody(request: string): Promise<{ status: number; body: unknown }> {
  const { hostname, port } = new URL(server.origin);
  const socket = connect(Number(port), hostname);
  socket.write(request);
  const answer = await text(socket);
  const [head = '', body = ''] = answer.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), body: JSON.parse(body) };
}
