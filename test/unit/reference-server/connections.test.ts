import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { BlockList, connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { Connections } from '../../../reference-server/http/connections.ts';
import type { ConnectionLimits } from '../../../reference-server/http/connection-limits.ts';

const limits: ConnectionLimits = {
  requests: 32,
  perAddress: 3,
  total: 10,
  headers: 60_000,
  body: 10_000,
  window: 30_000,
  leastBytes: 1000,
  idle: 60_000,
  linger: 5_000,
};

/** A real server whose clock stands still until the test moves it; `serve` gets each request. */
async function serverWith(
  serve: (request: IncomingMessage, response: ServerResponse, connections: Connections) => void,
  proxies = new BlockList(),
) {
  let time = 0;
  const connections = new Connections(limits, () => time);
  const server = createServer(connections.serverOptions);
  const requested = new Promise<IncomingMessage>((resolve) => {
    connections.watch(server, proxies, (request, response) => {
      serve(request, response, connections);
      resolve(request);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const open = (): Socket => {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
    return socket;
  };
  /** Lets time pass and looks at all connections. */
  const pass = (milliseconds: number) => {
    time += milliseconds;
    connections.check();
  };
  return { server, open, pass, requested };
}

const post = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n';

async function closed(socket: Socket): Promise<void> {
  // `once` of node:events would fail where the connection is reset.
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
}

/** Settles once the server has taken so many bytes more from a connection. */
async function taken(request: IncomingMessage, bytes: number): Promise<void> {
  for (let seen = 0; seen < bytes;) {
    const [part] = (await once(request, 'data')) as [Buffer];
    seen += part.length;
  }
}

describe('a body', () => {
  it('ends the connection when it is not there in time', async () => {
    const { open, pass, requested } = await serverWith((request) => request.resume());
    const socket = open();
    socket.write(`${post}a`);
    const request = await requested;
    pass(9_999);
    expect(request.socket.destroyed).toBe(false);
    pass(1);
    expect(request.socket.destroyed).toBe(true);
    await closed(socket);
  });

  it('that was refused already ends it as well', async () => {
    const { open, pass, requested } = await serverWith((_request, response) => {
      response.statusCode = 401;
      response.end('no');
    });
    const socket = open();
    socket.resume();
    socket.write(`${post}a`);
    const request = await requested;
    await once(socket, 'data');
    pass(10_000);
    expect(request.socket.destroyed).toBe(true);
    await closed(socket);
  });

  it('may be slow where that is allowed, as long as it moves', async () => {
    const { open, pass, requested } = await serverWith((request, _response, connections) => {
      connections.allowSlowBody(request);
    });
    const socket = open();
    socket.write(post);
    const request = await requested;
    for (let round = 0; round < 20; round += 1) {
      const arrived = taken(request, 1000);
      socket.write('a'.repeat(1000));
      await arrived;
      pass(30_000);
      expect(request.socket.destroyed).toBe(false);
    }
    const arrived = taken(request, 999);
    socket.write('a'.repeat(999));
    await arrived;
    pass(30_000);
    expect(request.socket.destroyed).toBe(true);
  });

  it('is not slow while it waits for the server', async () => {
    const { open, pass, requested } = await serverWith((request, _response, connections) => {
      connections.allowSlowBody(request);
    });
    const socket = open();
    socket.write(`${post}${'a'.repeat(500)}`);
    const request = await requested;
    await once(request, 'readable');
    pass(30_000);
    pass(30_000);
    expect(request.socket.destroyed).toBe(false);
  });

  it('that was refused on the way is thrown away for a while, in which the answer arrives', async () => {
    const { open, pass, requested } = await serverWith((request, response) => {
      request.once('data', () => {
        request.pause();
        response.writeHead(413, { connection: 'close' }).end('no');
      });
    });
    const socket = open();
    let answer = '';
    socket.on('data', (part) => (answer += String(part)));
    socket.write(`${post}a`);
    const request = await requested;
    await once(socket, 'end');
    expect(answer).toMatch(/^HTTP\/1\.1 413 [^]*no\r\n/);
    pass(4_999);
    expect(request.socket.destroyed).toBe(false);
    pass(1);
    expect(request.socket.destroyed).toBe(true);
    await closed(socket);
  });
});

describe('an answer', () => {
  it('that nobody reads ends the connection', async () => {
    const { open, pass, requested } = await serverWith((_request, response) => {
      response.write(Buffer.alloc(64 * 1024 * 1024));
    });
    const socket = open();
    socket.pause();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const request = await requested;
    pass(30_000);
    pass(30_000);
    expect(request.socket.destroyed).toBe(true);
  });

  it('may take the server its time', async () => {
    let answer: () => void = () => undefined;
    const { open, pass, requested } = await serverWith((_request, response) => {
      answer = () => response.end('done');
    });
    const socket = open();
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await requested;
    pass(3_600_000);
    answer();
    expect(String(((await once(socket, 'data')) as [Buffer])[0])).toContain('done');
  });
});

describe('requests of one connection', () => {
  const get = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n';

  it('are worked on one after the other, however many come at once', async () => {
    const answers: ServerResponse[] = [];
    const { open, requested } = await serverWith((_request, response) => answers.push(response));
    const socket = open();
    socket.write(get.repeat(5));
    await requested;
    for (let turn = 1; turn <= 5; turn += 1) {
      expect(answers).toHaveLength(turn);
      const data = once(socket, 'data');
      answers.at(-1)?.end(`answer ${String(turn)}`);
      expect(String(await data)).toContain(`answer ${String(turn)}`);
      while (turn < 5 && answers.length === turn) await new Promise(setImmediate);
    }
  });

  it('that still wait are not begun once the client has gone', async () => {
    const answers: ServerResponse[] = [];
    const { open, requested } = await serverWith((_request, response) => answers.push(response));
    const socket = open();
    socket.write(get.repeat(5));
    const request = await requested;
    socket.destroy();
    await closed(request.socket);
    answers[0]?.end('late');
    await new Promise(setImmediate);
    expect(answers).toHaveLength(1);
  });
});

describe('connections', () => {
  it('of one address are bounded, and one that ends makes room', async () => {
    const { server, open } = await serverWith((_request, response) => response.end('ok'));
    const sockets: Socket[] = [];
    for (let count = 0; count < limits.perAddress; count += 1) {
      const accepted = once(server, 'connection');
      sockets.push(open());
      await accepted;
    }
    await closed(open());
    const [first] = sockets;
    first?.destroy();
    const gone = new Promise<void>((resolve) => {
      const look = () => {
        server.getConnections((_error, count) => {
          if (count < limits.perAddress) resolve();
          else setImmediate(look);
        });
      };
      look();
    });
    await gone;
    const again = open();
    again.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String(((await once(again, 'data')) as [Buffer])[0])).toContain('ok');
  });

  it('of a trusted proxy may be more', async () => {
    const proxies = new BlockList();
    proxies.addAddress('127.0.0.1');
    const { server, open } = await serverWith((_request, response) => response.end('ok'), proxies);
    for (let count = 0; count < limits.perAddress; count += 1) {
      const accepted = once(server, 'connection');
      open();
      await accepted;
    }
    const next = open();
    next.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    expect(String(((await once(next, 'data')) as [Buffer])[0])).toContain('ok');
  });
});
