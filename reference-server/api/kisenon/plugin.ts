import type { FastifyPluginCallback } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { guardApi } from '../../access/api-guard.ts';
import type { Providers } from '../../auth/oidc/providers.ts';
import type { ServerContext } from '../../context.ts';
import { apiKeysRoutes } from './api-keys-routes.ts';
import { branchesRoutes } from './branches-routes.ts';
import { eventsRoutes } from './events-routes.ts';
import { exchangeRoutes } from './exchange-routes.ts';
import { pendingRoutes } from './pending-routes.ts';
import { invitationsRoutes } from './invitations-routes.ts';
import { membersRoutes } from './members-routes.ts';
import { orgsRoutes } from './orgs-routes.ts';
import { projectsRoutes } from './projects-routes.ts';
import { sessionRoutes } from './session-routes.ts';

/**
 * Kisenon's API: server JWTs, organizations and what is in them, API keys. It shares guard, error form and addresses
 * under `/v1` with Keyhold's own.
 */
export const kisenonApi: FastifyPluginCallback<{ context: ServerContext; providers: Providers }> = (
  app,
  { context, providers },
  done,
) => {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.header('cache-control', 'no-store');
    next();
  });
  guardApi(app, context);
  app.addHook('onRoute', ({ config, schema }) => {
    if (schema !== undefined && config?.access !== 'public') schema.security = [{ bearer: [] }];
  });
  const api = app.withTypeProvider<ZodTypeProvider>();
  exchangeRoutes(api, context, providers);
  sessionRoutes(api, context);
  projectsRoutes(api, context);
  branchesRoutes(api, context);
  apiKeysRoutes(api, context);
  eventsRoutes(api, context);
  pendingRoutes(api, context);
  orgsRoutes(api, context);
  membersRoutes(api, context);
  invitationsRoutes(api, context);
  done();
};
