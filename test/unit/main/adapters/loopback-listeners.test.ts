import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listenersWith, loopbackListeners } from '../../../../main/adapters/loopback-listeners.ts';
import type { LoopbackListener, LoopbackRequest } from '../../../../main/core/ports/loopback.ts';

const nothing = { status: 204, headers: {}, body: '' };
let seen: LoopbackRequest[];
let listener: LoopbackListener;

beforeEach(async () => {
  seen = [];
  listener = await loopbackListeners.open((request) => {
    seen.push(request);
    return { status: 200, headers: { 'content-type': 'text/plain' }, body: 'You can go' };
  });
});
afterEach(() => {
  listener.close();
});

const hasV6 = Object.values(networkInterfaces())
  .flat()
  .some((found) => found?.address === '::1');

function portOf({ authorities: [first] }: LoopbackListener): number {
  return Number(new URL(`http://${first}`).port);
}

/** Sends bytes as they are, and gives all that comes back until the end. */
async function send(bytes: string, host = '127.0.0.1', port = portOf(listener)): Promise<string> {
  const socket = connect(port, host);
  await once(socket, 'connect');
  socket.write(bytes);
  return answerOf(socket);
}

async function answerOf(socket: Socket): Promise<string> {
  return text(socket).catch(() => '');
}

describe('what listens for a browser', () => {
  it('is on both addresses of this computer, on one port that the system chose', async () => {
    const port = portOf(listener);
    expect(listener.authorities).toEqual([`127.0.0.1:${port}`, ...(hasV6 ? [`[::1]:${port}`] : [])]);
    for (const authority of listener.authorities) {
      const answer = await fetch(`http://${authority}/callback?code=1`);
      expect([answer.status, await answer.text(), answer.headers.get('connection')]).toEqual([
        200,
        'You can go',
        'close',
      ]);
    }
    expect(seen).toEqual(
      listener.authorities.map((host) => ({ method: 'GET', host, target: '/callback?code=1', asPage: true })),
    );
  });

  it('is on no address that another computer could reach', async () => {
    const outer = Object.values(networkInterfaces())
      .flat()
      .filter((found) => found !== undefined && !found.internal && found.family === 'IPv4');
    for (const found of outer) {
      const socket = connect(portOf(listener), found?.address ?? '');
      const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
      expect(error.code).toBe('ECONNREFUSED');
    }
  });

  it('takes another port each time', async () => {
    const other = await loopbackListeners.open(() => nothing);
    expect(portOf(other)).not.toBe(portOf(listener));
    other.close();
  });

  it.each(['127.0.0.1', '::1'])('takes no port that another program has at %s', async (host) => {
    if (host === '::1' && !hasV6) return;
    const other = createServer().listen(0, host);
    await once(other, 'listening');
    const { port: taken } = other.address() as AddressInfo;
    const ports = [taken, 0];
    const found = await listenersWith({ choosePort: () => ports.shift() ?? 0 }).open(() => nothing);
    expect(ports).toEqual([]);
    expect(found.authorities.every((authority) => !authority.endsWith(`:${taken}`))).toBe(true);
    found.close();
    await expect(listenersWith({ choosePort: () => taken }).open(() => nothing)).rejects.toMatchObject({
      code: 'loopback_failed',
    });
    other.close();
  });

  it('listens no more once it is closed, and ends what is open', async () => {
    const socket = connect(portOf(listener), '127.0.0.1');
    await once(socket, 'connect');
    listener.close();
    listener.close();
    await answerOf(socket);
    const [error] = (await once(connect(portOf(listener), '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });

  it('looks at no body, and ends the connection whatever is still being sent', async () => {
    const answer = await send('POST /callback HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nabc');
    expect(answer).toMatch(/^HTTP\/1.1 200 .*You can go$/s);
    expect(seen).toEqual([{ method: 'POST', host: 'a', target: '/callback', asPage: true }]);
  });

  it.each([
    ['no Host', ''],
    ['two', 'Host: 127.0.0.1\r\nHost: evil.example\r\n'],
  ])('tells %s as none', async (_what, fields) => {
    await send(`GET /callback HTTP/1.1\r\n${fields}\r\n`);
    expect(seen.map(({ host }) => host)).toEqual(['']);
  });

  it('tells what a page fetches for itself, or has loaded ahead, from where a browser goes', async () => {
    for (const wanted of ['document', 'image', 'iframe', 'empty']) {
      await send(`GET /callback HTTP/1.1\r\nHost: a\r\nSec-Fetch-Dest: ${wanted}\r\n\r\n`);
    }
    await send(
      'GET /callback HTTP/1.1\r\nHost: a\r\nSec-Fetch-Dest: document\r\nSec-Fetch-Site: none\r\nSec-Purpose: prefetch\r\n\r\n',
    );
    expect(seen.map(({ asPage }) => asPage)).toEqual([true, false, false, false, false]);
  });

  it.each([
    ['a huge line', `GET /callback?code=${'c'.repeat(9000)} HTTP/1.1\r\nHost: a\r\n\r\n`],
    ['huge fields', `GET /callback HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(9000)}\r\n\r\n`],
    ['many fields', `GET /callback HTTP/1.1\r\nHost: a\r\n${'X: y\r\n'.repeat(1700)}\r\n`],
    ['noise', '\u0016\u0003\u0001\u0002\u0000\r\n\r\n'],
    [
      'a smuggled second request',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
  ])('lets %s go without an answer', async (_what, bytes) => {
    expect(await send(bytes)).not.toContain('You can go');
    expect(seen).toEqual([]);
  });

  it('answers one request of a connection, and none that follows', async () => {
    const one = 'GET /callback?first HTTP/1.1\r\nHost: a\r\n\r\n';
    const answer = await send(one + one.replace('first', 'second'));
    expect(answer.match(/You can go/g)).toHaveLength(1);
    expect(seen.map(({ target }) => target)).toEqual(['/callback?first']);
  });

  it.each([
    ['the field lines', 'GET /callback HTTP/1.1\r\nHost: a\r\nX'],
    ['nothing', ''],
  ])('ends the connection of whoever never ends %s, and answers others meanwhile', async (_what, bytes) => {
    listener.close();
    listener = await listenersWith({ sendTimeoutMs: 1000 }).open((request) => {
      seen.push(request);
      return nothing;
    });
    const slow = connect(portOf(listener), '127.0.0.1');
    await once(slow, 'connect');
    slow.write(bytes);
    expect(await send('GET /other HTTP/1.1\r\nHost: a\r\n\r\n')).toMatch(/^HTTP\/1.1 204 /);
    expect(await answerOf(slow)).not.toContain('204');
    expect(seen.map(({ target }) => target)).toEqual(['/other']);
  });

  it('has room for a bounded number of connections', async () => {
    const sockets = Array.from({ length: 40 }, () => connect(portOf(listener), '127.0.0.1'));
    let closed = 0;
    await new Promise<void>((resolve) => {
      for (const socket of sockets) {
        socket.on('error', () => undefined);
        socket.on('close', () => {
          closed += 1;
          if (closed === 40 - 16) resolve();
        });
      }
    });
    expect(sockets.filter((socket) => !socket.destroyed)).toHaveLength(16);
    for (const socket of sockets) socket.destroy();
  });
});
