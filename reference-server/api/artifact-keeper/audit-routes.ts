import {
  auditPageSchema,
  auditPath,
  auditQuerySchema,
} from '../../../contracts/server-api/artifact-keeper/audit.ts';
import type { AuditItem, AuditQuery } from '../../../contracts/server-api/artifact-keeper/audit.ts';
import type { AuditEventRow } from '../../../contracts/server-api/audit.ts';
import { peopleAndApiTokens } from '../../access/api-guard.ts';
import { found } from '../../access/require-right.ts';
import { detailsOfEvent, eventsOfName, nameOfEvent, resourceTypeOf } from '../../audit/action-names.ts';
import { loggedActions, searchAudit } from '../../audit/audit-reader.ts';
import type { AuditFilter } from '../../audit/audit-reader.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-form.ts';

/** The audit log of the server, in Artifact Keeper's words. */
export function auditRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    auditPath,
    {
      config: { access: { caller: peopleAndApiTokens, may: { server: 'read-audit' }, scope: 'admin' } },
      schema: {
        summary: 'The audit log, newest event first (administrators; owners see their organizations)',
        tags: ['artifact-keeper: audit'],
        querystring: auditQuerySchema,
        response: { 200: auditPageSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { page, per_page } = request.query;
      const filter = await filterOf(context, request.query);
      const where = { offset: (page - 1) * per_page, limit: per_page };
      const { events, total } =
        filter === null
          ? { events: [], total: 0 }
          : await searchAudit(context.db, found(request.auditScope), filter, where);
      return { items: events.map(toItem), total, page, per_page };
    },
  );
}

/** @returns null where nothing can fit */
async function filterOf({ db }: ServerContext, query: AuditQuery): Promise<AuditFilter | null> {
  const { user_id: actor, resource_type: noun, resource_id: target, correlation_id: correlation } = query;
  const events = query.action === undefined ? undefined : eventsOfName(query.action, await loggedActions(db));
  if (correlation !== undefined || events?.length === 0) return null;
  return { actor, events, noun, target, from: utcOf(query.from), to: utcOf(query.to) };
}

function utcOf(moment: string | undefined): string | undefined {
  return moment === undefined ? undefined : new Date(moment).toISOString();
}

function toItem(event: AuditEventRow): AuditItem {
  return {
    id: String(event.seq),
    user_id: event.actor_id,
    actor_username: event.actor_name,
    action: nameOfEvent(event),
    resource_type: resourceTypeOf(event.action),
    resource_id: event.target,
    details: detailsOfEvent(event),
    ip_address: event.address,
    correlation_id: null,
    created_at: event.at,
  };
}
