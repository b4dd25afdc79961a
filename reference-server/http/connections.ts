import type { IncomingMessage, RequestListener, Server, ServerOptions, ServerResponse } from 'node:http';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { isTrustedProxy, networkOf } from './client-address.ts';
import type { TrustedProxies } from './client-address.ts';
import { connectionLimits } from './connection-limits.ts';
import type { ConnectionLimits } from './connection-limits.ts';
import { clientErrorAnswer, continueWhenRead, refuseExpectation, tunnelRefusal } from './request-heads.ts';

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
  /** The request that is or was worked on last. */
  begun: IncomingMessage | null;
  /** What is answered to the last request instead of working on it: its body turned out to be malformed meanwhile. */
  refusal: string | null;
  /** When it had nothing on its way any more. */
  restsSince: number;
  /** When it had its last answer, while it may still send. */
  lingersSince: number | null;
  /** Closes it once all that was written is on its way. */
  hangUp: () => void;
}

/**
 * Ends connections on which nothing moves. A client has to send or to read; time that the server itself takes, such as
 * for hashing a large upload, does not count. The requests of one connection are worked on one after the other, so that
 * a client that reads nothing does not have many answers made.
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
      // Node's own refusal has no body.
      requireHostHeader: false,
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
    server.on(server instanceof HttpsServer ? 'secureConnection' : 'connection', (socket: Socket) =>
      this.#hold(socket),
    );
    server.on('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#inTurn(request, response, handle),
    );
    server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) =>
      this.#inTurn(request, response, () => {
        continueWhenRead(request, response);
        handle(request, response);
      }),
    );
    // Node itself would answer without a body, and hold the body that follows for as long as it comes.
    server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
      this.#inTurn(request, response, refuseExpectation),
    );
    server.on('connect', (_request: IncomingMessage, socket: Socket) => {
      // Node has let go of it.
      socket.on('error', () => undefined).resume();
      this.#lastInTurn(socket, tunnelRefusal());
    });
    const { body, window } = this.#limits;
    const timer = setInterval(() => this.check(), Math.min(body, window) / 4).unref();
    server.on('close', () => clearInterval(timer));
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

  /** Answers what Node refuses before there is a request or in the middle of one's body, and takes no more of it. */
  refuse(error: NodeJS.ErrnoException, socket: Socket): void {
    const held = this.#held.get(socket);
    if (held === undefined) {
      socket.destroy();
      return;
    }
    const { last, begun, lingersSince } = held;
    if (lingersSince !== null) return;
    if (last === null || last.req.complete) {
      this.#lastInTurn(socket, clientErrorAnswer(error, null));
      return;
    }
    const answer = clientErrorAnswer(error, last.req.url ?? null);
    if (answer !== null && last.req !== begun) held.refusal = answer;
    // Where the answer has begun, there is no place for another one.
    else this.#lastAnswer(socket, last.headersSent ? null : answer);
  }

  /** Hangs up on everyone whose time is over. */
  check(): void {
    for (const transfer of this.#transfers.values()) {
      if (this.#isOver(transfer)) this.#hangUp(transfer);
    }
    const { idle, headers, linger } = this.#limits;
    const now = this.#now();
    for (const [socket, { requests, restsSince, lingersSince }] of this.#held) {
      // Node's own times begin anew with each line end that comes before a request (RFC 9112, section 2.2).
      if (requests === 0 && now - restsSince >= idle + headers) socket.destroy();
      if (lingersSince !== null && now - lingersSince >= linger) socket.destroy();
      if (socket.destroyed) this.#held.delete(socket);
    }
  }

  #hold(socket: Socket): void {
    // Node's way to end a connection behind its last answer.
    const hangUp = socket.destroySoon.bind(socket);
    const held: Held = {
      requests: 0,
      last: null,
      begun: null,
      refusal: null,
      restsSince: this.#now(),
      lingersSince: null,
      hangUp,
    };
    this.#held.set(socket, held);
    socket.destroySoon = () => {
      if (held.begun?.complete === false) this.#linger(socket, held);
      else hangUp();
    };
  }

  /** After the answers to what was asked before. */
  #lastInTurn(socket: Socket, answer: string | null): void {
    const before = this.#held.get(socket)?.last ?? null;
    if (before === null || before.closed) this.#lastAnswer(socket, answer);
    else before.once('close', () => this.#lastAnswer(socket, answer));
  }

  #lastAnswer(socket: Socket, answer: string | null): void {
    const held = this.#held.get(socket);
    if (answer === null || held === undefined || !socket.writable) {
      socket.destroy();
      return;
    }
    socket.write(answer);
    this.#linger(socket, held);
  }

  /**
   * Sends nothing more and throws away what still comes. Were the connection closed while bytes are on their way to
   * it, the client might lose the answer with it (RFC 9112, section 9.6).
   */
  #linger(socket: Socket, held: Held): void {
    held.lingersSince ??= this.#now();
    socket.end();
    held.begun?.resume();
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
    if (held?.lingersSince !== null || held.requests >= this.#limits.requests) {
      socket.destroy();
      return;
    }
    const before = held.last;
    held.requests += 1;
    held.last = response;
    const begin = () => {
      if (socket.destroyed) return;
      if (held.refusal !== null && held.last === response) {
        this.#lastAnswer(socket, held.refusal);
        return;
      }
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
    held.begun = request;
    // An answer may have ended long before the body that it refuses.
    const end = () => {
      if (!(request.complete && response.closed) && !request.socket.destroyed) return;
      if (!this.#transfers.delete(request)) return;
      held.requests -= 1;
      held.restsSince = this.#now();
      if (held.lingersSince !== null) held.hangUp();
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
