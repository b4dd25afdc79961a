import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { connectionLimits } from '../../reference-server/http/connection-limits.ts';
import { makeCertificate } from '../support/certificate.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';
import { sha256 } from '../support/oci-image.ts';
import { RepositoryClient } from '../support/registry-client.ts';

const limits = {
  ...connectionLimits,
  idle: 800,
  linger: 800,
  headers: 800,
  body: 800,
  window: 800,
  leastBytes: 64,
  perAddress: 100,
};
/** Between two bytes of who dribbles, milliseconds. */
const dribble = 80;
/** More than the kernel holds for a connection. */
const largeBlob = Buffer.alloc(48 * 1024 * 1024, 7);

let folder: string;
let server: LocalServer;
let digest: string;
let web: RepositoryClient;
let routes: [method: string, path: string][];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'keyhold-held-'));
  // On a busy machine a push of that size takes longer than the small times below allow.
  const patient = await startLocalServer({ dataDir: folder });
  digest = await (await RepositoryClient.open(patient, 'maya', 'acme/web')).pushBlob(largeBlob);
  await patient.stop();
  server = await startLocalServer({ dataDir: folder }, limits);
  web = await RepositoryClient.open(server, 'maya', 'acme/web');
  const openApi = (await (await fetch(`${server.origin}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  routes = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method): [string, string] => [
      method.toUpperCase(),
      path.replace(/\{\w+\}/g, 'x'),
    ]),
  );
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true, force: true });
});

async function open(from = '127.0.0.1', { allowHalfOpen = false, to = server } = {}): Promise<Socket> {
  const { port } = new URL(to.origin);
  const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: from, allowHalfOpen });
  await once(socket, 'connect');
  // The server hangs up in the middle: what was still on its way then is answered by a reset.
  socket.on('error', () => undefined);
  return socket;
}

/** `once` would fail with the reset that comes before. */
async function closed(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.once('close', resolve));
}

/** Settles once the server has sent all that it will, or nothing more can come. */
async function ended(socket: Socket): Promise<void> {
  await new Promise((resolve) => socket.once('end', resolve).once('close', resolve));
}

/** Sends the beginning, then the piece again and again; settles with what was answered once the server has hung up. */
async function untilClosed(beginning: string, piece = ''): Promise<string> {
  const socket = await open();
  let answer = '';
  socket.setEncoding('latin1').on('data', (text: string) => (answer += text));
  socket.write(beginning);
  const sending = setInterval(() => socket.write(piece), dribble);
  await closed(socket);
  clearInterval(sending);
  return answer;
}

/** Some times the longest that an idle connection is held. */
async function whileIdleOnesAreClosed(times: number): Promise<void> {
  for (let time = 0; time < times; time += 1) await untilClosed('');
}

const head = (line: string, ...fields: string[]) =>
  [`${line} HTTP/1.1`, 'Host: localhost', ...fields, '', ''].join('\r\n');
const bearer = () => `Authorization: Bearer ${web.token}`;
const long = 'Content-Length: 1000000';
const some = 'Content-Length: 1000';
const discovery = head('GET /.well-known/keyhold');

describe('a connection ends', () => {
  // These only wait for the server to hang up: all of them at once.
  it.concurrent('whose body never ends, at every route and whatever it answers', async () => {
    const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
      ['/nowhere', '/v2/acme/web/nowhere', '/', '/dashboard/keys', '/login'].map((path): [string, string] => [
        method,
        path,
      ]),
    );
    expect(routes.length).toBeGreaterThan(20);
    const all = [...routes, ...others];
    const beginning = ([method, path]: [string, string]) =>
      `${head(`${method} ${path}`, 'Content-Type: application/json', 'Content-Length: 60000')}{`;
    const atOnce = limits.perAddress / 2;
    for (let begin = 0; begin < all.length; begin += atOnce) {
      const some = all.slice(begin, begin + atOnce);
      await Promise.all(some.map((route) => untilClosed(beginning(route), ' ')));
    }
  });

  it.concurrent.each([
    ['with nothing', () => '', ''],
    ['with half a line', () => 'GET /v2/ HT', 'a'],
    [
      'with chunks that never end',
      () => head('POST /v1/auth/login', 'Transfer-Encoding: chunked'),
      '1\r\na\r\n',
    ],
    ['with the question whether it may go on', () => head('PUT /x', 'Expect: 100-continue', some), 'a'],
    ['with nothing after an answer', () => discovery, ''],
    ['with line ends only', () => '', '\r\n'],
    ['with line ends only after an answer', () => discovery, '\r\n'],
    [
      'with a slow form for a token',
      () => head('POST /v2/token', 'Content-Type: application/x-www-form-urlencoded', some),
      'a',
    ],
    [
      'with a slow body that nobody reads, at one of the registry’s',
      () => head('PUT /v2/a/b/c/d', long),
      'a',
    ],
    ['with a slow upload of nobody', () => head('POST /v2/acme/web/blobs/uploads/', long), 'a'],
    [
      'with a slow upload that does not exist',
      () => head('PATCH /v2/acme/web/blobs/uploads/none', long, bearer()),
      'a',
    ],
    [
      'with a slow manifest of who may push',
      () => head('PUT /v2/acme/web/manifests/slow', long, bearer()),
      'a',
    ],
    [
      'with an expectation that nobody meets, and a slow body',
      () => head('POST /v1/auth/login', 'Expect: the-moon', long),
      'a',
    ],
    [
      'with an expectation that nobody meets, and a slow body in chunks',
      () => head('POST /v1/auth/login', 'Expect: the-moon', 'Transfer-Encoding: chunked'),
      '1\r\na\r\n',
    ],
  ])('%s', async (_name, beginning, piece) => {
    expect(await untilClosed(beginning(), piece)).not.toContain('HTTP/1.1 5');
  });

  it.concurrent('with headers that come too late, and is told so', async () => {
    expect(await untilClosed('GET /v2/ HTTP/1.1\r\nHost: localhost\r\nX: ', 'a')).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('with more requests on their way than anybody sends', async () => {
    const answers = (await untilClosed(discovery.repeat(500))).split('HTTP/1.1 200 ').length - 1;
    expect(answers).toBeLessThanOrEqual(limits.requests);
  });

  it.concurrent.each([
    ['nothing', '127.0.0.11', ''],
    ['line ends', '127.0.0.12', '\r\n'],
    ['half a request', '127.0.0.13', 'GET / HTTP/1.1\r\nHost: localhost\r\nA: '],
    ['what is not HTTP', '127.0.0.14', 'no HTTP\r\n\r\n'],
    ['headers that are too long', '127.0.0.15', `GET / HTTP/1.1\r\nA: ${'a'.repeat(40_000)}`],
    ['a request without a host', '127.0.0.16', 'GET / HTTP/1.1\r\n\r\n'],
    ['a request', '127.0.0.17', discovery],
    ['an expectation that nobody meets', '127.0.0.18', head('GET /', 'Expect: the-moon')],
  ])('that began with %s, although its client never hangs up', async (_name, here, beginning) => {
    const sockets = await Promise.all(
      Array.from({ length: limits.perAddress }, async () => {
        const socket = await open(here, { allowHalfOpen: true });
        socket.resume().write(beginning);
        await ended(socket);
        return socket;
      }),
    );
    await whileIdleOnesAreClosed(3);
    const next = await open(here);
    let answer = '';
    next.setEncoding('latin1').on('data', (text: string) => (answer += text));
    next.write(head('GET /.well-known/keyhold', 'Connection: close'));
    await closed(next);
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    for (const socket of sockets) socket.destroy();
  });

  it.concurrent(
    'whose large body is refused before it is read, instead of taking the rest of it',
    async () => {
      const large = ['Content-Length: 99999999999', 'Transfer-Encoding: chunked'];
      for (const field of large) {
        const answer = await untilClosed(head('POST /v1/keys', 'Content-Type: application/json', field));
        expect(answer).toMatch(/^HTTP\/1\.1 401 [^]*\r\nconnection: close\r\n/i);
      }
    },
  );

  it('with an upload of who may push that brings too little', async () => {
    const location = await web.beginUpload();
    await untilClosed(head(`PATCH ${location}`, long, bearer()), 'a');
    expect((await web.send(location)).status).toBe(204);
  });

  it('when nobody reads the answer', async () => {
    const socket = await open();
    socket.write(head(`GET /v2/acme/web/blobs/${digest}`, bearer()));
    // What the kernel holds is filled first, which a busy machine does slowly.
    await whileIdleOnesAreClosed(6);
    let received = 0;
    socket.on('data', (bytes: Buffer) => (received += bytes.length));
    await closed(socket);
    expect(received).toBeLessThan(largeBlob.length);
  });
});

describe('a connection stays', () => {
  it('with a slow upload of who may push, as long as it comes', async () => {
    const location = await web.beginUpload();
    const socket = await open();
    socket.write(head(`PATCH ${location}`, 'Transfer-Encoding: chunked', bearer()));
    let sent = 0;
    const sending = setInterval(() => {
      socket.write('40\r\n' + 'a'.repeat(64) + '\r\n');
      sent += 64;
    }, dribble);
    await whileIdleOnesAreClosed(4);
    clearInterval(sending);
    socket.write('0\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString('latin1')).toMatch(/^HTTP\/1\.1 202 /);
    const whole = sha256(Buffer.alloc(sent, 'a'));
    expect((await web.send(`${location}?digest=${whole}`, { method: 'PUT' })).status).toBe(201);
    socket.destroy();
  });

  it('while its answer is read, however slowly the client goes on', async () => {
    const socket = await open();
    socket.write(head(`GET /v2/acme/web/blobs/${digest}`, bearer(), 'Connection: close'));
    let received = 0;
    let rounds = 0;
    socket.on('data', (bytes: Buffer) => {
      received += bytes.length;
      if (received < (rounds + 1) * 4 * 1024 * 1024) return;
      rounds += 1;
      socket.pause();
      setTimeout(() => socket.resume(), limits.window / 4);
    });
    await closed(socket);
    expect(received).toBeGreaterThan(largeBlob.length);
  });
});

it('an address has so many connections at once and no more; others have theirs', async () => {
  // With times so long that none of these ends by them.
  const to = await startLocalServer({}, { ...connectionLimits, perAddress: 8 });
  onTestFinished(async () => {
    await to.stop();
  });
  const sockets = await Promise.all(Array.from({ length: 8 }, () => open('127.0.0.9', { to })));
  const oneMore = await open('127.0.0.9', { to });
  let answer = '';
  oneMore.on('data', (bytes: Buffer) => (answer += String(bytes)));
  await closed(oneMore);
  expect(answer).toBe('');
  expect(sockets.map((socket) => socket.destroyed)).toEqual(sockets.map(() => false));
  const other = await open('127.0.0.10', { to });
  other.write(discovery);
  expect(String((await once(other, 'data'))[0])).toMatch(/^HTTP\/1\.1 200 /);
  for (const socket of [...sockets, other]) socket.destroy();
});

it('the figures are said where the server is described', () => {
  const text = readFileSync(new URL('../../reference-server/README.md', import.meta.url), 'utf8');
  const { perAddress, total, headers, window, linger, requests, leastBytes } = connectionLimits;
  const figures = [
    `${String(headers / 1000)} seconds`,
    `${String(window / 1000)} seconds`,
    `${String(linger / 1000)} seconds`,
    String(perAddress),
  ];
  figures.push(String(total), `${String(requests)} requests`, `${String(leastBytes / 1024)} KiB`);
  for (const figure of figures) expect(text).toContain(figure);
});

it('a connection on which TLS does not come about ends', async ({ skip }) => {
  const folder = await mkdtemp(join(tmpdir(), 'keyhold-tls-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const files = makeCertificate(folder);
  if (files === null) return skip('openssl is not installed, so there is no certificate to test with');
  const tls = { cert: await readFile(files.cert, 'utf8'), key: await readFile(files.key, 'utf8') };
  const secure = await startLocalServer({ tls }, limits);
  onTestFinished(async () => {
    await secure.stop();
  });
  for (const beginning of ['', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03', 'GET / HTTP/1.1\r\n\r\n']) {
    const socket = connect(Number(new URL(secure.origin).port), '127.0.0.1');
    socket.on('error', () => undefined).resume();
    socket.write(beginning, 'latin1');
    await closed(socket);
  }
});
