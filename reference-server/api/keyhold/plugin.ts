import type { FastifyPluginCallback } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { ServerContext } from '../../context.ts';
import { accessRequestsRoutes } from './access-requests-routes.ts';
import { accessBatchesRoutes } from './access-batches-routes.ts';
import { accessReviewRoutes } from './access-review-routes.ts';
import { accessRoutes } from './access-routes.ts';
import { accessTemplatesRoutes } from './access-templates-routes.ts';
import { auditRoutes } from './audit-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { authorizationsRoutes } from './authorizations-routes.ts';
import { botsRoutes } from './bots-routes.ts';
import { cliRoutes } from './cli-routes.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { guardApi } from '../../access/api-guard.ts';
import { browserAccessAt } from '../../access/browser-access.ts';
import { keysRoutes } from './keys-routes.ts';
import { repositoriesRoutes } from './repositories-routes.ts';
import { whoamiRoutes } from './whoami-routes.ts';

/** Discovery, sign-in and Keyhold's own API under `/v1`. */
export const keyholdApi: FastifyPluginCallback<{ context: ServerContext }> = (app, { context }, done) => {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.header('cache-control', 'no-store');
    next();
  });
  guardApi(app, context);
  app.addHook('onRoute', ({ config, schema }) => {
    if (schema !== undefined && config?.access !== 'public') schema.security = [{ bearer: [] }];
  });
  const api = app.withTypeProvider<ZodTypeProvider>();
  const { dialects } = context.config;
  discoveryRoutes(api, context);
  // Kisenon's API is signed in to by the same addresses.
  if (dialects.includes('keyhold') || dialects.includes('kisenon')) authRoutes(api, context);
  if (browserAccessAt(dialects).length > 0) cliRoutes(api, context);
  if (dialects.includes('keyhold')) {
    keysRoutes(api, context);
    whoamiRoutes(api, context);
    repositoriesRoutes(api, context);
    authorizationsRoutes(api, context);
    botsRoutes(api, context);
    accessRoutes(api, context);
    accessRequestsRoutes(api, context);
    accessBatchesRoutes(api, context);
    accessReviewRoutes(api, context);
    accessTemplatesRoutes(api, context);
    auditRoutes(api, context);
  }
  done();
};
