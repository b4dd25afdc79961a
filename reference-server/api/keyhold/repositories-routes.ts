import {
  repositoriesPath,
  repositoriesQuerySchema,
  repositoryListSchema,
} from '../../../contracts/server-api/repositories.ts';
import { callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import { askerOf } from '../../access/repository-access.ts';
import { listRepositories } from '../../access/repositories/repository-list.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { errorResponses } from './error-responses.ts';
import { andApiTokens } from '../../access/api-guard.ts';

/** What repositories there are for the caller. */
export function repositoriesRoutes(app: ZodApp, context: ServerContext): void {
  app.get(
    repositoriesPath,
    {
      config: { access: { caller: andApiTokens } },
      schema: {
        summary: 'The repositories that the caller may read, with what the caller may do there',
        tags: ['repositories'],
        querystring: repositoriesQuerySchema,
        response: { 200: repositoryListSchema, ...errorResponses },
      },
    },
    async (request) => listRepositories(context, askerOf(callerOf(request)), request.query),
  );
}
