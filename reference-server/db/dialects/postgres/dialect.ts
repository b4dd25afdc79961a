import {
  ColumnDefinitionNode,
  CompiledQuery,
  PostgresAdapter,
  PostgresDriver,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from 'kysely';
import type { DataTypeNode, Dialect, FunctionNode } from 'kysely';
import pg from 'pg';
import { clientConfig, endSoon } from './client-config.ts';

/** Many requests share few connections: a query takes about a millisecond. */
const connections = 10;

/** Limits of a connection's work, in milliseconds; 0 for none. */
interface WorkLimits {
  statement: number;
  idleTransaction: number;
  /** How long the server waits for an answer: a database that hangs does not keep the other two limits. */
  answer: number;
}

/** Nothing that a request asks takes seconds: what does is stuck. */
export const requestLimits: WorkLimits = { statement: 30_000, idleTransaction: 60_000, answer: 40_000 };
/** A migration may rewrite large tables. */
export const migrationLimits: WorkLimits = { statement: 0, idleTransaction: 0, answer: 0 };

/**
 * PostgreSQL as the server speaks it, over a pool of its own that ends with the Kysely instance.
 *
 * @param onEnd - What ends after the pool.
 */
export function postgresDialect(
  url: string,
  limits: WorkLimits,
  onEnd: () => Promise<void> = () => Promise.resolve(),
): Dialect {
  return {
    createAdapter: () => new PostgresAdapter(),
    createDriver: () => new Driver(url, limits, onEnd),
    createIntrospector: (db) => new PostgresIntrospector(db),
    createQueryCompiler: () => new Compiler(),
  };
}

type Connection = Parameters<PostgresDriver['rollbackTransaction']>[0];

/**
 * Whatever the database's own default is: transactions come one after the other by a lock (`db/write.ts`), and each of
 * their statements has to see what the transaction before left.
 */
const isolation = CompiledQuery.raw(
  'set session characteristics as transaction isolation level read committed',
);

class Driver extends PostgresDriver {
  readonly #clients = new Set<pg.PoolClient>();
  /** Those that know how transactions are isolated. */
  readonly #prepared = new WeakSet<object>();
  readonly #onEnd: () => Promise<void>;

  constructor(url: string, limits: WorkLimits, onEnd: () => Promise<void>) {
    const pool = new pg.Pool({
      ...clientConfig(url),
      max: connections,
      statement_timeout: limits.statement,
      idle_in_transaction_session_timeout: limits.idleTransaction,
      query_timeout: limits.answer,
    });
    // A connection that broke while nobody used it: the next query makes a new one, or says what is wrong.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      // One that broke between two statements of a transaction: the next of them fails, not the whole server.
      client.on('error', () => undefined);
      endWithoutAnswer(client);
    });
    super({ pool });
    pool.on('connect', (client) => this.#clients.add(client));
    pool.on('remove', (client) => this.#clients.delete(client));
    this.#onEnd = onEnd;
  }

  /** One that breaks while it is prepared goes back too: Kysely's own hook for that would lose its place in the pool. */
  override async acquireConnection(
    ...options: Parameters<PostgresDriver['acquireConnection']>
  ): ReturnType<PostgresDriver['acquireConnection']> {
    const connection = await super.acquireConnection(...options);
    if (this.#prepared.has(connection)) return connection;
    try {
      await connection.executeQuery(isolation);
    } catch (error) {
      // It is one of this driver, which its type does not say.
      await this.releaseConnection(connection as never);
      throw error;
    }
    this.#prepared.add(connection);
    return connection;
  }

  /** Where this fails, the connection is ended and the database undoes all: the first error is the one to tell. */
  override async rollbackTransaction(connection: Connection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined);
  }

  override async destroy(): Promise<void> {
    for (const client of this.#clients) endSoon(client);
    await super.destroy();
    await this.#onEnd();
  }
}

/**
 * Ends a connection on which a query got no answer of the database, such as when its time was over. Back in the pool
 * it would let the next query wait behind the first.
 */
function endWithoutAnswer(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (sql: string, values: unknown[]) => Promise<unknown>;
  const ending = (sql: string, values: unknown[]) =>
    query(sql, values).catch((error: unknown) => {
      if (!(error instanceof pg.DatabaseError)) void client.end();
      throw error;
    });
  Object.assign(client, { query: ending });
}

class Compiler extends PostgresQueryCompiler {
  /**
   * All our text sorts and compares by its bytes, as in SQLite, whatever language the database was made for: pages of
   * repositories and tags promise that order (OCI distribution specification 1.1, "Listing Tags").
   */
  protected override visitDataType(node: DataTypeNode): void {
    super.visitDataType(node);
    const column = this.parentNode !== undefined && ColumnDefinitionNode.is(this.parentNode);
    if (column && node.dataType === 'text') this.append(' collate "C"');
  }

  /** By its bytes, text would have letters of both cases in ASCII alone. */
  protected override visitFunction(node: FunctionNode): void {
    if (node.func !== 'lower') {
      super.visitFunction(node);
      return;
    }
    this.append('lower(');
    this.compileList(node.arguments);
    this.append(' collate "default")');
  }

  /** PostgreSQL stores no NUL in text: a name that a caller sends with one becomes one that nobody has, not an error. */
  protected override appendValue(value: unknown): void {
    super.appendValue(typeof value === 'string' ? value.replaceAll('\0', '\u{fffd}') : value);
  }
}
