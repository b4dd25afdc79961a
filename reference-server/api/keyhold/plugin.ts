import type { FastifyPluginCallback } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { requirePrincipal } from '../../auth/request-principal.ts';
import type { ServerContext } from '../../context.ts';
import { auditRoutes } from './audit-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { authorizationsRoutes } from './authorizations-routes.ts';
import { botsRoutes } from './bots-routes.ts';
import { discoveryRoutes } from './discovery-routes.ts';
import { keysRoutes } from './keys-routes.ts';
import { repositoriesRoutes } from './repositories-routes.ts';
import { whoamiRoutes } from './whoami-routes.ts';

/** Keyhold's own API: discovery and everything under `/v1`. */
export const keyholdApi: FastifyPluginCallback<{ context: ServerContext }> = (app, { context }, done) => {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.header('cache-control', 'no-store');
    next();
  });
  // Who asks before sending a body is told before it that nobody is signed in (RFC 9110, section 10.1.1).
  app.addHook('onRequest', async (request) => {
    const { security } = request.routeOptions.schema ?? {};
    if (request.headers.expect !== undefined && security !== undefined)
      await requirePrincipal(context, request);
  });
  const api = app.withTypeProvider<ZodTypeProvider>();
  discoveryRoutes(api, context);
  authRoutes(api, context);
  keysRoutes(api, context);
  whoamiRoutes(api, context);
  repositoriesRoutes(api, context);
  authorizationsRoutes(api, context);
  botsRoutes(api, context);
  auditRoutes(api, context);
  done();
};
