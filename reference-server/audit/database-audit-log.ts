import type { Kysely, Transaction } from 'kysely';
import type { AuditEventTable, Database } from '../db/schema.ts';
import type { AuditEvent, AuditLog, AuditVerification } from './audit-log.ts';
import { chainFault, genesisHash, hashRow } from './hash-chain.ts';

const verifyBatch = 1000;
/** Longest text kept of anything a caller typed. */
const maxText = 300;

/** The audit log in the table `audit_events`. */
export class DatabaseAuditLog implements AuditLog {
  readonly #db: Kysely<Database>;
  readonly #now: () => Date;

  constructor(db: Kysely<Database>, now: () => Date) {
    this.#db = db;
    this.#now = now;
  }

  async append(event: AuditEvent, transaction?: Transaction<Database>): Promise<void> {
    if (transaction !== undefined) return this.#insert(event, transaction);
    await this.#db.transaction().execute((own) => this.#insert(event, own));
  }

  async verify(): Promise<AuditVerification> {
    let previous = { seq: 0, hash: genesisHash };
    for (;;) {
      const rows = await this.#db
        .selectFrom('audit_events')
        .selectAll()
        .where('seq', '>', previous.seq)
        .orderBy('seq')
        .limit(verifyBatch)
        .execute();
      for (const row of rows) {
        const reason = chainFault(previous, row);
        const checked = previous.seq;
        if (reason !== null)
          return { valid: false, checked, head: await this.#head(), brokenAt: row.seq, reason };
        previous = { seq: row.seq, hash: row.hash };
      }
      if (rows.length < verifyBatch) break;
    }
    return { valid: true, checked: previous.seq, head: previous.seq === 0 ? null : previous };
  }

  async #insert(event: AuditEvent, transaction: Transaction<Database>): Promise<void> {
    const last = await this.#head(transaction);
    const row = {
      seq: (last?.seq ?? 0) + 1,
      at: this.#now().toISOString(),
      action: event.action,
      outcome: event.outcome,
      actor_id: event.actor?.id ?? null,
      actor_name: event.actor?.name ?? null,
      target: event.target?.slice(0, maxText) ?? null,
      org: event.org ?? null,
      address: event.ip ?? null,
      details: JSON.stringify(event.details ?? {}),
      prev_hash: last?.hash ?? genesisHash,
    } satisfies Omit<AuditEventTable, 'hash'>;
    await transaction
      .insertInto('audit_events')
      .values({ ...row, hash: hashRow(row) })
      .execute();
  }

  async #head(db: Kysely<Database> = this.#db): Promise<{ seq: number; hash: string } | null> {
    const row = await db
      .selectFrom('audit_events')
      .select(['seq', 'hash'])
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row ?? null;
  }
}
