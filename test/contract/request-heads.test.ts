import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectionLimits } from '../../reference-server/http/connection-limits.ts';
import { freePort } from '../support/gateway.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { RepositoryClient } from '../support/registry-client.ts';

const mebibyte = 1024 * 1024;
const ours = z.strictObject({
  error: z.strictObject({ code: z.string(), message: z.string().min(1), details: z.unknown().optional() }),
});
const registrys = z.strictObject({
  errors: z
    .array(z.strictObject({ code: z.string(), message: z.string().min(1), detail: z.unknown().optional() }))
    .length(1),
});

let server: LocalServer;
let web: RepositoryClient;
beforeAll(async () => {
  server = await startLocalServer({ orgStorage: 8 * mebibyte }, { ...connectionLimits, headers: 400 });
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
});
afterAll(() => server.stop());

const bearer = () => `Authorization: Bearer ${web.token}`;
const json = 'Content-Type: application/json';
const asks = 'Expect: 100-continue';
const inChunks = 'Transfer-Encoding: chunked';
const ofLength = (bytes: number) => `Content-Length: ${String(bytes)}`;
const lines = (...all: string[]) => [...all, '', ''].join('\r\n');
const head = (line: string, ...fields: string[]) => lines(`${line} HTTP/1.1`, 'Host: localhost', ...fields);

async function open(
  port = Number(new URL(server.origin).port),
): Promise<{ socket: Socket; answer: () => string }> {
  // It hangs up only when the test says so: the server has to end connections by itself.
  const socket = connect({ host: '127.0.0.1', port, allowHalfOpen: true });
  let text = '';
  socket.setEncoding('latin1').on('data', (part: string) => (text += part));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return { socket, answer: () => text };
}

/** All that is answered to some bytes until the server ends the connection, after which nothing more is sent. */
async function answerTo(bytes: string, port?: number): Promise<string> {
  const { socket, answer } = await open(port);
  socket.write(bytes, 'latin1');
  await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
  socket.destroy();
  return answer();
}

interface Answer {
  status: number;
  type: string;
  body: unknown;
}

/** The one answer that some bytes are: whole, with a JSON body. */
function parse(answer: string): Answer {
  const [top = '', body = '', ...more] = answer.split('\r\n\r\n');
  expect(more).toEqual([]);
  const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(top)?.[1] ?? '';
  expect(field('content-length')).toBe(String(Buffer.byteLength(body)));
  expect(field('connection').toLowerCase()).toBe('close');
  const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(top)?.[1]);
  return { status, type: field('content-type'), body: JSON.parse(body) };
}

function expectRefusal(answer: string, status: number, form: z.ZodType): void {
  const found = parse(answer);
  expect([found.status, found.type]).toEqual([status, 'application/json; charset=utf-8']);
  expect(form.safeParse(found.body)).toMatchObject({ success: true });
}

describe('who asks before sending a body is answered by the head alone', () => {
  it.each<[what: string, status: number, form: z.ZodType, line: string, fields: () => string[]]>([
    ['without a token', 401, registrys, 'PUT /v2/acme/web/manifests/a', () => [ofLength(100)]],
    ['in chunks without a token', 401, registrys, 'POST /v2/acme/web/blobs/uploads/', () => [inChunks]],
    [
      'to an upload that is not there',
      404,
      registrys,
      'PATCH /v2/acme/web/blobs/uploads/x',
      () => [bearer(), ofLength(9)],
    ],
    [
      'with too large a manifest',
      413,
      registrys,
      'PUT /v2/acme/web/manifests/a',
      () => [bearer(), ofLength(4 * mebibyte + 1)],
    ],
    [
      'with more than the organization may keep',
      ...([403, registrys, `POST /v2/acme/web/blobs/uploads/?digest=sha256:${'0'.repeat(64)}`] as const),
      () => [bearer(), ofLength(9 * mebibyte)],
    ],
    [
      'with a bad digest',
      400,
      registrys,
      'POST /v2/acme/web/blobs/uploads/?digest=md5:1',
      () => [bearer(), ofLength(9)],
    ],
    ['to nowhere in the registry', 404, registrys, 'PUT /v2/nowhere', () => [ofLength(9)]],
    ['to nowhere', 404, ours, 'PUT /nowhere', () => [ofLength(9)]],
    ['without being signed in', 401, ours, 'POST /v1/keys', () => [json, ofLength(9)]],
    [
      'with a credential that is none',
      401,
      ours,
      'POST /v1/keys',
      () => [json, ofLength(9), 'Authorization: Bearer x'],
    ],
    ['with too large a document', 413, ours, 'POST /v1/auth/login', () => [json, ofLength(64 * 1024 + 1)]],
    ['with another type', 415, ours, 'POST /v1/auth/login', () => ['Content-Type: text/plain', ofLength(9)]],
  ])('%s: %i', async (_what, status, form, line, fields) => {
    expectRefusal(await answerTo(head(line, asks, ...fields())), status, form);
  });

  it('with a chunk out of order: 416', async () => {
    const location = await web.beginUpload();
    const answer = await answerTo(
      head(`PATCH ${location}`, asks, bearer(), ofLength(10), 'Content-Range: 5-14'),
    );
    expectRefusal(answer, 416, registrys);
    expect((await web.send(location)).status).toBe(204);
  });

  it('and is let go on when the body is wanted, on a connection that stays', async () => {
    const { socket, answer } = await open();
    const body = JSON.stringify({ username: 'maya', password: server.user('maya').password });
    for (let round = 1; round <= 2; round += 1) {
      socket.write(head('POST /v1/auth/login', asks, json, ofLength(body.length)));
      await expect.poll(() => answer().split('HTTP/1.1 100 Continue\r\n\r\n').length - 1).toBe(round);
      expect(answer().split('HTTP/1.1 200 ').length - 1).toBe(round - 1);
      socket.write(body);
      await expect.poll(() => answer().split('HTTP/1.1 200 ').length - 1).toBe(round);
    }
    socket.destroy();
  });

  it('and is let go on with an upload in chunks', async () => {
    const location = await web.beginUpload();
    const { socket, answer } = await open();
    socket.write(head(`PATCH ${location}`, asks, inChunks, bearer()));
    await expect.poll(answer).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write('5\r\nhello\r\n0\r\n\r\n');
    await expect.poll(answer).toMatch(/\r\n\r\nHTTP\/1\.1 202 [^]*\r\nrange: 0-4\r\n/i);
    socket.destroy();
  });

  it('and gets nothing but the answer where nothing is read', async () => {
    const answer = await answerTo(head('GET /.well-known/keyhold', asks));
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});

describe('a server for this computer is asked by its name', () => {
  const asking = (path: string, host: string) =>
    lines(`POST ${path} HTTP/1.1`, `Host: ${host}`, json, ofLength(2), 'Connection: close') + '{}';
  const ownNames = ['localhost', '127.0.0.1', '127.9.9.9', '[::1]', 'LOCALHOST', 'localhost:1'];

  it.each(ownNames)('%s is one', async (host) => {
    expect(await answerTo(asking('/v1/auth/login', host))).toMatch(/^HTTP\/1\.1 400 /);
  });

  it.each([
    ...[
      'rebound.example',
      'rebound.example:8970',
      'localhost.example',
      'a.localhost',
      'localhost.',
      '0.0.0.0',
    ],
    ...['10.0.0.1', '[::ffff:127.0.0.1]', '127.0.0.1.example', ''],
  ])('%s is none: 421, before anything else', async (host) => {
    expectRefusal(await answerTo(asking('/v1/auth/login', host)), 421, ours);
    expectRefusal(await answerTo(asking('/v2/token', host)), 421, registrys);
  });

  it('and one that has an address for others, by any: what is in front of it may change the name', async () => {
    const port = await freePort();
    const proxied = await startLocalServer({ origin: 'https://keyhold.example', port });
    const answer = await answerTo(asking('/v1/auth/login', 'rebound.example'), port);
    await proxied.stop();
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  });
});

describe('a body over its limit ends at the limit', () => {
  const chunk = `${(64 * 1024).toString(16)}\r\n${'a'.repeat(64 * 1024)}\r\n`;

  it.each<[what: string, status: number, form: z.ZodType, most: number, begin: () => Promise<string>]>([
    [
      'a manifest',
      ...([413, registrys, 4 * mebibyte] as const),
      () => Promise.resolve(head('PUT /v2/acme/web/manifests/endless', inChunks, bearer())),
    ],
    [
      'a form for a token',
      ...([413, registrys, 64 * 1024] as const),
      () =>
        Promise.resolve(head('POST /v2/token', inChunks, 'Content-Type: application/x-www-form-urlencoded')),
    ],
    [
      'a document',
      ...([413, ours, 64 * 1024] as const),
      () => Promise.resolve(head('POST /v1/auth/login', inChunks, json)),
    ],
    [
      'a chunk of an upload',
      ...([400, registrys, 1000] as const),
      async () => head(`PATCH ${await web.beginUpload()}`, inChunks, bearer(), 'Content-Range: 0-999'),
    ],
    [
      'an upload of more than the organization may keep',
      ...([403, registrys, 8 * mebibyte] as const),
      async () => head(`PATCH ${await web.beginUpload()}`, inChunks, bearer()),
    ],
  ])('%s: %i', async (_what, status, form, most, begin) => {
    const { socket, answer } = await open();
    const events = { ended: false };
    for (const event of ['end', 'close']) socket.once(event, () => (events.ended = true));
    socket.write(await begin());
    // What the kernel holds on the way comes on top of the limit.
    const enough = most + 16 * mebibyte;
    let sent = 0;
    while (!events.ended && sent < enough) {
      sent += chunk.length;
      if (socket.write(chunk)) await new Promise(setImmediate);
      else
        await Promise.race(
          ['drain', 'end', 'close'].map((event) => new Promise((resolve) => socket.once(event, resolve))),
        );
    }
    expect(events.ended).toBe(true);
    expectRefusal(answer(), status, form);
    socket.destroy();
  });
});

describe('what the HTTP parser refuses has a body', () => {
  const long = 'a'.repeat(20_000);
  const get = (path: string, ...fields: string[]) => head(`GET ${path}`, ...fields);
  const faults: [what: string, status: number, bytes: (path: string) => string][] = [
    ['no Host', 400, (path) => lines(`GET ${path} HTTP/1.1`)],
    ['two Hosts', 400, (path) => get(path, 'Host: other')],
    ['a Host that is none', 400, (path) => lines(`GET ${path} HTTP/1.1`, 'Host: a b')],
    ['two credentials', 400, (path) => get(path, bearer(), 'authorization: Basic eDp5')],
    ['an unknown Expect', 417, (path) => get(path, 'Expect: the-moon')],
    ['an unknown Expect and a body', 417, (path) => get(path, 'Expect: the-moon', ofLength(100))],
    ['two lengths', 400, (path) => get(path, ofLength(5), ofLength(6)) + 'hello'],
    ['the same length twice', 400, (path) => get(path, ofLength(5), ofLength(5)) + 'hello'],
    ['a length and chunks', 400, (path) => get(path, ofLength(5), inChunks) + '0\r\n\r\n'],
    ['a length that is none', 400, (path) => get(path, 'Content-Length: five')],
    ['an unknown method', 501, (path) => head(`BREW ${path}`)],
    ['a method in small letters', 501, (path) => head(`get ${path}`)],
    ['an unknown version', 505, (path) => lines(`GET ${path} HTTP/9.9`, 'Host: localhost')],
    [
      'chunks from who cannot know them',
      400,
      (path) => lines(`GET ${path} HTTP/1.0`, 'Connection: keep-alive', inChunks) + '0\r\n\r\n',
    ],
    ['a malformed header', 400, (path) => get(path, 'No colon')],
    ['a header with a space in its name', 400, (path) => get(path, 'A B: c')],
    ['headers that are too large', 431, (path) => get(path, `X-Long: ${long}`)],
    ['an address that is too large', 431, (path) => get(`${path}?${long}`)],
  ];

  describe.each<[where: string, path: string, form: z.ZodType]>([
    ['the registry', '/v2/acme/web/blobs/uploads/', registrys],
    ['the registry, by its whole address', 'http://keyhold/v2/acme/web/tags/list', registrys],
    ['the API', '/v1/auth/login', ours],
    ['nowhere', '/nowhere', ours],
  ])('in the form of %s', (_where, path, form) => {
    it.each(faults)('%s: %i', async (_what, status, bytes) => {
      expectRefusal(await answerTo(bytes(path)), status, form);
    });
  });

  it.each<[path: string, form: z.ZodType]>([
    ['/v2/acme/web/blobs/uploads/', registrys],
    ['/v1/auth/login', ours],
  ])('in the middle of a body as well: %s', async (path, form) => {
    const beginning = head(`POST ${path}`, inChunks, path.startsWith('/v1') ? json : bearer());
    expectRefusal(await answerTo(`${beginning}5\r\n12345\r\nzz\r\n`), 400, form);
  });

  it.each([
    ['bytes that are not HTTP', 400, 'no HTTP\r\n\r\n'],
    ['a TLS client', 400, '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a tunnel', 501, lines('CONNECT example.com:443 HTTP/1.1', 'Host: example.com:443')],
    ['headers that come too late', 408, 'GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX'],
  ])('in both forms where nobody knows what was meant: %s', async (_what, status, bytes) => {
    const found = parse(await answerTo(bytes));
    expect(found.status).toBe(status);
    expect(z.strictObject({ ...ours.shape, ...registrys.shape }).safeParse(found.body)).toMatchObject({
      success: true,
    });
  });

  it.each(['PROPFIND', 'OPTIONS', 'TRACE', 'POST', 'DELETE', 'PURGE'])(
    'and so has a method that nothing is offered for: %s',
    async (method) => {
      for (const path of ['/v2', '/v2/', '/v2/acme/web/tags/list', '/v2/_catalog']) {
        const found = parse(await answerTo(head(`${method} ${path}`, 'Connection: close')));
        expect([path, found.status]).toEqual([path, 405]);
        expect(registrys.safeParse(found.body)).toMatchObject({ success: true });
      }
    },
  );

  it('and an address that only looks like the registry’s is nowhere, whatever the method', async () => {
    for (const path of ['/V2/_catalog', '/V2/acme/web/tags/list', 'HTTP://keyhold/V2/']) {
      for (const method of ['GET', 'POST'])
        expectRefusal(await answerTo(head(`${method} ${path}`, 'Connection: close')), 404, ours);
    }
    const whole = await answerTo(head('GET HTTP://keyhold/v2/', 'Connection: close'));
    expectRefusal(whole, 401, registrys);
  });

  it('after the answers to what was asked before', async () => {
    const good = get('/.well-known/keyhold');
    const answer = await answerTo(good + get('/v2/', ofLength(1), ofLength(2)));
    const second = answer.indexOf('HTTP/1.1 400 ');
    expect(answer.slice(0, second)).toMatch(/^HTTP\/1\.1 200 /);
    expectRefusal(answer.slice(second), 400, registrys);
  });

  it('after them in the middle of a body as well, and what was done before is said', async () => {
    const pushing = head('POST /v2/acme/web/blobs/uploads/', bearer(), ofLength(0));
    const broken = head('POST /v1/auth/login', json, inChunks) + '5\r\n12345\r\nzz\r\n';
    const answer = await answerTo(pushing + broken);
    const second = answer.indexOf('HTTP/1.1 400 ');
    expect(answer.slice(0, second)).toMatch(/^HTTP\/1\.1 202 /);
    expectRefusal(answer.slice(second), 400, ours);
  });

  it('and so is a tunnel, behind a request that it must not stand for', async () => {
    const pushing = head('POST /v2/acme/web/blobs/uploads/', bearer(), ofLength(0));
    const answer = await answerTo(pushing + lines('CONNECT a:443 HTTP/1.1', 'Host: a:443'));
    const second = answer.indexOf('HTTP/1.1 501 ');
    expect(answer.slice(0, second)).toMatch(/^HTTP\/1\.1 202 /);
    expect(parse(answer.slice(second)).status).toBe(501);
  });

  it('and nothing comes after the last answer that was asked for', async () => {
    const answer = await answerTo(get('/.well-known/keyhold', 'Connection: close') + 'more');
    expect(answer.match(/HTTP\/1\.1 /g)).toHaveLength(1);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });
});
