import {
  packageListSchema,
  packagesPath,
  packagesQuerySchema,
  repositoryFormat,
  repositoryType,
  serverRepositoriesPath,
  serverRepositoriesQuerySchema,
  serverRepositoryListSchema,
} from '../../../contracts/server-api/artifact-keeper/repositories.ts';
import { numberedPage } from '../../../contracts/server-api/artifact-keeper/pages.ts';
import { notByApiKey } from '../../access/api-guard.ts';
import { askerOf } from '../../access/repository-access.ts';
import { repositoryPages } from '../../access/repositories/repository-pages.ts';
import { callerOf } from '../../access/route-access.ts';
import type { ServerContext } from '../../context.ts';
import type { ZodApp } from '../../http/zod-app.ts';
import { nameOfRepository } from '../../identity/repositories.ts';
import { errorResponses } from './error-form.ts';

const tags = ['artifact-keeper: repositories'];
const config = { access: { caller: [...notByApiKey, 'api-token'] } } as const;

/** What the registry holds, as far as the caller may read it. */
export function repositoriesRoutes(app: ZodApp, context: ServerContext): void {
  const pages = repositoryPages(context);
  app.get(
    serverRepositoriesPath,
    {
      config,
      schema: {
        summary: 'The repositories that the caller may read',
        tags,
        querystring: serverRepositoriesQuerySchema,
        response: { 200: serverRepositoryListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { q: search, format = repositoryFormat, type = repositoryType, ...page } = request.query;
      if (format !== repositoryFormat || type !== repositoryType) return numberedPage([], 0, page);
      return pages.repositories(askerOf(callerOf(request)), { search }, page);
    },
  );

  app.get(
    packagesPath,
    {
      config,
      schema: {
        summary: 'The images that the caller may pull',
        tags,
        querystring: packagesQuerySchema,
        response: { 200: packageListSchema, ...errorResponses },
      },
    },
    async (request) => {
      const { search, repository_key: key, format = repositoryFormat, ...page } = request.query;
      if (format !== repositoryFormat) return numberedPage([], 0, page);
      const name = key === undefined ? undefined : await nameOfRepository(context.db, key);
      return pages.packages(askerOf(callerOf(request)), { search, name }, page);
    },
  );
}
