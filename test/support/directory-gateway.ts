import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';

/** A way to a directory on which something goes wrong in the middle of its answers. */
export interface DirectoryGateway {
  url: string;
  /** Set before each connection: bytes of answers until it goes wrong. */
  passes: number;
  /** What goes wrong. */
  then: 'hang' | 'cut';
  stop(): void;
}

/** Opens such a way to the directory at `url`. At first, everything passes. */
export async function openDirectoryGateway(url: string): Promise<DirectoryGateway> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const directory = connect(Number(new URL(url).port), '127.0.0.1');
    for (const socket of [client, directory]) open.add(socket.on('error', () => undefined));
    client.pipe(directory);
    let left = gateway.passes;
    directory.on('data', (data: Buffer) => {
      client.write(data.subarray(0, left));
      left = Math.max(0, left - data.length);
      if (left === 0 && gateway.then === 'cut') client.destroy();
    });
    client.on('close', () => directory.destroy());
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const gateway: DirectoryGateway = {
    url: `ldap://127.0.0.1:${String((server.address() as AddressInfo).port)}`,
    passes: Infinity,
    then: 'hang',
    stop: () => {
      server.close();
      for (const socket of open) socket.destroy();
    },
  };
  return gateway;
}
