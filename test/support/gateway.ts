import { once } from 'node:events';
import { createServer, request as forward, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A port that nothing listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** A service's public address that outlives the server behind it, which may stop and start elsewhere. */
export class Gateway {
  readonly origin: string;
  /** The origin of the server behind it; null while there is none: connections end without an answer. */
  target: string | null = null;
  /** Sees each answer's request, such as `POST /v1/keys/rotate`, before the answer goes back; false loses it. */
  onAnswer: (request: string) => Promise<boolean> | boolean = () => true;
  readonly #server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.origin = `http://127.0.0.1:${String((server.address() as AddressInfo).port)}`;
    server.on('request', (request: IncomingMessage, response: ServerResponse) => {
      this.#pass(request, response);
    });
  }

  static async open(): Promise<Gateway> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Gateway(server);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #pass(request: IncomingMessage, response: ServerResponse): void {
    const lose = (): void => {
      request.socket.destroy();
    };
    if (this.target === null) {
      lose();
      return;
    }
    const what = `${request.method ?? ''} ${request.url ?? ''}`;
    const { method, headers } = request;
    const onward = forward(new URL(request.url ?? '/', this.target), { method, headers }, (answer) => {
      void Promise.resolve(this.onAnswer(what)).then((goes) => {
        if (!goes) {
          lose();
          return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      });
    });
    onward.on('error', lose);
    request.pipe(onward);
  }
}
