import { auditPageSchema, auditQuerySchema, auditVerifySchema } from '../../../contracts/server-api/audit.ts';
import { verifyAudit } from '../../audit/audit-log.ts';
import { auditScopeOf, readAudit } from '../../audit/audit-reader.ts';
import { requirePrincipal } from '../../auth/request-principal.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

const tags = ['audit'];
const security = [{ bearer: [] }];

/** Reading and checking the audit log. */
export function auditRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    '/v1/audit',
    {
      schema: {
        summary: 'The audit log, newest event first (organization owners, administrators)',
        tags,
        security,
        querystring: auditQuerySchema,
        response: { 200: auditPageSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { id } = await requirePrincipal(context, request);
      return { events: await readAudit(context, await auditScopeOf(context, id), request.query) };
    },
  );

  app.post(
    '/v1/audit/verify',
    {
      schema: {
        summary: 'Recompute the hash chain of the whole audit log',
        tags,
        security,
        response: { 200: auditVerifySchema, ...errorResponses },
      },
    },
    async (request) => {
      const { id } = await requirePrincipal(context, request);
      await auditScopeOf(context, id);
      const { checked, head, ...result } = await verifyAudit(context.db);
      return result.valid
        ? { valid: true, checked, head }
        : { valid: false, checked, head, broken_at: result.brokenAt, reason: result.reason };
    },
  );
}
