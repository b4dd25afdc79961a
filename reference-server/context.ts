import type { Kysely } from 'kysely';
import type { AuditLog } from './audit/audit-log.ts';
import type { FailureLimiter } from './auth/failure-limiter.ts';
import type { ServerConfig } from './config.ts';
import type { Connections } from './connections.ts';
import type { Database } from './db/schema.ts';

/** Keys that the server made for itself at its first start; they live in the database. */
export interface ServerSecrets {
  /** 32 random bytes that sign the registry's Bearer tokens (HS256); never leaves the server. */
  registryTokenKey: Uint8Array;
}

/** What every part of the server is given: nothing in it reaches for globals. */
export interface ServerContext {
  db: Kysely<Database>;
  config: ServerConfig;
  /** The server's clock. */
  now(): Date;
  audit: AuditLog;
  /** Counts failed passwords per account and address. */
  loginFailures: FailureLimiter;
  /** Ends those on which nothing moves. */
  connections: Connections;
  /** The public origin, such as `http://127.0.0.1:8970`; known once the server listens. */
  origin(): string;
  secrets: ServerSecrets;
}
