import { Client } from 'ldapts';
import { connect, isIP } from 'node:net';
import type { Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { LdapSettings } from '../../config/ldap.ts';
import { DirectoryProblem } from './problems.ts';

/** How much of a directory's answers is read, bytes; a person's entry has a hundredth of it. */
const longestAnswers = 1024 * 1024;

/** How far the work with a directory goes, beside its time. */
interface WorkLimits {
  /** How much of its answers is read. */
  bytes?: number;
  /** How long nothing may come, milliseconds. */
  silence?: number;
  /** Ends the work. */
  signal?: AbortSignal;
}

/**
 * Asks a directory by a connection of its own, which ends with the work, and at the latest after its time.
 *
 * @param milliseconds - For all of it: name look-up, connection, TLS and answers.
 * @throws DirectoryProblem when the time is over; what the connection or `ldapts` throws.
 */
export async function askDirectory<T>(
  settings: LdapSettings,
  milliseconds: number,
  work: (client: Client) => Promise<T>,
  { bytes = longestAnswers, silence = milliseconds, signal }: WorkLimits = {},
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const stop = () => {
    late.reject(new DirectoryProblem('was left, as the server stopped'));
  };
  signal?.addEventListener('abort', stop);
  const endAfter = (time: number) =>
    setTimeout(() => {
      late.reject(new DirectoryProblem(`has not answered within ${String(time / 1000)} seconds`));
    }, time);
  const [whole, quiet] = [endAfter(milliseconds), endAfter(silence)];
  const line = new Line(bytes, () => quiet.refresh());
  try {
    return await Promise.race([late.promise, open(settings, line).then(work)]);
  } finally {
    clearTimeout(whole);
    clearTimeout(quiet);
    signal?.removeEventListener('abort', stop);
    line.end();
  }
}

async function open(settings: LdapSettings, line: Line): Promise<Client> {
  const { url, ca, startTls } = settings;
  const host = new URL(url).hostname.replace(/^\[(.*)\]$/, '$1');
  const tls: ConnectionOptions = { host, ...(isIP(host) === 0 ? { servername: host } : {}), ca };
  const client = new Client({
    url,
    // Given for plain LDAP too, the client would begin TLS by itself.
    ...(url.startsWith('ldaps:') ? { tlsOptions: tls } : {}),
    createConnection: ((port: number, at: string) => line.keep(connect(port, at))) as typeof connect,
    createSecureConnection: ((port: number, at: string, options: ConnectionOptions) =>
      typeof port === 'number'
        ? line.keep(connectTls(port, at, options))
        : line.upgrade(connectTls(port))) as typeof connectTls,
  });
  if (startTls) await client.startTLS(tls);
  return client;
}

/** The one connection of a client. */
class Line {
  readonly #bytes: number;
  readonly #onData: () => void;
  #socket: Socket | null = null;
  #hasEnded = false;

  /** @param onData - Called whenever something has come. */
  constructor(bytes: number, onData: () => void) {
    this.#bytes = bytes;
    this.#onData = onData;
  }

  /** The client connects again by itself where a connection was cut: that one would have no TLS and nobody signed in. */
  keep<T extends Socket>(socket: T): T {
    if (this.#socket !== null || this.#hasEnded) {
      socket.on('error', () => undefined).destroy();
      throw new DirectoryProblem('has cut the connection');
    }
    this.#socket = socket;
    return this.#bound(socket);
  }

  upgrade<T extends Socket>(socket: T): T {
    return this.#bound(socket);
  }

  end(): void {
    this.#hasEnded = true;
    this.#socket?.destroy();
  }

  #bound<T extends Socket>(socket: T): T {
    return socket.on('data', () => {
      this.#onData();
      if (socket.bytesRead > this.#bytes) socket.destroy(new DirectoryProblem('has answered too much'));
    });
  }
}
