import { BlockList } from 'node:net';
import type { DemoUser } from '../../contracts/server-api/start-line.ts';
import type { DeclaredRoute } from '../../reference-server/access/route-access.ts';
import { artifactKeeperSettings } from '../../reference-server/config/artifact-keeper.ts';
import { serverDialects } from '../../reference-server/config/dialects.ts';
import { closedKeeper } from './keeper-settings.ts';
import { kisenonSettings } from '../../reference-server/config/kisenon.ts';
import type { ServerSettings } from '../../reference-server/config/config.ts';
import type { ConnectionLimits } from '../../reference-server/http/connection-limits.ts';
import type { ServerContext } from '../../reference-server/context.ts';
import { scrub } from '../../reference-server/scrub.ts';
import { startServer } from '../../reference-server/server.ts';
import { seedCheaply } from './demo-seed.ts';
import { openMigrated } from './migrated-database.ts';
import { serverStorage } from './server-database.ts';
import { whereAndWho } from './server.ts';
import type { TestServer } from './server.ts';

/** A real server with the demo organization in this process, whose database can be reached. */
export interface LocalServer extends TestServer {
  context: ServerContext;
  /** Every route with what it declares to need. */
  routes: readonly DeclaredRoute[];
}

/**
 * Starts a server on a free port with the demo organization, on the database that this run is about (SQLite or
 * PostgreSQL). Without `dataDir` its data ends with it.
 */
export function startLocalServer(
  settings: Partial<ServerSettings> = {},
  limits?: ConnectionLimits,
): Promise<LocalServer> {
  return startLocally(settings, limits, seedCheaply);
}

/** The same with nobody on it. */
export function startEmptyServer(settings: Partial<ServerSettings> = {}): Promise<LocalServer> {
  return startLocally({ seed: undefined, ...settings }, undefined, () => Promise.resolve([]));
}

async function startLocally(
  settings: Partial<ServerSettings>,
  limits: ConnectionLimits | undefined,
  fill: (context: ServerContext) => Promise<DemoUser[]>,
): Promise<LocalServer> {
  const { where, remove } = await serverStorage(settings.dataDir);
  const running = await startServer(localSettings({ ...where, ...settings }), limits, openMigrated);
  const { context } = running;
  const users = await fill(context).catch(async (error: unknown) => {
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
    dialects: serverDialects,
    kisenon: kisenonSettings(),
    artifactKeeper: artifactKeeperSettings(),
    keeper: closedKeeper,
    mail: null,
    ...settings,
  };
}
