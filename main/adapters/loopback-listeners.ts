import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { KeyholdError } from '../../contracts/errors.ts';
import type {
  LoopbackAnswer,
  LoopbackListener,
  LoopbackListeners,
  LoopbackRequest,
} from '../core/ports/loopback.ts';

const maxConnections = 16;
/** Field lines and the line before them, bytes: a browser's, with a query of 600 characters. */
const maxHeadBytes = 8 * 1024;
/** Ports that are tried, one after the other, where the second address has the first one's taken. */
const mostTries = 5;

const addresses = [
  { address: '127.0.0.1', name: '127.0.0.1' },
  { address: '::1', name: '[::1]' },
] as const;

type Answer = (request: LoopbackRequest) => LoopbackAnswer;

interface ListenerSettings {
  /** Which port to try next; 0 for one that the system chooses. */
  choosePort: () => number;
  /** Time to send a whole request. */
  sendTimeoutMs: number;
}

const usual: ListenerSettings = { choosePort: () => 0, sendTimeoutMs: 5000 };

/** Small HTTP servers on the loopback addresses. Each request gets an answer and the end of its connection. */
export const loopbackListeners = listenersWith({});

/** Those with other settings than usual. */
export function listenersWith(settings: Partial<ListenerSettings>): LoopbackListeners {
  const { choosePort, sendTimeoutMs } = { ...usual, ...settings };
  return {
    async open(answer) {
      for (let tries = 0; tries < mostTries; tries += 1) {
        const listener = await openBoth(() => newServer(answer, sendTimeoutMs), choosePort());
        if (listener !== 'taken') return listener;
      }
      throw new KeyholdError('loopback_failed');
    },
  };
}

/** @returns `taken`: the port is another program's on one of the addresses, which would get what is brought there */
async function openBoth(make: () => Server, chosen: number): Promise<LoopbackListener | 'taken'> {
  const servers: Server[] = [];
  const authorities: string[] = [];
  let port = chosen;
  const close = (): void => {
    for (const server of servers.splice(0)) {
      server.close();
      server.closeAllConnections();
    }
  };
  for (const { address, name } of addresses) {
    const server = make();
    const problem = await listening(server, port, address);
    if (problem === 'EADDRINUSE') {
      close();
      return 'taken';
    }
    // A computer without that address.
    if (problem !== null) continue;
    servers.push(server);
    ({ port } = server.address() as AddressInfo);
    authorities.push(`${name}:${String(port)}`);
  }
  const [first, ...others] = authorities;
  if (first === undefined) throw new KeyholdError('loopback_failed');
  return { authorities: [first, ...others], close };
}

/** @returns the system's word for why it does not listen, null when it does */
function listening(server: Server, port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ port, host, exclusive: true }, () => resolve(null));
  });
}

function newServer(answer: Answer, sendTimeoutMs: number): Server {
  /** Connections that had their answer: another request on them is none. */
  const answered = new WeakSet<Socket>();
  const take = (request: IncomingMessage, response: ServerResponse): void => {
    if (answered.has(request.socket)) return;
    answered.add(request.socket);
    send(request, response, answer);
  };
  const server = createServer(
    {
      headersTimeout: sendTimeoutMs,
      requestTimeout: sendTimeoutMs,
      connectionsCheckingInterval: 500,
      maxHeaderSize: maxHeadBytes,
      // Refused by whoever answers, as any other host.
      requireHostHeader: false,
      keepAlive: false,
    },
    take,
  );
  server.maxConnections = maxConnections;
  // What never became a request, what is too long or too slow, and what wants another protocol.
  server.on('clientError', (_error, socket: Socket) => socket.destroy());
  server.on('checkContinue', take);
  server.on('checkExpectation', take);
  server.unref();
  return server;
}

function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const [host = '', ...others] = request.headersDistinct['host'] ?? [];
  // Sent by browsers alone, and out of reach of their pages (W3C, Fetch Metadata Request Headers; Fetch, Sec-Purpose). A
  // page can have any number of addresses loaded ahead, as if a person went there.
  const [wantedFor = 'document'] = request.headersDistinct['sec-fetch-dest'] ?? [];
  const isAhead = request.headersDistinct['sec-purpose'] !== undefined;
  const { status, headers, body } = answer({
    method: request.method ?? '',
    host: others.length === 0 ? host : '',
    target: request.url ?? '',
    asPage: wantedFor === 'document' && !isAhead,
  });
  response.writeHead(status, {
    ...headers,
    'content-length': Buffer.byteLength(body),
    connection: 'close',
  });
  // Bodies are not read: the connection ends with the answer.
  response.end(request.method === 'HEAD' ? '' : body, () => request.socket.destroySoon());
}
