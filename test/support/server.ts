import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startLineSchema } from '../../contracts/server-api/start-line.ts';
import type { DemoUser, StartLine } from '../../contracts/server-api/start-line.ts';

const cliFile = join(import.meta.dirname, '../../reference-server/cli.ts');
/** The same, which ends with whoever started it: a test that is killed leaves no server behind. */
const serverScript = join(import.meta.dirname, '../../scripts/server.ts');
/** Programs are started many times: only the first compiles its modules. */
export const compileCache = join(import.meta.dirname, '../../out/compile-cache');

export interface TestServerOptions {
  /** Further arguments, such as `['--data', folder]`. Without `--data` everything is in memory. */
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Without the demo organization there is nobody to sign in as. */
  demo?: boolean;
}

/** A real reference server. */
export interface TestServer {
  /** Such as `http://127.0.0.1:43817`. */
  origin: string;
  /** Host and port, as Podman and skopeo name the registry. */
  host: string;
  /** The demo users; none without the demo organization. */
  readonly users: readonly DemoUser[];
  /** A demo user by user name. */
  user(username: string): DemoUser;
  /** Everything on stderr so far: the log. */
  log(): string;
  /** Sends SIGTERM and waits for the end; gives the exit code. Safe to call twice. */
  stop(): Promise<number | null>;
}

/** A reference server in a process of its own. */
export interface TestServerProcess extends TestServer {
  /** How to get at its demo keeper, as its start line says. */
  keeper: StartLine['keeper'];
  pid: number;
  /** Sends SIGKILL and waits for the end. */
  kill(): Promise<unknown>;
  /** The exit code, once it has ended; null after a signal. */
  ended: Promise<number | null>;
}

/** Where a server is and who its demo users are, as tests ask for it. */
export function whereAndWho(
  origin: string,
  users: readonly DemoUser[],
): Pick<TestServer, 'origin' | 'host' | 'users' | 'user'> {
  return {
    origin,
    host: new URL(origin).host,
    users,
    user: (username) => {
      const user = users.find((candidate) => candidate.username === username);
      if (user === undefined) throw new Error(`No demo user ${username}`);
      return user;
    },
  };
}

/**
 * Starts a server on a free port and waits for its start line.
 *
 * @throws Error with the server's stderr when it ends before it is ready.
 */
export async function startTestServer(options: TestServerOptions = {}): Promise<TestServerProcess> {
  const run = runServer(
    ['--port', '0', ...(options.demo === false ? [] : ['--seed', 'demo']), ...(options.args ?? [])],
    options.env,
    serverScript,
  );
  const firstLine = await Promise.race([run.firstLine, run.ended.then(() => null)]);
  if (firstLine === null) throw new Error(`The server ended before it was ready:\n${run.stderr()}`);
  const { origin, users = [], keeper } = startLineSchema.parse(JSON.parse(firstLine));
  const end = (signal: NodeJS.Signals) => {
    run.kill(signal);
    return run.ended;
  };
  return {
    ...whereAndWho(origin, users),
    ...{ keeper, pid: run.pid },
    log: run.stderr,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    ended: run.ended,
  };
}

/** A server process, however it goes on. */
export interface ServerRun {
  pid: number;
  firstLine: Promise<string>;
  /** The exit code, null after a signal. */
  ended: Promise<number | null>;
  stderr: () => string;
  stdout: () => string;
  kill: (signal: NodeJS.Signals) => void;
}

/** Runs the server's command line as it is, for tests of starting and failing. */
export function runServer(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  program = cliFile,
): ServerRun {
  const child = spawn(process.execPath, [program, ...args], {
    env: { ...process.env, NODE_COMPILE_CACHE: compileCache, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => (output.stdout += `${line}\n`));
  return {
    pid: child.pid ?? -1,
    firstLine: new Promise((resolve) => lines.once('line', resolve)),
    // 'close' comes after the last output, 'exit' may come before it.
    ended: once(child, 'close').then((results) => results[0] as number | null),
    stderr: () => output.stderr,
    stdout: () => output.stdout,
    kill: (signal) => child.kill(signal),
  };
}
