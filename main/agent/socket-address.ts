import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isSocketPathTooLong } from './socket-path.ts';

/** How a socket can be named in `bind` and `connect`. */
export interface SocketAddress {
  readonly address: string;
  /** Ends its use. A server that listens and a connection stay. */
  readonly close: () => Promise<void>;
}

/**
 * An address of a socket whose path may be longer than an address has room for: on Linux the socket is then named by
 * the open folder that it lies in (proc_pid_fd(5)).
 *
 * @throws Error of the file system where the folder cannot be opened
 */
export async function socketAddress(socketPath: string): Promise<SocketAddress> {
  if (process.platform !== 'linux' || !isSocketPathTooLong(socketPath, process.platform)) {
    return { address: socketPath, close: () => Promise.resolve() };
  }
  const folder = await open(dirname(socketPath), 'r');
  return {
    address: `/proc/self/fd/${String(folder.fd)}/${basename(socketPath)}`,
    close: () => folder.close(),
  };
}
