import pg from 'pg';
import { ConfigError } from '../../../config/config-error.ts';
import { shownDatabase } from '../../../config/database-url.ts';
import { codeOf } from '../../../error-code.ts';
import { clientConfig, endSoon } from './client-config.ts';
import { postgresProblem } from './problems.ts';

/** "keyhold" in ASCII: the number by which servers know each other's lock. */
const lockNumber = 0x6b_65_79_68_6f_6c_64n;
/** A server that was just killed may take a moment to be gone. */
const lockWait = '1s';
/** The oldest that PostgreSQL's makers still maintain; the tests run on Debian's. */
const oldestVersion = 14;

/** What is asked before the server starts takes a moment, in milliseconds; a database that hangs says nothing. */
const answerWait = 10_000;

/** Keeps other servers from a database until it is released. */
interface Claim {
  release(): Promise<void>;
}

/**
 * Takes a database for this server alone: what servers keep in memory (who is writing to which upload, who guessed
 * how often) is not shared. The claim is a lock of one connection and ends with it.
 *
 * @param onLost - Called once when the connection ends by itself: then another server may take the database.
 * @param wait - For each answer, in milliseconds; a shorter one lets a test see the end of it soon.
 * @throws ConfigError when the database cannot be reached, is another program's, too old, in use, or does not answer.
 */
export async function claimPostgres(
  url: string,
  onLost: () => void,
  wait: number = answerWait,
): Promise<Claim> {
  const client = newClient(url, wait);
  let released = false;
  // Whatever broke, 'end' follows.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await requireUsable(client, url);
    await lock(client, url);
    await requireOurs(client, url);
  } catch (error) {
    endSoon(client);
    await client.end().catch(() => undefined);
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(postgresProblem(error, url));
  }
  client.once('end', () => {
    if (!released) onLost();
  });
  return {
    release: async () => {
      released = true;
      endSoon(client);
      await client.end().catch(() => undefined);
    },
  };
}

/** Reads the certificate files that the address names, which can fail too. */
function newClient(url: string, wait: number): pg.Client {
  try {
    return new pg.Client({ ...clientConfig(url), query_timeout: wait });
  } catch (error) {
    throw new ConfigError(
      `The database ${shownDatabase(url)} cannot be asked for (${codeOf(error)}). Correct --database, and the files ` +
        'of certificates that it names.',
    );
  }
}

interface ServerFacts {
  version: number;
  encoding: string;
  standby: 0 | 1;
}

async function requireUsable(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<ServerFacts>(
    `select current_setting('server_version_num')::int / 10000 as version,
      current_setting('server_encoding') as encoding, pg_is_in_recovery() as standby`,
  );
  const problem = rows[0] === undefined ? null : unusable(rows[0]);
  if (problem !== null) throw new ConfigError(`The database ${shownDatabase(url)} ${problem}`);
}

/** Why the server cannot work with a database, as the end of a sentence and what to do; null when it can. */
export function unusable({ version, encoding, standby }: ServerFacts): string | null {
  if (version < oldestVersion) {
    return `is PostgreSQL ${String(version)}; this server needs ${String(oldestVersion)} or later. Update it.`;
  }
  if (encoding !== 'UTF8') {
    return `keeps text as ${encoding}. Make one that keeps it as UTF8: createdb --encoding UTF8 --template template0.`;
  }
  return standby === 1 ? 'is a standby, which takes no changes. Name the primary.' : null;
}

async function lock(client: pg.Client, url: string): Promise<void> {
  // A host that is gone without a word must not hold the database for hours.
  await client.query(
    `set lock_timeout = '${lockWait}'; set tcp_keepalives_idle = 10; set tcp_keepalives_interval = 5;
      set tcp_keepalives_count = 3`,
  );
  try {
    await client.query(`select pg_advisory_lock(${String(lockNumber)})`);
  } catch (error) {
    if (!(error instanceof pg.DatabaseError) || error.code !== '55P03') throw error;
    throw new ConfigError(
      `The database ${shownDatabase(url)} is in use by another server. Stop that one or choose another --database.`,
    );
  }
}

async function requireOurs(client: pg.Client, url: string): Promise<void> {
  const { rows } = await client.query<{ name: string }>(
    `select table_name as name from information_schema.tables where table_schema = current_schema()`,
  );
  if (rows.length === 0 || rows.some(({ name }) => name === 'kysely_migration')) return;
  throw new ConfigError(
    `The database ${shownDatabase(url)} has tables of another program. Make one for this server alone: createdb.`,
  );
}
