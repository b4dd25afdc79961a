import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionLimits } from '../../reference-server/connections.ts';
import { startLocalServer } from '../support/local-server.ts';
import type { LocalServer } from '../support/local-server.ts';

/** Small times: each connection below ends by one of them, and a test waits for that. */
const limits = { ...connectionLimits, headers: 200, body: 200, window: 200, idle: 200 };
let server: LocalServer;
let routes: { method: string; path: string }[];

beforeAll(async () => {
  server = await startLocalServer({}, limits);
  const openApi = (await (await fetch(`${server.origin}/openapi.json`)).json()) as {
    paths: Record<string, Record<string, unknown>>;
  };
  routes = Object.entries(openApi.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{\w+\}/g, 'x'),
    })),
  );
});
afterAll(() => server.stop());

function open(text: string): Socket {
  const socket = connect(Number(new URL(server.origin).port), '127.0.0.1');
  socket.on('error', () => undefined);
  socket.resume();
  socket.write(text);
  return socket;
}

async function ended(socket: Socket): Promise<true> {
  // `once` of node:events would fail where the connection is reset.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
  return true;
}

/** Sends a byte each time the loop turns, so that the connection never rests. */
function trickle(socket: Socket, bytes: string): void {
  const timer = setInterval(() => socket.write(bytes), 20);
  socket.once('close', () => {
    clearInterval(timer);
  });
}

describe('a client that holds a connection', () => {
  it('has every route’s body end in time, whatever it answers', async () => {
    const others = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) =>
      ['/nowhere', '/v2/acme/web/nowhere', '/', '/dashboard/keys', '/login'].map((path) => ({
        method,
        path,
      })),
    );
    expect(routes.length).toBeGreaterThan(20);
    const open_ = [...routes, ...others].map(async ({ method, path }) => {
      const socket = open(
        `${method} ${path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n{`,
      );
      trickle(socket, ' ');
      return ended(socket);
    });
    expect(await Promise.all(open_)).toHaveLength(routes.length + others.length);
  });

  it.each([
    ['sends nothing', ''],
    ['sends half a line', 'GET /v2/ HT'],
    ['never ends its headers', 'GET /v2/ HTTP/1.1\r\nHost: a\r\nX: '],
    ['never ends a chunk', 'POST /v1/auth/login HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'],
    [
      'asks first whether it may go on',
      'PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n',
    ],
  ])('and %s loses it', async (_, text) => {
    const socket = open(text);
    if (text !== '') trickle(socket, text.includes('chunked') ? '1\r\na\r\n' : 'a');
    expect(await ended(socket)).toBe(true);
  });

  it('loses one that rests after its request', async () => {
    const socket = open('GET /.well-known/keyhold HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(await ended(socket)).toBe(true);
  });
});

it('is said with its figures', () => {
  const text = readFileSync(new URL('../../reference-server/README.md', import.meta.url), 'utf8');
  for (const figure of [
    String(connectionLimits.perAddress),
    String(connectionLimits.total),
    '10 seconds',
    '30 seconds',
  ])
    expect(text).toContain(figure);
});
