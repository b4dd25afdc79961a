import type { Kysely, Transaction } from 'kysely';
import { Turns } from '../turns.ts';
import type { Database } from './schema.ts';

/** Reads the database. It is changed by `write` alone. */
export type Reader = Pick<Kysely<Database>, 'selectFrom'>;

/** The open transaction of a `write`: reads and changes. */
export type Tx = Transaction<Database>;

/** Who does something, and from where. */
export interface Actor {
  id: string;
  name: string;
  /** The caller's address. */
  ip?: string;
}

/** Something that happened and must stay provable. Nothing secret belongs in it. */
export interface AuditEvent {
  /** Dotted name, `<noun>.<what happened>`, such as `key.registered`. */
  action: string;
  outcome: 'success' | 'failure';
  /** What it was done to: a kid, a repository's full name, a user name. */
  target?: string;
  /** Slug of the organization whose owners may read the event. */
  org?: string;
  details?: Record<string, string | number | boolean>;
}

/** Puts events behind the last one of the audit log, which nobody else can do until the transaction ends. */
export type AppendEvents = (tx: Tx, actor: Partial<Actor>, events: readonly AuditEvent[]) => Promise<void>;

/**
 * Changes the database in one transaction: all of it and its audit events, or nothing. Of all such changes one happens
 * at a time.
 *
 * While it runs, other parts of the database's handle must not be used inside `work`: SQLite has one connection, and
 * asking for it again would wait for ever.
 *
 * @param actor - Who does it; without an id where that is not known, and `{}` for the server itself.
 * @param work - Is given the transaction, and a function that takes the audit events of what it does. It throws to undo.
 */
export type Write = <T>(
  actor: Partial<Actor>,
  work: (tx: Tx, audit: (event: AuditEvent) => void) => T | Promise<T>,
) => Promise<T>;

/** The only way to change an open database. */
export function unitOfWork(db: Kysely<Database>, append: AppendEvents): Write {
  const turns = new Turns();
  const change: Write = (actor, work) =>
    db.transaction().execute(async (tx) => {
      // Locks the row until the transaction ends, on every database: units of work come one after the other, so that
      // what one has read is still true when it writes (a condition on a tag, parts of a manifest, a number of keys).
      // It comes first, so that they never wait for each other in a circle either.
      await tx
        .updateTable('changes')
        .set((row) => ({ count: row('count', '+', 1) }))
        .execute();
      const events: AuditEvent[] = [];
      const result = await work(tx, (event) => {
        events.push(event);
      });
      if (events.length > 0) await append(tx, actor, events);
      return result;
    });
  // Those that waited for the lock would each hold a connection, and nobody could read meanwhile.
  return (actor, work) => turns.run('', () => change(actor, work));
}
