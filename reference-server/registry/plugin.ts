import type { FastifyInstance, FastifyPluginAsync } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import type { DeclaredRoute } from '../access/route-access.ts';
import { takeOtherTypesWithoutBody } from '../http/body-types.ts';
import type { ServerContext } from '../context.ts';
import { registryAuthorization, setApiVersion } from './guard.ts';
import { blobRoutes } from './blob-routes.ts';
import { catalogRoutes } from './catalog-routes.ts';
import { deletionRoutes } from './deletion-routes.ts';
import { replyWithError } from './error-reply.ts';
import { fallbackRoutes } from './fallback-routes.ts';
import { manifestRoutes } from './manifest-routes.ts';
import { collectGarbage } from './garbage.ts';
import { referrersRoutes } from './referrers-routes.ts';
import { openRegistry } from './registry.ts';
import type { Registry } from './registry.ts';
import { tagRoutes } from './tag-routes.ts';
import { tokenRoutes } from './token-routes.ts';
import { uploadRoutes } from './upload-routes.ts';

const sweepInterval = 60 * 60 * 1000;
/** How long uses are held before they are written, in milliseconds. */
const useInterval = 60_000;

interface RegistryOptions {
  context: ServerContext;
  /** All of the server's; those of the registry are among them once they are made. */
  allRoutes: readonly DeclaredRoute[];
}

/** The OCI registry: its token endpoint and everything else under `/v2` (OCI distribution specification 1.1). */
export const registryPlugin: FastifyPluginAsync<RegistryOptions> = async (app, { context, allRoutes }) => {
  const registry = await openRegistry(context, (digest, movedTo) => {
    app.log.error({ digest, movedTo }, 'a content did not have its digest and was moved away');
    return Promise.resolve();
  });
  const sweeper = setInterval(() => {
    clearUp(registry).catch((error: unknown) =>
      app.log.error({ err: error }, 'removing what nobody needs failed'),
    );
  }, sweepInterval).unref();
  const saver = setInterval(() => void saveUses(app, context), useInterval).unref();
  app.addHook('onClose', () => {
    clearInterval(sweeper);
    clearInterval(saver);
    return saveUses(app, context);
  });

  app.setErrorHandler(replyWithError);
  app.decorateRequest('registryCaller', null);
  app.decorateRequest('registryAccess', null);
  app.decorateRequest('registryGuard', null);
  app.addHook('onRequest', setApiVersion);
  app.addHook('preHandler', registryAuthorization(context));
  app.removeAllContentTypeParsers();

  await app.register((scope, _options, done) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, next) => next(null, formFields(String(body))),
    );
    takeOtherTypesWithoutBody(scope);
    tokenRoutes(scope.withTypeProvider<ZodTypeProvider>(), context);
    done();
  });
  await app.register((scope, _options, done) => {
    // Handlers read bodies from the connection themselves: a blob is never held in memory.
    scope.addContentTypeParser('*', (_request, _body, next) => next(null));
    const routes = scope.withTypeProvider<ZodTypeProvider>();
    blobRoutes(routes, registry);
    uploadRoutes(routes, registry);
    manifestRoutes(routes, registry);
    tagRoutes(routes, registry);
    referrersRoutes(routes, registry);
    deletionRoutes(routes, registry);
    catalogRoutes(routes, context);
    fallbackRoutes(routes, allRoutes);
    done();
  });
};

/** Where it fails, the next time tries again. */
async function saveUses(app: FastifyInstance, { repositoryUses }: ServerContext): Promise<void> {
  await repositoryUses
    .save()
    .catch((error: unknown) => app.log.error({ err: error }, 'noting who used what failed'));
}

async function clearUp(registry: Registry): Promise<void> {
  await registry.uploads.sweep();
  await collectGarbage(registry);
}

/** A form's fields; a field that comes several times is a list, as in a query. */
function formFields(body: string): Record<string, string | string[]> {
  const form = new URLSearchParams(body);
  const names = [...new Set(form.keys())];
  return Object.fromEntries(
    names.map((name) => {
      const values = form.getAll(name);
      return [name, values.length === 1 ? (values[0] ?? '') : values];
    }),
  );
}
