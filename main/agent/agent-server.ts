import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { AgentState } from '../../contracts/ipc/registries.ts';
import { Turns } from '../core/lib/turns.ts';
import type { AgentAnswer, RequestProblem } from './agent-answer.ts';
import { problemAnswer } from './agent-answer.ts';
import { answerRequest, type AgentRequestDeps } from './agent-requests.ts';
import { listening, SocketFile } from './socket-file.ts';
import { isPipe, isSocketPathTooLong } from './socket-path.ts';

/** Time to send a whole request, and to take something of the answer, milliseconds. */
const sendTimeoutMs = 5000;

const maxConnections = 64;

/** How often the agent looks whether its socket is still there, milliseconds. */
const lookEveryMs = 3000;

interface AgentServerDeps extends AgentRequestDeps {
  /** From `agentSocketPath`. */
  socketPath: string;
}

/**
 * The agent: HTTP/1.1 on a socket that only this user can reach, one request for each connection. It serves the
 * credential helper; see docs/credential-helper.md.
 */
export class AgentServer {
  readonly #deps: AgentServerDeps;
  /** The one that listens, and earlier ones that still answer their last requests. */
  readonly #servers = new Set<Server>();
  readonly #turns = new Turns(1);
  #server: Server | null = null;
  /** Null where a pipe needs none. */
  #file: SocketFile | null = null;
  #problem: AgentState['problem'] = null;
  /** What the log has of the last try: one that fails is repeated every few seconds. */
  #logged = '';
  #isWanted = false;

  constructor(deps: AgentServerDeps) {
    this.#deps = deps;
  }

  /** How it is at this moment: a socket may have been taken away, replaced or closed to us. */
  async state(): Promise<AgentState> {
    const isReached = await this.#isReached();
    return {
      listening: isReached,
      socket: this.#deps.socketPath,
      problem: isReached ? null : this.#problem,
    };
  }

  /** Starts to listen. Does not throw: the state says what is wrong, the log why. */
  async start(): Promise<AgentState> {
    this.#isWanted = true;
    return await this.keep();
  }

  /** From now on, makes the socket anew each time that it is gone. To be called once. */
  watch(): void {
    setInterval(() => void this.keep(), lookEveryMs).unref();
  }

  /** Makes the socket of a started agent anew unless it is as it was made; running requests go on. */
  async keep(): Promise<AgentState> {
    return await this.#turns.take(async () => {
      if (this.#isWanted && !(await this.#isAsMade())) {
        this.#leave();
        await this.#listen();
      }
      return await this.state();
    });
  }

  /** Makes the socket anew, and ends open connections. */
  async restart(): Promise<AgentState> {
    await this.stop();
    return await this.start();
  }

  /** Stops to listen, ends open connections and takes the socket away. */
  async stop(): Promise<void> {
    this.#isWanted = false;
    await this.#turns.take(async () => {
      await this.#file?.remove();
      this.#leave();
      await Promise.all([...this.#servers].map(ended));
    });
  }

  async #isReached(): Promise<boolean> {
    if (this.#server?.listening !== true) return false;
    return this.#file === null || (await this.#file.isInPlace());
  }

  /** A socket that is open to others is reached as well, but is not to stay. */
  async #isAsMade(): Promise<boolean> {
    return (await this.#isReached()) && (this.#file === null || (await this.#file.isAsMade()));
  }

  /** Takes no new connection. */
  #leave(): void {
    this.#server?.close();
    this.#server = null;
    this.#file = null;
  }

  async #listen(): Promise<void> {
    const server = this.#newServer();
    let failure: unknown = null;
    try {
      this.#problem = await this.#listenWith(server);
    } catch (error) {
      this.#problem = 'failed';
      failure = error;
    }
    if (this.#problem === null) this.#server = server;
    else server.close();
    this.#log(failure);
  }

  #log(failure: unknown): void {
    const { logger } = this.#deps;
    const outcome = `${this.#problem ?? ''} ${String(failure)}`;
    if (this.#problem !== null && outcome === this.#logged) return;
    this.#logged = outcome;
    if (failure !== null) logger.error('agent.start_failed', failure);
    logger.info('agent.state', { listening: this.#problem === null, problem: this.#problem ?? 'none' });
  }

  /** @returns what is in the way, null when it listens */
  async #listenWith(server: Server): Promise<AgentState['problem']> {
    const { socketPath } = this.#deps;
    if (isPipe(socketPath)) {
      try {
        await listening(server, socketPath);
        return null;
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') return 'in_use';
        throw error;
      }
    }
    if (process.platform !== 'linux' && isSocketPathTooLong(socketPath, process.platform)) {
      return 'path_too_long';
    }
    const made = await SocketFile.listen(server, socketPath);
    if (made === 'program') return 'in_use';
    if (made === 'file') return 'not_a_socket';
    this.#file = made;
    return null;
  }

  #newServer(): Server {
    const answer = (request: IncomingMessage, response: ServerResponse): void =>
      void this.#answer(request, response);
    const server = createServer(
      {
        headersTimeout: sendTimeoutMs,
        requestTimeout: sendTimeoutMs,
        connectionsCheckingInterval: 500,
        maxHeaderSize: 8 * 1024,
        // Refused by us like any other host, for Node's own answer says nothing.
        requireHostHeader: false,
      },
      answer,
    );
    // What else a caller expects is not looked at (RFC 9110, section 10.1.1). Node would refuse it without a word.
    server.on('checkExpectation', answer);
    server.maxConnections = maxConnections;
    server.on('clientError', refuseNoise);
    server.on('error', (error) => {
      if (server.listening) this.#deps.logger.error('agent.server_error', error);
    });
    server.on('close', () => this.#servers.delete(server));
    this.#servers.add(server);
    return server;
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      send(response, await answerRequest(request, this.#deps, () => goneSignal(response)));
    } catch {
      // The caller went away in the middle of its request.
      response.destroy();
    }
  }
}

/** Ends a server with all its connections. */
function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.once('close', resolve);
    server.closeAllConnections();
  });
}

/** Aborted when the caller ends the connection before it has its answer. */
function goneSignal(response: ServerResponse): AbortSignal {
  const gone = new AbortController();
  if (response.destroyed) gone.abort();
  response.on('close', () => {
    if (!response.writableFinished) gone.abort();
  });
  return gone.signal;
}

function send(response: ServerResponse, { status, mediaType, body, headers }: AgentAnswer): void {
  // Half of it: Node gives up only after a second such time without progress.
  response.req.socket.setTimeout(sendTimeoutMs / 2, () => {
    response.destroy();
  });
  response.writeHead(status, { ...headersOf(mediaType, body), ...headers });
  response.end(body);
}

function headersOf(mediaType: string, body: string): Record<string, string | number> {
  return {
    'content-type': mediaType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    connection: 'close',
  };
}

/** Answers what never became a request: noise, header fields without end, a sender that is too slow. */
function refuseNoise(error: NodeJS.ErrnoException, socket: Socket): void {
  if (!socket.writable || socket.bytesWritten > 0) {
    socket.destroy();
    return;
  }
  const { status, mediaType, body } = problemAnswer(problemOf(error.code));
  const fields = Object.entries(headersOf(mediaType, body)).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.end(`HTTP/1.1 ${status} Refused\r\n${fields.join('')}\r\n${body}`, () => {
    socket.destroy();
  });
}

function problemOf(code: string | undefined): RequestProblem {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return 'request_timeout';
  return code === 'HPE_HEADER_OVERFLOW' ? 'headers_too_large' : 'bad_request';
}
