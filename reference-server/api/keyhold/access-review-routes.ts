import { reviewPath, reviewQuerySchema, reviewSchema } from '../../../contracts/server-api/access/review.ts';
import { andApiTokens } from '../../access/api-guard.ts';
import { reviewAccess } from '../../access/review/review.ts';
import { callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

/** What is worth a look among grants, for those who administer the repositories. */
export function accessReviewRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    reviewPath,
    {
      // The operation asks for the right on what the query names.
      config: { access: { caller: andApiTokens } },
      schema: {
        summary: 'What is worth a look among the grants on repositories that the caller administers',
        tags: ['access'],
        querystring: reviewQuerySchema,
        response: { 200: reviewSchema, ...errorResponses },
      },
    },
    async (request) => reviewAccess(context, callerOf(request), request.query.org),
  );
}
