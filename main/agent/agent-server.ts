import { chmod, lstat, mkdir, unlink } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { agentStateSchema } from '../../contracts/ipc/registries.ts';
import type { AgentAnswer, RequestProblem } from './agent-answer.ts';
import { problemAnswer } from './agent-answer.ts';
import { answerRequest, type AgentRequestDeps } from './agent-requests.ts';
import { isPipe, isSocketPathTooLong } from './socket-path.ts';

export type AgentState = z.infer<typeof agentStateSchema>;

/** Time to send a whole request, and to take something of the answer, milliseconds. */
const sendTimeoutMs = 5000;

const maxConnections = 64;

export interface AgentServerDeps extends AgentRequestDeps {
  /** From `agentSocketPath`. */
  socketPath: string;
}

/**
 * The agent: HTTP/1.1 on a socket that only this user can reach, one request for each connection. It serves the
 * credential helper; see docs/credential-helper.md.
 */
export class AgentServer {
  readonly #deps: AgentServerDeps;
  readonly #server: Server;
  #problem: AgentState['problem'] = null;

  constructor(deps: AgentServerDeps) {
    this.#deps = deps;
    this.#server = createServer(
      {
        headersTimeout: sendTimeoutMs,
        requestTimeout: sendTimeoutMs,
        connectionsCheckingInterval: 500,
        maxHeaderSize: 8 * 1024,
      },
      (request, response) => {
        void this.#answer(request, response);
      },
    );
    this.#server.maxConnections = maxConnections;
    this.#server.on('clientError', refuseNoise);
    this.#server.on('error', (error) => {
      if (this.#server.listening) deps.logger.error('agent.server_error', error);
    });
  }

  state(): AgentState {
    return { listening: this.#server.listening, socket: this.#deps.socketPath, problem: this.#problem };
  }

  /**
   * Starts to listen. A socket that a program left behind is taken over, one that is served never. Does not
   * throw: the state says what is wrong, the log why.
   */
  async start(): Promise<AgentState> {
    const { socketPath, logger } = this.#deps;
    this.#problem = null;
    try {
      if (isSocketPathTooLong(socketPath, process.platform)) this.#problem = 'path_too_long';
      else if (isPipe(socketPath)) await this.#listenOnFreePath();
      else await this.#listenOnSocket();
    } catch (error) {
      this.#problem = 'failed';
      logger.error('agent.start_failed', error);
    }
    logger.info('agent.state', { listening: this.#server.listening, problem: this.#problem ?? 'none' });
    return this.state();
  }

  /** Makes the socket anew. */
  async restart(): Promise<AgentState> {
    await this.stop();
    return await this.start();
  }

  /** Stops to listen, ends open connections and takes the socket away. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    await new Promise<void>((resolve) => {
      this.#server.close(() => {
        resolve();
      });
      this.#server.closeAllConnections();
    });
  }

  async #listenOnSocket(): Promise<void> {
    const { socketPath } = this.#deps;
    const folder = dirname(socketPath);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The folder keeps others out from the first moment on; the socket gets its own mode after it was made.
    await chmod(folder, 0o700);
    await this.#listenOnFreePath();
    if (this.#server.listening) await chmod(socketPath, 0o600);
  }

  async #listenOnFreePath(): Promise<void> {
    const { socketPath } = this.#deps;
    if (await this.#tryToListen()) return;
    if (!(await isLeftOver(socketPath))) {
      this.#problem = 'in_use';
      return;
    }
    await unlink(socketPath);
    if (!(await this.#tryToListen())) this.#problem = 'in_use';
  }

  /** @returns false when the path is taken */
  #tryToListen(): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException): void => {
        if (error.code === 'EADDRINUSE') resolve(false);
        else reject(error);
      };
      this.#server.once('error', onError);
      this.#server.listen(this.#deps.socketPath, () => {
        this.#server.off('error', onError);
        resolve(true);
      });
    });
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

/** Whether a path holds a socket that nobody serves any more: connecting to it is refused. */
async function isLeftOver(socketPath: string): Promise<boolean> {
  if (isPipe(socketPath) || !(await lstat(socketPath)).isSocket()) return false;
  return new Promise((resolve) => {
    const probe = connect(socketPath);
    probe.once('connect', () => {
      probe.destroy();
      resolve(false);
    });
    probe.once('error', (error: NodeJS.ErrnoException) => {
      resolve(error.code === 'ECONNREFUSED');
    });
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
  // Half of it, for Node lets one such time pass to see whether a part of the answer was taken in it.
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
