import { z } from 'zod';
import type { AuditEventRow } from '../../contracts/server-api/audit.ts';
import type { AuditEventTable } from '../db/schema.ts';
import type { Reader } from '../db/write.ts';

const detailsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Which events somebody may see: all, or those of some organizations and of their members outside any organization. */
export type AuditScope = { all: true } | { all: false; orgIds: string[] };

/**
 * One page of the audit log, the newest event first.
 *
 * @param page - `limit` events with a `seq` below `before`.
 */
export async function readAudit(
  db: Reader,
  scope: AuditScope,
  page: { limit: number; before?: number | undefined },
): Promise<AuditEventRow[]> {
  let query = db
    .selectFrom('audit_events')
    .selectAll('audit_events')
    .orderBy('seq', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) query = query.where('seq', '<', page.before);
  if (!scope.all) {
    const { orgIds } = scope;
    query = query.where((where) =>
      where.or([
        where('org', 'in', (sub) => sub.selectFrom('organizations').select('slug').where('id', 'in', orgIds)),
        where.and([
          where('org', 'is', null),
          where('actor_id', 'in', (sub) =>
            sub.selectFrom('memberships').select('user_id').where('org_id', 'in', orgIds),
          ),
        ]),
      ]),
    );
  }
  return (await query.execute()).map(toEvent);
}

function toEvent(row: AuditEventTable): AuditEventRow {
  return { ...row, details: readDetails(row.details) };
}

/** A row that was tampered with must still be shown: its details are then the text as it is. */
function readDetails(text: string): AuditEventRow['details'] {
  try {
    return detailsSchema.parse(JSON.parse(text));
  } catch {
    return { unreadable: text };
  }
}
