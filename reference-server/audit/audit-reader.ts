import type { ExpressionBuilder } from 'kysely';
import { z } from 'zod';
import type { AuditEventRow } from '../../contracts/server-api/audit.ts';
import type { AuditEventTable, Database } from '../db/schema.ts';
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
    .selectAll()
    .where(within(scope))
    .orderBy('seq', 'desc')
    .limit(page.limit);
  if (page.before !== undefined) query = query.where('seq', '<', page.before);
  return (await query.execute()).map(toEvent);
}

/** What events have to fit; what is left out, all fit. */
export interface AuditFilter {
  actor?: string | undefined;
  /** Any of these, by action and outcome. */
  events?: readonly Pick<AuditEventTable, 'action' | 'outcome'>[] | undefined;
  /** What stands before the dot of the action. */
  noun?: string | undefined;
  target?: string | undefined;
  /** RFC 3339 in UTC, both counting. */
  from?: string | undefined;
  to?: string | undefined;
}

/** The events that fit a filter, the newest first, and how many there are. */
export async function searchAudit(
  db: Reader,
  scope: AuditScope,
  filter: AuditFilter,
  { offset, limit }: { offset: number; limit: number },
): Promise<{ events: AuditEventRow[]; total: number }> {
  const found = db.selectFrom('audit_events').where(within(scope)).where(fitting(filter));
  const { total } = await found
    .select((select) => select.fn.countAll<number>().as('total'))
    .executeTakeFirstOrThrow();
  const rows = await found.selectAll().orderBy('seq', 'desc').offset(offset).limit(limit).execute();
  return { events: rows.map(toEvent), total };
}

/** Every action that the log has. */
export async function loggedActions(db: Reader): Promise<string[]> {
  const rows = await db.selectFrom('audit_events').select('action').distinct().execute();
  return rows.map(({ action }) => action);
}

/** Events behind one, the oldest first. */
export function eventsBehind(db: Reader, seq: number, limit: number): Promise<AuditEventRow[]> {
  const rows = db.selectFrom('audit_events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit);
  return rows.execute().then((found) => found.map(toEvent));
}

type Where = ExpressionBuilder<Database, 'audit_events'>;

function within(scope: AuditScope) {
  return (where: Where) => {
    if (scope.all) return where.and([]);
    const { orgIds } = scope;
    return where.or([
      where('org', 'in', (sub) => sub.selectFrom('organizations').select('slug').where('id', 'in', orgIds)),
      where.and([
        where('org', 'is', null),
        where('actor_id', 'in', (sub) =>
          sub.selectFrom('memberships').select('user_id').where('org_id', 'in', orgIds),
        ),
      ]),
    ]);
  };
}

function fitting({ actor, events, noun, target, from, to }: AuditFilter) {
  return (where: Where) =>
    where.and([
      ...(actor === undefined ? [] : [where('actor_id', '=', actor)]),
      ...(target === undefined ? [] : [where('target', '=', target)]),
      ...(from === undefined ? [] : [where('at', '>=', from)]),
      ...(to === undefined ? [] : [where('at', '<=', to)]),
      ...(noun === undefined
        ? []
        : [where.and([where('action', '>=', `${noun}.`), where('action', '<', `${noun}/`)])]),
      ...(events === undefined
        ? []
        : [where.or(events.map(({ action, outcome }) => where.and({ action, outcome })))]),
    ]);
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
