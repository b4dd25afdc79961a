import type { AuditEventTable } from '../db/schema.ts';
import type { AppendEvents, Reader } from '../db/write.ts';
import { chainFault, genesisHash, hashRow } from './hash-chain.ts';

const verifyBatch = 1000;
/** A statement takes some ten thousand values, and one change may have more events: of groups, of people who left. */
const insertBatch = 1000;
/** Longest text kept of anything a caller typed. */
const maxText = 300;

/** Result of reading the whole log again. `brokenAt` is the `seq` of the first row that does not fit. */
type AuditVerification = { checked: number; head: { seq: number; hash: string } | null } & (
  { valid: true } | { valid: false; brokenAt: number; reason: string }
);

/** Makes what adds events to the end of the log, each with the hash of the one before. */
export function appendEvents(now: () => Date): AppendEvents {
  return async (tx, actor, events) => {
    let head = (await readHead(tx)) ?? { seq: 0, hash: genesisHash };
    const rows = events.map((event): AuditEventTable => {
      const row = {
        seq: head.seq + 1,
        at: now().toISOString(),
        action: event.action,
        outcome: event.outcome,
        actor_id: actor.id ?? null,
        actor_name: actor.name ?? null,
        target: event.target === undefined ? null : storable(event.target),
        org: event.org ?? null,
        address: actor.ip ?? null,
        // What a stolen key did is found by it.
        details: JSON.stringify({
          ...event.details,
          ...(actor.apiKey && { api_key: actor.apiKey }),
          ...(actor.apiToken && { api_token: actor.apiToken }),
        }),
        prev_hash: head.hash,
      };
      head = { seq: row.seq, hash: hashRow(row) };
      return { ...row, hash: head.hash };
    });
    for (let at = 0; at < rows.length; at += insertBatch) {
      await tx
        .insertInto('audit_events')
        .values(rows.slice(at, at + insertBatch))
        .execute();
    }
  };
}

/**
 * A typed text in the form in which every database gives it back, since the hash is over that: without NUL, which
 * PostgreSQL does not store, and without half a surrogate pair.
 */
function storable(text: string): string {
  return text.slice(0, maxText).toWellFormed().replaceAll('\0', '\u{fffd}');
}

/** Computes every hash again, in order. */
export async function verifyAudit(db: Reader): Promise<AuditVerification> {
  let previous = { seq: 0, hash: genesisHash };
  for (;;) {
    const rows = await db
      .selectFrom('audit_events')
      .selectAll()
      .where('seq', '>', previous.seq)
      .orderBy('seq')
      .limit(verifyBatch)
      .execute();
    for (const row of rows) {
      const reason = chainFault(previous, row);
      if (reason !== null) {
        const head = await readHead(db);
        return { valid: false, checked: previous.seq, head, brokenAt: row.seq, reason };
      }
      previous = { seq: row.seq, hash: row.hash };
    }
    if (rows.length < verifyBatch) break;
  }
  return { valid: true, checked: previous.seq, head: previous.seq === 0 ? null : previous };
}

async function readHead(db: Reader): Promise<{ seq: number; hash: string } | null> {
  const row = await db
    .selectFrom('audit_events')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}
