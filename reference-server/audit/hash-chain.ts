import { createHash } from 'node:crypto';
import type { AuditEventTable } from '../db/schema.ts';

/** The hash before the first row. */
export const genesisHash = '0'.repeat(64);

/**
 * SHA-256 (hex) over one row and the hash before it. The row is written as a JSON array with a fixed order of
 * columns, so that no two different rows have the same text.
 */
export function hashRow(row: Omit<AuditEventTable, 'hash'>): string {
  const text = JSON.stringify([
    row.seq,
    row.at,
    row.action,
    row.outcome,
    row.actor_id,
    row.actor_name,
    row.target,
    row.org,
    row.address,
    row.details,
    row.prev_hash,
  ]);
  return createHash('sha256').update(text).digest('hex');
}

/** Why a row does not follow the one before it, or null when it does. */
export function chainFault(previous: { seq: number; hash: string }, row: AuditEventTable): string | null {
  if (row.seq !== previous.seq + 1) {
    return `Event ${String(previous.seq + 1)} is missing: ${String(row.seq)} comes after ${String(previous.seq)}.`;
  }
  if (row.prev_hash !== previous.hash)
    return 'The hash of the event before does not match: one of the two was changed.';
  if (row.hash !== hashRow(row))
    return 'The content does not match its hash: the event was changed after it was written.';
  return null;
}
