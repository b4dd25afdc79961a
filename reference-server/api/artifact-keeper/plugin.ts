import type { FastifyPluginCallback, FastifyRequest } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { guardApi } from '../../access/api-guard.ts';
import type { DirectorySyncs } from '../../auth/ldap/syncs.ts';
import type { ServerContext } from '../../context.ts';
import { auditRoutes } from './audit-routes.ts';
import { authRoutes } from './auth-routes.ts';
import { answerErrors } from './error-form.ts';
import { ldapRoutes } from './ldap-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { usersRoutes } from './users-routes.ts';
import { tokensRoutes } from './tokens-routes.ts';
import { groupsRoutes } from './groups-routes.ts';
import { permissionsRoutes } from './permissions-routes.ts';
import { repositoriesRoutes } from './repositories-routes.ts';

interface Options {
  context: ServerContext;
  /** Null where there is no directory. */
  syncs: DirectorySyncs | null;
}

/** Artifact Keeper's API under `/api/v1`: sessions that renew themselves, and what administrators of a server manage. */
export const artifactKeeperApi: FastifyPluginCallback<Options> = (app, { context, syncs }, done) => {
  app.addHook('onRequest', (request, reply, next) => {
    reply.header('cache-control', 'no-store');
    readOtherSpellings(request);
    next();
  });
  answerErrors(app);
  guardApi(app, context);
  app.addHook('onRoute', ({ config, schema }) => {
    if (schema !== undefined && config?.access !== 'public') schema.security = [{ bearer: [] }];
  });
  const api = app.withTypeProvider<ZodTypeProvider>();
  systemRoutes(api, context);
  authRoutes(api, context);
  auditRoutes(api, context);
  usersRoutes(api, context);
  tokensRoutes(api, context);
  groupsRoutes(api, context);
  permissionsRoutes(api, context);
  repositoriesRoutes(api, context);
  ldapRoutes(api, context, syncs);
  done();
};

/** `Authorization: Token …` and `ApiKey …`, and without any `X-API-Key`, are other spellings of `Bearer …`. */
function readOtherSpellings({ headers }: FastifyRequest): void {
  const key = headers['x-api-key'];
  if (headers.authorization === undefined && typeof key === 'string') headers.authorization = `Bearer ${key}`;
  headers.authorization = headers.authorization?.replace(/^(?:Token|ApiKey) +/i, 'Bearer ');
}
