import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { isTrustedProxy, networkOf } from './client-address.ts';
import type { TrustedProxies } from './client-address.ts';

/** What a client may take of the server's connections; times in milliseconds. */
export interface ConnectionLimits {
  /** Open connections of one address; of IPv6, of one network. */
  perAddress: number;
  /** Open connections of all. */
  total: number;
  /** From a connection's beginning, or the first byte of a later request, to the end of the headers. */
  headers: number;
  /** From there to the end of the body, where `allowSlowBody` did not say otherwise. */
  body: number;
  /** What is slow, a body that may be or an answer that is read, moves `leastBytes` in each of these. */
  window: number;
  /** Not more than a piece of a blob's answer, in which such answers are seen to move. */
  leastBytes: number;
  /** Between two requests. */
  idle: number;
  /** Requests that one connection has on their way at once; all but the first wait. */
  requests: number;
}

/** Room for clients that push many layers at once, on several computers behind one address. */
export const connectionLimits: ConnectionLimits = {
  perAddress: 256,
  total: 2048,
  headers: 10_000,
  body: 10_000,
  window: 30_000,
  leastBytes: 16 * 1024,
  idle: 60_000,
  requests: 32,
};

interface Transfer {
  request: IncomingMessage;
  response: ServerResponse;
  since: number;
  slowBody: boolean;
  /** When the window began, and how many bytes had moved then. */
  windowSince: number;
  read: number;
  written: number;
}

/** What one connection has on its way. */
interface Held {
  /** Requests, those that wait included. */
  requests: number;
  /** The answer that the next request waits for. */
  last: ServerResponse | null;
  /** When it had nothing on its way any more. */
  restsSince: number;
}

/**
 * Ends the connections on which nothing moves: who holds one has to send or to read. What the server itself takes its
 * time for, such as hashing a large upload, counts for nobody. Of the requests of one connection one is worked on at a
 * time, so that nobody who reads nothing has many answers made.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;
  readonly #transfers = new Map<IncomingMessage, Transfer>();
  readonly #held = new Map<Socket, Held>();
  readonly #open = new Map<string, number>();

  /** @param now - A clock that only goes forward, milliseconds. */
  constructor(limits: ConnectionLimits = connectionLimits, now: () => number = () => performance.now()) {
    this.#limits = limits;
    this.#now = now;
  }

  /** What the server is made with. */
  get serverOptions(): ServerOptions & { handshakeTimeout: number } {
    const { headers, idle } = this.#limits;
    return {
      headersTimeout: headers,
      handshakeTimeout: headers,
      keepAliveTimeout: idle,
      // Bodies are this class's; Node knows only one time for all of them.
      requestTimeout: 0,
      connectionsCheckingInterval: headers / 4,
    };
  }

  /**
   * Serves a server's requests and watches its connections until it closes.
   *
   * @param proxies - Each of these may have all connections, for behind them are many clients.
   */
  watch(server: Server, proxies: TrustedProxies, handle: RequestListener): void {
    server.maxConnections = this.#limits.total;
    server.on('connection', (socket: Socket) => {
      if (!isTrustedProxy(proxies, socket.remoteAddress ?? '')) this.#count(socket);
    });
    // Requests name the connection inside TLS, which has its own time before it is there.
    server.on(server instanceof HttpsServer ? 'secureConnection' : 'connection', (socket: Socket) => {
      this.#held.set(socket, { requests: 0, last: null, restsSince: this.#now() });
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#inTurn(request, response, handle);
    });
    // Node itself would answer, and hold the body that follows for as long as it comes.
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) => {
      this.#inTurn(request, response, refuseExpectation);
    });
    const { body, window } = this.#limits;
    const timer = setInterval(
      () => {
        this.check();
      },
      Math.min(body, window) / 4,
    ).unref();
    server.on('close', () => {
      clearInterval(timer);
    });
  }

  /** Lets a body take its time, as long as it moves. For callers who may send it. */
  allowSlowBody(request: IncomingMessage): void {
    const transfer = this.#transfers.get(request);
    if (transfer === undefined) return;
    transfer.slowBody = true;
    this.#beginWindow(transfer);
  }

  /** What is left of a body has to come as soon as others: its sender may not send it any more. */
  endSlowBody(request: IncomingMessage): void {
    const transfer = this.#transfers.get(request);
    if (transfer === undefined) return;
    transfer.slowBody = false;
    transfer.since = this.#now();
  }

  /** Hangs up on everyone whose time is over. */
  check(): void {
    for (const transfer of this.#transfers.values()) {
      if (this.#isOver(transfer)) this.#hangUp(transfer);
    }
    const { idle, headers } = this.#limits;
    const now = this.#now();
    for (const [socket, { requests, restsSince }] of this.#held) {
      // Node's own times begin anew with each line end that comes before a request (RFC 9112, section 2.2), and after
      // the answer to what is no request it waits for the client to hang up.
      if (requests === 0 && now - restsSince >= idle + headers) socket.destroy();
      if (socket.destroyed) this.#held.delete(socket);
    }
  }

  #count(socket: Socket): void {
    const address = networkOf(socket.remoteAddress ?? '');
    const open = (this.#open.get(address) ?? 0) + 1;
    if (open > this.#limits.perAddress) {
      socket.destroy();
      return;
    }
    this.#open.set(address, open);
    socket.once('close', () => {
      const left = (this.#open.get(address) ?? 1) - 1;
      if (left === 0) this.#open.delete(address);
      else this.#open.set(address, left);
    });
  }

  #inTurn(request: IncomingMessage, response: ServerResponse, handle: RequestListener): void {
    const { socket } = request;
    const held = this.#held.get(socket);
    if (held === undefined || held.requests >= this.#limits.requests) {
      socket.destroy();
      return;
    }
    const before = held.last;
    held.requests += 1;
    held.last = response;
    const begin = () => {
      if (socket.destroyed) return;
      this.#begin(request, response, held);
      handle(request, response);
    };
    if (before === null || before.closed) begin();
    else before.once('close', begin);
  }

  #begin(request: IncomingMessage, response: ServerResponse, held: Held): void {
    const since = this.#now();
    const transfer = { request, response, since, slowBody: false, windowSince: since, read: 0, written: 0 };
    this.#beginWindow(transfer);
    this.#transfers.set(request, transfer);
    // An answer may have ended long before the body that it refuses.
    const end = () => {
      if (!(request.complete && response.closed) && !request.socket.destroyed) return;
      if (!this.#transfers.delete(request)) return;
      held.requests -= 1;
      held.restsSince = this.#now();
    };
    response.once('close', end);
    request.once('close', end);
  }

  #beginWindow(transfer: Transfer): void {
    transfer.windowSince = this.#now();
    transfer.read = transfer.request.socket.bytesRead;
    transfer.written = transfer.request.socket.bytesWritten;
  }

  #isOver(transfer: Transfer): boolean {
    const { body, window } = this.#limits;
    const { request, slowBody, since, windowSince } = transfer;
    const now = this.#now();
    if (!request.complete && !slowBody && now - since >= body) return true;
    if (now - windowSince < window) return false;
    if (this.#standsStill(transfer)) return true;
    this.#beginWindow(transfer);
    return false;
  }

  #standsStill({ request, response, slowBody, read, written }: Transfer): boolean {
    const { leastBytes } = this.#limits;
    const { socket } = request;
    // A body that waits to be taken, and an answer that is still being made, wait for the server.
    const awaited = slowBody && !request.complete && request.readableLength === 0;
    const unread = !response.closed && socket.writableLength > 0;
    return (
      (awaited && socket.bytesRead - read < leastBytes) ||
      (unread && socket.bytesWritten - written < leastBytes)
    );
  }

  #hangUp({ request }: Transfer): void {
    this.#transfers.delete(request);
    request.socket.destroy();
  }
}

/** RFC 9110, section 10.1.1. */
function refuseExpectation(_request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(417).end();
}
