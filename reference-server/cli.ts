import { printable, printableJson } from '../contracts/domain/printable.ts';
import type { StartLine } from '../contracts/server-api/start-line.ts';
import { firstSignIn, makeFirstAdministrator } from './auth/first-administrator.ts';
import { ConfigError } from './config/config-error.ts';
import { loadSettings } from './config/config.ts';
import { usage } from './config/flags.ts';
import type { ServerSettings } from './config/config.ts';
import type { ServerContext } from './context.ts';
import { scrub } from './scrub.ts';
import { seedDemo } from './seed/demo.ts';
import { seedKeeper, withDemoToken } from './seed/keeper.ts';
import type { RunningServer } from './server.ts';
import { startServer } from './server.ts';

/** Exit code for settings that cannot be used. */
const usageExitCode = 2;

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const scrubs = args[0] === 'scrub';
  // A log that cannot be written any more, such as after the end of a terminal, does not end the server.
  process.stderr.on('error', () => undefined);
  process.stdout.on('error', (error: Error) => {
    process.stderr.write(`keyhold server: Standard output cannot be written (${error.message}).\n`);
    process.exitCode = 1;
  });
  const settings = loadSettings(scrubs ? args.slice(1) : args, process.env);
  if (settings === 'help') {
    process.stdout.write(usage);
    return;
  }
  // Database and blobs are for the server's user only, also in a folder that is open to others.
  process.umask(0o077);
  if (!scrubs) await serve(settings);
  else if (!(await scrub(settings, (line) => process.stdout.write(`${line}\n`)))) process.exitCode = 1;
}

async function serve(given: ServerSettings): Promise<void> {
  const settings = withDemoToken(given);
  const server = await startServer(settings);
  const people = await meet(settings, server);
  for (const warning of server.warnings) process.stderr.write(`WARNING: ${warning}\n`);
  if (settings.dataDir === ':memory:') {
    process.stderr.write('Data is kept in memory and lost at stop; --data DIR keeps it.\n');
  }
  if (people.first_sign_in !== undefined) {
    const { username, password } = people.first_sign_in;
    process.stderr.write(
      `Nobody is on this server yet. Sign in as "${username}" with the password "${password}", and choose another.\n`,
    );
  }
  let stopping = false;
  const stop = () => {
    if (stopping) return;
    stopping = true;
    server.stop().catch(fail);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, stop);
  void server.databaseLost.then(() => {
    process.stderr.write(
      'keyhold server: The connection that keeps the database for this server alone ended. Start the server again.\n',
    );
    process.exitCode = 1;
    stop();
  });
  // Where the line below cannot be written, nobody learns where the server listens.
  process.stdout.on('error', stop);
  // Whoever started the server waits for this line: from here on everything works, stopping included.
  const line: StartLine = { origin: server.context.origin(), ...people };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

/**
 * Loads the demo organization, or makes the first administrator of an empty server. Stops the server where that is not
 * possible: nobody was told yet that it runs.
 */
async function meet({ seed }: ServerSettings, server: RunningServer): Promise<Omit<StartLine, 'origin'>> {
  const { context } = server;
  try {
    if (seed !== undefined) {
      const users = await seedDemo(context, seed);
      const keeper = context.config.dialects.includes('tkeeper') ? await meetKeeper(context, seed) : {};
      return { users, ...keeper };
    }
    return (await makeFirstAdministrator(context)) ? { first_sign_in: firstSignIn } : {};
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function meetKeeper(
  context: ServerContext,
  size: 'demo' | 'large',
): Promise<Pick<StartLine, 'keeper'>> {
  const shares64 = await seedKeeper(context, size);
  const { auth } = context.config.keeper;
  return {
    keeper: {
      ...(auth?.type === 'dev' && { dev_token: auth.token }),
      ...(shares64 !== null && { shares64 }),
    },
  };
}

function fail(error: unknown): void {
  if (error instanceof ConfigError) {
    process.stderr.write(`keyhold server: ${printable(error.message, Infinity)}\n`);
    process.exitCode = usageExitCode;
    return;
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(
    'keyhold server: stopped by an error that it does not know. Start it again; the next line helps who looks into it.\n' +
      `${printableJson(JSON.stringify({ stack }))}\n`,
  );
  process.exitCode = 1;
}

main().catch(fail);
