import pg from 'pg';

const { BOOL, INT8, NUMERIC } = pg.types.builtins;

/**
 * How every connection to the database is made.
 *
 * @param url - `postgres://…`; what it does not say comes from the environment (`PGPASSWORD` and the like) and
 *   `~/.pgpass`.
 */
export function clientConfig(url: string): pg.ClientConfig {
  return {
    connectionString: url,
    application_name: 'keyhold-server',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    types: { getTypeParser: parserOf },
  };
}

/** How long a connection may take to end, in milliseconds. */
const endDeadline = 2_000;

/** Cuts a connection off that does not end by itself: a database that hangs would keep the server from stopping. */
export function endSoon({ connection }: Pick<pg.Client, 'connection'>): void {
  setTimeout(() => connection.stream.destroy(), endDeadline).unref();
}

type PostgresType = Parameters<typeof pg.types.getTypeParser>[0];

/** The server sees the same values as from SQLite: numbers for counts, sums and sizes, 0 or 1 for booleans. */
function parserOf(type: PostgresType, format?: 'text' | 'binary'): (value: string) => unknown {
  if (type === INT8 || type === NUMERIC) return Number;
  if (type === BOOL) return (value) => (value === 't' ? 1 : 0);
  return pg.types.getTypeParser(type, format ?? 'text') as (value: string) => unknown;
}
