import {
  repositoriesPath,
  repositoriesQuerySchema,
  repositoryListSchema,
} from '../../../contracts/server-api/repositories.ts';
import { requirePrincipal } from '../../auth/request-principal.ts';
import type { ServerContext } from '../../context.ts';
import { listRepositories } from '../../identity/repositories.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';

/** What repositories there are for the caller. */
export function repositoriesRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    repositoriesPath,
    {
      schema: {
        summary: 'The repositories that the caller may read, with what the caller may do there',
        tags: ['repositories'],
        security: [{ bearer: [] }],
        querystring: repositoriesQuerySchema,
        response: { 200: repositoryListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const principal = await requirePrincipal(context, request);
      return listRepositories(context, principal, request.query);
    },
  );
}
