import type { Transaction } from 'kysely';
import type { Database } from '../db/schema.ts';

/** Something that happened and must stay provable. Nothing secret belongs in it. */
export interface AuditEvent {
  /** Dotted name, `<noun>.<what happened>`, such as `key.registered`. */
  action: string;
  outcome: 'success' | 'failure';
  /** Id and name of who did it; absent when unknown (a failed sign-in names what was typed in `target`). */
  actor?: { id: string; name: string };
  /** What it was done to: a kid, a repository's full name, a user name. */
  target?: string;
  /** Slug of the organization whose owners may read the event. */
  org?: string;
  /** The caller's address. */
  ip?: string;
  details?: Record<string, string | number | boolean>;
}

/** Result of reading the whole log again. `brokenAt` is the `seq` of the first row that does not fit. */
export type AuditVerification = { checked: number; head: { seq: number; hash: string } | null } & (
  { valid: true } | { valid: false; brokenAt: number; reason: string }
);

/** The server's hash-chained audit log. */
export interface AuditLog {
  /**
   * Adds one event at the end of the chain.
   *
   * @param event - What happened.
   * @param transaction - The open transaction the event belongs to, so that change and event are stored together.
   *   While a transaction is open, appending without it would wait for ever: SQLite has one connection.
   */
  append(event: AuditEvent, transaction?: Transaction<Database>): Promise<void>;
  /** Recomputes every hash in order. */
  verify(): Promise<AuditVerification>;
}
