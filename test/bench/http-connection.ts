import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

const readSize = 256 * 1024;

/** An HTTP answer, as far as a benchmark looks at it. */
export interface Answer {
  status: number;
  /** The status line and the headers. */
  head: string;
  /** Length of the body, which is not kept. */
  bytes: number;
}

/**
 * One kept-alive HTTP/1.1 connection that does as little as possible, so that little of what is measured is the
 * client's own. Takes one request at a time, and only answers with a `Content-Length`.
 */
export class HttpConnection {
  readonly #socket: Socket;
  readonly #host: string;
  #settle: { resolve: (answer: Answer) => void; reject: (error: Error) => void } | null = null;
  #head = '';
  #answer: Answer | null = null;
  #left = 0;

  private constructor(socket: Socket, host: string) {
    this.#socket = socket;
    this.#host = host;
    socket.on('error', (error) => this.#settle?.reject(error));
    socket.on('close', () => this.#settle?.reject(new Error('The registry closed the connection.')));
  }

  static async open(origin: string): Promise<HttpConnection> {
    const { hostname, port, host } = new URL(origin);
    // One buffer for all that arrives: a new one for each part costs more than to read it.
    const onread = {
      buffer: Buffer.alloc(readSize),
      callback: (bytes: number, buffer: Uint8Array): boolean => {
        connection.#take(buffer.subarray(0, bytes));
        return true;
      },
    };
    const socket = connect({ host: hostname, port: Number(port), noDelay: true, onread });
    const connection = new HttpConnection(socket, host);
    await once(socket, 'connect');
    return connection;
  }

  /**
   * Sends a request and waits for the end of its answer.
   *
   * @param headers - Without `Host` and `Content-Length`.
   * @param body - Parts that are sent one after the other.
   */
  async ask(
    method: string,
    path: string,
    headers: Readonly<Record<string, string>>,
    body: readonly Uint8Array[] = [],
  ): Promise<Answer> {
    const length = body.reduce((sum, part) => sum + part.length, 0);
    const all = { host: this.#host, ...headers, ...(method === 'GET' ? {} : { 'content-length': length }) };
    const lines = Object.entries(all).map(([name, value]) => `${name}: ${String(value)}\r\n`);
    const answered = new Promise<Answer>((resolve, reject) => {
      this.#settle = { resolve, reject };
    });
    this.#socket.write(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`);
    for (const part of body) this.#socket.write(part);
    return answered;
  }

  close(): void {
    this.#settle = null;
    this.#socket.destroy();
  }

  #take(chunk: Uint8Array): void {
    if (this.#answer !== null) {
      this.#count(chunk.length);
      return;
    }
    this.#head += Buffer.from(chunk).toString('latin1');
    const end = this.#head.indexOf('\r\n\r\n');
    if (end < 0) return;
    const rest = this.#head.length - end - 4;
    const head = this.#head.slice(0, end);
    const status = Number(head.slice('HTTP/1.1 '.length, 'HTTP/1.1 200'.length));
    const length = /^content-length: *(\d+)$/im.exec(head)?.[1] ?? (status === 204 ? '0' : undefined);
    this.#head = '';
    if (length === undefined) {
      this.#settle?.reject(new Error(`An answer without a length:\n${head}`));
      return;
    }
    this.#answer = { status, head, bytes: Number(length) };
    this.#left = Number(length);
    this.#count(rest);
  }

  #count(bytes: number): void {
    this.#left -= bytes;
    if (this.#left > 0 || this.#answer === null) return;
    const answer = this.#answer;
    this.#answer = null;
    this.#settle?.resolve(answer);
  }
}
