import { auditPageSchema, auditQuerySchema, auditVerifySchema } from '../../../contracts/server-api/audit.ts';
import { verifyAudit } from '../../audit/audit-log.ts';
import { readAudit } from '../../audit/audit-reader.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';
import { signedIn } from '../../access/api-guard.ts';
import { found } from '../../access/require-right.ts';

const tags = ['audit'];
const config = { access: { caller: signedIn, may: { server: 'read-audit' } } } as const;

/** Reading and checking the audit log. */
export function auditRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    '/v1/audit',
    {
      config,
      schema: {
        summary: 'The audit log, newest event first (organization owners, administrators)',
        tags,
        querystring: auditQuerySchema,
        response: { 200: auditPageSchema, ...errorResponses },
      },
    },
    async (request) => {
      return { events: await readAudit(context.db, found(request.auditScope), request.query) };
    },
  );

  app.post(
    '/v1/audit/verify',
    {
      config,
      schema: {
        summary: 'Recompute the hash chain of the whole audit log',
        tags,
        response: { 200: auditVerifySchema, ...errorResponses },
      },
    },
    async () => {
      const { checked, head, ...result } = await verifyAudit(context.db);
      return result.valid
        ? { valid: true, checked, head }
        : { valid: false, checked, head, broken_at: result.brokenAt, reason: result.reason };
    },
  );
}
