import type {
  DeleteQueryBuilder,
  DeleteResult,
  InsertQueryBuilder,
  InsertResult,
  Kysely,
  Transaction,
  UpdateQueryBuilder,
  UpdateResult,
} from 'kysely';
import { Turns } from '../turns.ts';
import type { Database } from './schema.ts';

/** Reads the database. It is changed by `write` alone. */
export type Reader = Pick<Kysely<Database>, 'selectFrom'>;

/** `write` itself keeps the audit log and the count of changes; nobody else changes them. */
type Changeable = Exclude<keyof Database, 'audit_events' | 'changes'>;

/** The open transaction of a `write`: reads, and changes what is `Changeable`. */
export interface Tx extends Reader {
  insertInto<Table extends Changeable>(table: Table): InsertQueryBuilder<Database, Table, InsertResult>;
  updateTable<Table extends Changeable>(
    table: Table,
  ): UpdateQueryBuilder<Database, Table, Table, UpdateResult>;
  deleteFrom<Table extends Changeable>(table: Table): DeleteQueryBuilder<Database, Table, DeleteResult>;
}

/** Who does something, and from where. */
export interface Actor {
  id: string;
  name: string;
  /** The caller's address. */
  ip?: string;
  /** Id of the API key that it is done with. */
  apiKey?: string;
  /** The same of an API token. */
  apiToken?: string;
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

/** Takes the audit events of a change. */
export type Audit = (event: AuditEvent) => void;

/** Adds events to the end of the audit log. */
export type AppendEvents = (
  tx: Transaction<Database>,
  actor: Partial<Actor>,
  events: readonly AuditEvent[],
) => Promise<void>;

/**
 * Changes the database in one transaction: the changes and their audit events are stored together or not at all. One
 * such transaction runs at a time.
 *
 * @param actor - Who does it; without an id where that is not known, and `{}` for the server itself. `work` may fill it
 *   in, where it finds out who it is.
 * @param work - Gets the transaction, and a function that takes the audit events of what it does. It throws to undo.
 *   Inside it, use `tx` alone: SQLite has one connection, and asking `context.db` for it would wait for ever.
 */
export type Write = <T>(actor: Partial<Actor>, work: (tx: Tx, audit: Audit) => T | Promise<T>) => Promise<T>;

/** Told after each transaction which tables it changed by itself, without what went along by foreign keys. */
type Committed = (tables: ReadonlySet<keyof Database>) => void;

/** Makes the only way to change an open database. */
export function unitOfWork(
  db: Kysely<Database>,
  append: AppendEvents,
  committed: Committed = () => undefined,
): Write {
  const turns = new Turns();
  const change: Write = async (actor, work) => {
    const tables = new Set<Changeable>();
    const result = await db.transaction().execute(async (tx) => {
      // This locks the row until the transaction ends, on every database. So transactions come one after the other,
      // and what one has read (a tag, a number of keys) is still true when it writes. It comes first, so that two of
      // them never wait for each other.
      await tx
        .updateTable('changes')
        .set((row) => ({ count: row('count', '+', 1) }))
        .execute();
      const events: AuditEvent[] = [];
      const result = await work(noting(tx, tables), (event) => {
        events.push(event);
      });
      if (events.length > 0) await append(tx, actor, events);
      return result;
    });
    committed(tables);
    return result;
  };
  // They wait here, before they take a connection: waiting for the lock they would hold all of them, and nobody
  // could read meanwhile.
  return (actor, work) => turns.run('', () => change(actor, work));
}

/** The transaction, which notes the tables that it is used to change. */
function noting(tx: Transaction<Database>, tables: Set<Changeable>): Tx {
  return {
    selectFrom: tx.selectFrom.bind(tx),
    insertInto: (table) => tx.insertInto(noted(table)),
    updateTable: (table) => tx.updateTable(noted(table)) as never,
    deleteFrom: (table) => tx.deleteFrom(noted(table)) as never,
  };
  function noted<Table extends Changeable>(table: Table): Table {
    tables.add(table);
    return table;
  }
}
