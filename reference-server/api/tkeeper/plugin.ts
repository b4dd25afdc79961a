import type { FastifyPluginCallback } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { DeclaredRoute } from '../../access/route-access.ts';
import type { KeeperCallers } from '../../auth/keeper/callers.ts';
import type { ServerContext } from '../../context.ts';
import { requireUnsealed } from '../../keeper/system.ts';
import { controlRoutes } from './control-routes.ts';
import { answerErrors } from './error-form.ts';
import { guardKeeper } from './guard.ts';
import { keysRoutes } from './keys-routes.ts';
import { oversightRoutes } from './oversight-routes.ts';
import { signingRoutes } from './signing-routes.ts';
import { systemRoutes } from './system-routes.ts';
import { unroutedKeeper } from './unrouted.ts';

/** Largest body, in bytes. */
const bodyLimit = 10 * 1024 * 1024;

interface Options {
  context: ServerContext;
  callers: KeeperCallers;
  /** All of the server's; the keeper's are among them once they are made. */
  allRoutes: readonly DeclaredRoute[];
}

/** TKeeper's API under `/v1/keeper` and `/v2/keeper`: keys of the server's own, used by rules that a token brings. */
export const tkeeperApi: FastifyPluginCallback<Options> = (app, { context, callers, allRoutes }, done) => {
  app.addHook('onRequest', (_request, reply, next) => {
    reply.header('cache-control', 'no-store');
    next();
  });
  answerErrors(app);
  guardKeeper(app, {
    callerOf: (headers) => callers.ofHeaders(headers),
    noteRefused: (ip, error) => callers.noteRefused(ip, error),
    requireUnsealed: () => requireUnsealed(context),
  });
  app.addHook('onRoute', (route) => {
    route.bodyLimit ??= bodyLimit;
    const access = route.config?.access;
    const isOpen =
      access === 'public' ||
      (typeof access === 'object' && 'keeper' in access && access.keeper === 'anybody');
    if (route.schema !== undefined && !isOpen) route.schema.security = [{ keeperJwt: [] }, { keeperDev: [] }];
  });
  const api = app.withTypeProvider<ZodTypeProvider>();
  controlRoutes(api, context, callers);
  systemRoutes(api, context);
  keysRoutes(api, context);
  signingRoutes(api, context);
  oversightRoutes(api, context);
  unroutedKeeper(api, allRoutes);
  done();
};
