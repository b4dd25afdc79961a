import { z } from 'zod';
import type { AuditEventRow } from '../../contracts/server-api/audit.ts';
import type { ServerContext } from '../context.ts';
import type { AuditEventTable } from '../db/schema.ts';
import { ApiError } from '../http/errors.ts';

const detailsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Whose events a reader may see: all, or those of some organizations and what their members do outside of any. */
export type AuditScope = { all: true } | { all: false; orgIds: string[] };

/**
 * What the audit log shows a user: administrators of the server see everything; owners of organizations what happened
 * in these, and what their members did that belongs to no organization (sign-ins, their own keys). What happened in
 * somebody else's organization is never an owner's, whoever did it.
 *
 * @throws ApiError 403 for everybody else.
 */
export async function auditScopeOf(context: ServerContext, userId: string): Promise<AuditScope> {
  const user = await context.db
    .selectFrom('users')
    .select('role')
    .where('id', '=', userId)
    .executeTakeFirst();
  if (user?.role === 'admin') return { all: true };
  const owned = await context.db
    .selectFrom('memberships')
    .select('org_id')
    .where('user_id', '=', userId)
    .where('role', '=', 'owner')
    .execute();
  if (owned.length === 0) {
    throw new ApiError(
      'role_insufficient',
      'Only owners of an organization and administrators may read the audit log.',
    );
  }
  return { all: false, orgIds: owned.map((row) => row.org_id) };
}

/**
 * One page of the audit log, the newest event first.
 *
 * @param page - `limit` events with a `seq` below `before`.
 */
export async function readAudit(
  context: ServerContext,
  scope: AuditScope,
  page: { limit: number; before?: number | undefined },
): Promise<AuditEventRow[]> {
  let query = context.db
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
