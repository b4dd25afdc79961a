import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import pg from 'pg';
import { programOnPath } from '../../scripts/setup/system-needs.mjs';

/** The folder of PostgreSQL's server programs, the newest version's; null where there are none. */
export function findPostgres(): string | null {
  const initdb = programOnPath('initdb');
  return initdb === null ? null : dirname(initdb);
}

/** A PostgreSQL server of the tests' own. */
export interface PostgresServer {
  /** Its address with `{database}` for a database's name; it takes everybody who can reach its socket. */
  address: string;
  stop: () => Promise<void>;
}

/** A database with the server's tables and nothing in them, from which each test's is copied. */
export const templateDatabase = 'keyhold_template';
/** The only database whose user needs a password: it asks `guest` for `guestPassword`. */
export const lockedDatabase = 'locked';
export const guestPassword = 'right-8d1f0c';

/**
 * Starts a PostgreSQL server with a fresh cluster in a temporary folder, reachable by a Unix socket there alone. It
 * keeps nothing safe from a crash, which nobody here needs. Where the version can, it sorts as people do, `a` before
 * `B`: what relies on the order of bytes must say so.
 *
 * @param programs - What `findPostgres` gives.
 */
export async function startPostgres(programs: string): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'keyhold-postgres-'));
  const user = unprivilegedUser();
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const options = { ...user, cwd: folder, env: { ...process.env, LC_ALL: 'C.UTF-8' } };
  const initdb = join(programs, 'initdb');
  const sorting = execFileSync(initdb, ['--help'], options).includes('--icu-locale')
    ? ['--locale-provider=icu', '--icu-locale=en']
    : [];
  execFileSync(
    initdb,
    [`--pgdata=${data}`, '--username=postgres', '--auth=trust', '--encoding=UTF8', '--no-sync', ...sorting],
    { ...options, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const rules = join(data, 'pg_hba.conf');
  writeFileSync(rules, `local ${lockedDatabase} all scram-sha-256\n${readFileSync(rules, 'utf8')}`);
  const settings = {
    listen_addresses: '',
    unix_socket_directories: folder,
    fsync: 'off',
    synchronous_commit: 'off',
    full_page_writes: 'off',
    autovacuum: 'off',
  };
  appendFileSync(
    join(data, 'postgresql.conf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(''),
  );
  const server = spawn(join(programs, 'postgres'), ['-D', data], {
    ...options,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(server, 'exit');
  const end = () => server.kill('SIGQUIT');
  process.once('exit', end);
  await readiness(server);
  return {
    address: `postgres://postgres@localhost/{database}?host=${encodeURIComponent(folder)}`,
    stop: async () => {
      process.removeListener('exit', end);
      server.kill('SIGINT');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Its programs refuse to run as root. */
function unprivilegedUser(): { uid: number; gid: number } | null {
  if (process.getuid?.() !== 0) return null;
  const accounts = readFileSync('/etc/passwd', 'utf8');
  const [, uid, gid] = /^(?:postgres|nobody):[^:]*:(\d+):(\d+):/m.exec(accounts) ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error('There is no user but root to run PostgreSQL as.');
  return { uid: Number(uid), gid: Number(gid) };
}

async function readiness({ stderr }: ChildProcess): Promise<void> {
  if (stderr === null) throw new Error('PostgreSQL has no log.');
  const lines: string[] = [];
  for await (const line of createInterface({ input: stderr })) {
    lines.push(line);
    if (line.includes('ready to accept connections')) {
      stderr.resume();
      return;
    }
  }
  throw new Error(`PostgreSQL ended before it was ready:\n${lines.join('\n')}`);
}

/** The address of one of the databases of a PostgreSQL server. */
export function databaseAt(address: string, name: string): string {
  return address.replace('{database}', name);
}

/** Runs a statement in a database. */
export async function runSql<Row extends pg.QueryResultRow>(url: string, statement: string): Promise<Row[]> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
