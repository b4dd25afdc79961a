import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A small HTTP server on a free loopback port, for answers that the reference server never gives. */
export class OddServer {
  readonly #server = createServer((request, response) => {
    this.requests.push(request);
    this.#answer(request, response);
  });
  #answer: Answer = (_, response) => {
    response.writeHead(404).end();
  };
  /** What came in so far. */
  readonly requests: IncomingMessage[] = [];
  origin = '';

  static async start(): Promise<OddServer> {
    const odd = new OddServer();
    odd.#server.listen(0, '127.0.0.1');
    await once(odd.#server, 'listening');
    odd.origin = `http://127.0.0.1:${(odd.#server.address() as AddressInfo).port}`;
    return odd;
  }

  /** How every request is answered from now on. */
  answer(answer: Answer): void {
    this.#answer = answer;
  }

  answerJson(status: number, body: unknown, headers: Record<string, string> = {}): void {
    this.answer((_, response) => {
      response
        .writeHead(status, { 'content-type': 'application/json', ...headers })
        .end(JSON.stringify(body));
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
