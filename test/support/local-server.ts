import { BlockList } from 'node:net';
import type { ServerSettings } from '../../reference-server/config.ts';
import type { ConnectionLimits } from '../../reference-server/connections.ts';
import type { ServerContext } from '../../reference-server/context.ts';
import { seedDemo } from '../../reference-server/seed/demo.ts';
import { startServer } from '../../reference-server/server.ts';
import { whereAndWho } from './server.ts';
import type { TestServer } from './server.ts';

/** A real server with the demo organization in this process, whose database can be reached. */
export interface LocalServer extends TestServer {
  context: ServerContext;
}

/** Starts a server on a free port, everything in memory. */
export async function startLocalServer(
  settings: Partial<ServerSettings> = {},
  limits?: ConnectionLimits,
): Promise<LocalServer> {
  const whole: ServerSettings = {
    name: 'Keyhold reference server',
    host: '127.0.0.1',
    port: 0,
    dataDir: ':memory:',
    origin: undefined,
    tls: undefined,
    logLevel: 'silent',
    orgStorage: 1024 ** 3,
    trustedProxies: new BlockList(),
    seed: 'demo',
    ...settings,
  };
  const running = await startServer(whole, limits);
  const { context } = running;
  const users = await seedDemo(context);
  return {
    context,
    ...whereAndWho(context.origin(), users),
    log: () => '',
    stop: async () => {
      await running.stop();
      return 0;
    },
  };
}
