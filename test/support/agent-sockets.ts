import { mkdir, rename } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { Server, Socket } from 'node:net';
import path from 'node:path';

/** A folder that stands for `XDG_RUNTIME_DIR`, with something else than the agent where the agent's socket belongs. */
export interface SocketPlace {
  runtime: string;
  socketPath: string;
}

export async function socketPlace(folder: string, name: string): Promise<SocketPlace> {
  const runtime = path.join(folder, name);
  const socketPath = path.join(runtime, 'keyhold', 'agent.sock');
  await mkdir(path.dirname(socketPath), { recursive: true });
  return { runtime, socketPath };
}

/** Serves a socket with what is given, connection by connection. */
export async function serveSocket(
  socketPath: string,
  onConnection: (socket: Socket) => void,
): Promise<Server> {
  const server = createServer((socket) => {
    // The caller may go away first.
    socket.on('error', () => undefined);
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return server;
}

/** Leaves a socket behind that nobody serves, as a program does that was killed. */
export async function leaveSocket(socketPath: string): Promise<void> {
  // Closing removes the path that was listened on; by then the socket lies under another one.
  const server = await serveSocket(`${socketPath}.new`, (socket) => socket.destroy());
  await rename(`${socketPath}.new`, socketPath);
  await new Promise((resolve) => server.close(resolve));
}

/** Answers each request, once its head is there, with bytes of any kind and ends the connection. */
export function answerWith(bytes: string): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.end(bytes);
    });
  };
}

/** An HTTP answer. */
export function httpAnswer(status: string, body: string): string {
  const length = Buffer.byteLength(body);
  return `HTTP/1.1 ${status}\r\nContent-Length: ${length}\r\nConnection: close\r\n\r\n${body}`;
}
