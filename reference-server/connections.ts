import type { IncomingMessage, Server, ServerOptions, ServerResponse } from 'node:http';
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
  /** Below the size of a part of a blob's answer, in which such answers move. */
  leastBytes: number;
  /** Between two requests. */
  idle: number;
  /** Requests that one connection has on their way at once. */
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

/**
 * Ends the connections on which nothing moves: who holds one has to send or to read. What the server itself takes its
 * time for, such as hashing a large upload, counts for nobody.
 */
export class Connections {
  readonly #limits: ConnectionLimits;
  readonly #now: () => number;
  readonly #transfers = new Map<IncomingMessage, Transfer>();
  /** Connections that had a request. */
  readonly #used = new Map<Socket, { transfers: number; restsSince: number }>();
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
   * Watches a server's connections until it closes.
   *
   * @param proxies - These may have any number of connections, for behind them are many clients.
   */
  watch(server: Server, proxies: TrustedProxies): void {
    server.maxConnections = this.#limits.total;
    server.on('connection', (socket: Socket) => {
      if (!isTrustedProxy(proxies, socket.remoteAddress ?? '')) this.#count(socket);
    });
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#begin(request, response);
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

  /** Hangs up on everyone whose time is over. */
  check(): void {
    for (const transfer of this.#transfers.values()) {
      if (this.#isOver(transfer)) this.#hangUp(transfer);
    }
    const { idle, headers } = this.#limits;
    const now = this.#now();
    for (const [socket, { transfers, restsSince }] of this.#used) {
      // Node's own times begin anew with each line end that comes before a request (RFC 9112, section 2.2).
      if (transfers === 0 && now - restsSince >= idle + headers) socket.destroy();
      if (socket.destroyed) this.#used.delete(socket);
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

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const since = this.#now();
    const used = this.#used.get(socket) ?? { transfers: 0, restsSince: since };
    if (used.transfers >= this.#limits.requests) {
      socket.destroy();
      return;
    }
    used.transfers += 1;
    this.#used.set(socket, used);
    const transfer = { request, response, since, slowBody: false, windowSince: since, read: 0, written: 0 };
    this.#beginWindow(transfer);
    this.#transfers.set(request, transfer);
    // An answer may have ended long before the body that it refuses.
    const end = () => {
      if (!(request.complete && response.closed) && !socket.destroyed) return;
      if (!this.#transfers.delete(request)) return;
      used.transfers -= 1;
      used.restsSince = this.#now();
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
