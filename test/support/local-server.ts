import { hash } from '@node-rs/argon2';
import { BlockList } from 'node:net';
import type { DemoUser } from '../../contracts/server-api/start-line.ts';
import type { DeclaredRoute } from '../../reference-server/access/route-access.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import type { ServerSettings } from '../../reference-server/config/config.ts';
import type { ConnectionLimits } from '../../reference-server/http/connection-limits.ts';
import type { ServerContext } from '../../reference-server/context.ts';
import { scrub } from '../../reference-server/scrub.ts';
import { seedDemo } from '../../reference-server/seed/demo.ts';
import { startServer } from '../../reference-server/server.ts';
import { serverStorage } from './server-database.ts';
import { whereAndWho } from './server.ts';
import type { TestServer } from './server.ts';

/** A real server with the demo organization in this process, whose database can be reached. */
export interface LocalServer extends TestServer {
  context: ServerContext;
  /** Every route with what it declares to need. */
  routes: readonly DeclaredRoute[];
}

/** A password's hash of the least cost: these tests sign in very often, and none looks at how long it takes. */
export function cheapHash(password: string): Promise<string> {
  return hash(password, { memoryCost: 8, timeCost: 1, parallelism: 1 });
}

/**
 * Starts a server on a free port with the demo organization, on the database that this run is about (SQLite or
 * PostgreSQL). Without `dataDir` its data ends with it.
 */
export async function startLocalServer(
  settings: Partial<ServerSettings> = {},
  limits?: ConnectionLimits,
): Promise<LocalServer> {
  const { where, remove } = await serverStorage(settings.dataDir);
  const running = await startServer(localSettings({ ...where, ...settings }), limits);
  const { context } = running;
  const users = await seedCheaply(context).catch(async (error: unknown) => {
    await running.stop();
    throw error;
  });
  return {
    context,
    routes: running.routes,
    ...whereAndWho(context.origin(), users),
    log: () => '',
    stop: async () => {
      await running.stop();
      await remove();
      return 0;
    },
  };
}

/** The demo organization, with passwords that are quickly checked. */
async function seedCheaply(context: ServerContext): Promise<DemoUser[]> {
  const users = await seedDemo(context);
  for (const { id, password } of users) {
    const password_hash = await cheapHash(password);
    await context.write({}, (tx) =>
      tx.updateTable('users').set({ password_hash }).where('id', '=', id).execute(),
    );
  }
  return users;
}

/** Reads the contents in the folder of a stopped server: whether all are well, and what is said. */
export async function scrubFolder(dataDir: string): Promise<{ well: boolean; said: string[] }> {
  const said: string[] = [];
  const { where } = await serverStorage(dataDir);
  const well = await scrub(localSettings(where), (line) => said.push(line));
  return { well, said };
}

function localSettings(settings: Partial<ServerSettings>): ServerSettings {
  return {
    name: 'Keyhold reference server',
    host: '127.0.0.1',
    port: 0,
    dataDir: ':memory:',
    database: undefined,
    origin: undefined,
    tls: undefined,
    logLevel: 'silent',
    orgStorage: 1024 ** 3,
    trustedProxies: new BlockList(),
    seed: 'demo',
    kisenon: kisenonSettings(),
    mail: null,
    ...settings,
  };
}
