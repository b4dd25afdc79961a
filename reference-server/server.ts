import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest, FastifyServerFactory } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import type { Kysely } from 'kysely';
import { createServer as createHttpServer, maxHeaderSize } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { decorateFound } from './access/require-right.ts';
import { methodsAt, requireDeclarations } from './access/route-access.ts';
import type { DeclaredRoute } from './access/route-access.ts';
import { isLoopbackHost } from '../contracts/domain/origin.ts';
import { artifactKeeperPrefix } from '../contracts/server-api/artifact-keeper/session.ts';
import { toArtifactKeeperError } from './api/artifact-keeper/error-form.ts';
import { artifactKeeperApi } from './api/artifact-keeper/plugin.ts';
import { toKeeperError } from './api/tkeeper/error-form.ts';
import { tkeeperApi } from './api/tkeeper/plugin.ts';
import { refuseUnrouted as refuseUnroutedKeeper } from './api/tkeeper/unrouted.ts';
import { keyholdApi } from './api/keyhold/plugin.ts';
import { kisenonApi } from './api/kisenon/plugin.ts';
import { openAuditFile } from './audit/audit-file.ts';
import { appendEvents } from './audit/audit-log.ts';
import { KeeperCallers } from './auth/keeper/callers.ts';
import { LdapDirectory } from './auth/ldap/directory.ts';
import { syncDirectoryInTime } from './auth/ldap/syncs.ts';
import { EventStreams } from './events/event-streams.ts';
import { RepositoryUses } from './db/repository-uses.ts';
import { FailureCounter } from './limits/failure-counter.ts';
import { unknownAddressRule } from './limits/unknown-addresses.ts';
import { accessRequestRule } from './limits/access-requests.ts';
import { MailLimits } from './limits/mail-limits.ts';
import { newOrganizationRule } from './limits/new-organizations.ts';
import { SignInLimits, signInRules, signInRulesFor } from './limits/sign-in-limits.ts';
import { takeJsonBodies } from './http/body-types.ts';
import { clientAddress } from './http/client-address.ts';
import { Providers } from './auth/oidc/providers.ts';
import { loadServerSecrets } from './auth/server-secrets.ts';
import { ConfigError } from './config/config-error.ts';
import type { ServerConfig, ServerSettings } from './config/config.ts';
import { allProviders } from './config/provider.ts';
import { Connections } from './http/connections.ts';
import type { ConnectionLimits } from './http/connection-limits.ts';
import type { ServerContext } from './context.ts';
import { codeOf } from './error-code.ts';
import { openDataFolder, tieFolder } from './db/data-folder.ts';
import type { DataFolder } from './db/data-folder.ts';
import { openDatabase } from './db/open.ts';
import type { Database } from './db/schema.ts';
import { unitOfWork } from './db/write.ts';
import { ApiError } from './http/api-error.ts';
import { toApiError } from './http/to-api-error.ts';
import { newKeeperMemory, sealMemory } from './keeper/memory.ts';
import { loggerOptions } from './log.ts';
import { openOutbox } from './mail/outbox.ts';
import { registerOpenApi } from './http/openapi.ts';
import { authorityOf, listeningOrigin } from './config/own-origin.ts';
import { unroutedRefusal } from './registry/fallback-routes.ts';
import { registryPlugin } from './registry/plugin.ts';
import { foldAddress, isKeeperAddress, isRegistryAddress } from './http/repository-address.ts';
import { askedByOwnName, withSoundHead } from './http/request-heads.ts';
import { registerSecurityHeaders } from './http/security-headers.ts';
import { webPages } from './web/plugin.ts';
import { sendErrorPage, wantsHtml } from './web/error-page.ts';

const bodyLimit = 64 * 1024;
/** How long running requests may take to end at stop, in milliseconds. */
const stopDeadline = 5_000;

/**
 * Schemas are zod's. Set later than when the application is made, the framework would load compilers of its own first:
 * a hundred modules at each start. Its types know only those.
 */
const compilersFactory: object = {
  buildValidator: () => validatorCompiler,
  buildSerializer: () => serializerCompiler,
};

/** A server that listens. */
export interface RunningServer {
  context: ServerContext;
  /** Every route with what it needs. */
  routes: readonly DeclaredRoute[];
  /** What whoever runs the server has to know, in sentences: what lets in more than it should. */
  warnings: readonly string[];
  /** Ends when another server may take the database: then this one has to stop. */
  databaseLost: Promise<undefined>;
  /** Lets running requests end (five seconds at most), then closes the database. */
  stop(): Promise<void>;
}

/**
 * Opens the data folder and database, and listens.
 *
 * @param limits - Smaller ones let a test see the end of a slow connection soon.
 * @param open - Another lets a test begin with tables that are there.
 * @throws ConfigError when a folder, the database or the port cannot be had.
 */
export async function startServer(
  settings: ServerSettings,
  limits?: ConnectionLimits,
  open = openDatabase,
): Promise<RunningServer> {
  const folder = openDataFolder(settings);
  const lost = Promise.withResolvers<undefined>();
  try {
    const db = await open(folder.database, () => lost.resolve(undefined));
    try {
      const context = await createContext(folder, db, limits);
      return { ...(await serve(context, folder, db)), databaseLost: lost.promise };
    } catch (error) {
      await db.destroy();
      throw error;
    }
  } catch (error) {
    folder.release();
    throw error;
  }
}

async function createContext(
  folder: DataFolder,
  db: Kysely<Database>,
  limits: ConnectionLimits | undefined,
): Promise<Omit<ServerContext, 'origin'>> {
  const now = () => new Date();
  const eventStreams = new EventStreams({ db, now });
  const { mail, name, artifactKeeper } = folder.config;
  const { ldap } = artifactKeeper;
  const auditFile = await openAuditFile(artifactKeeper.auditFile, db);
  const write = unitOfWork(db, appendEvents(now), (tables) => {
    eventStreams.wake(tables);
    auditFile?.follow();
  });
  await tieFolder(folder, { db, write, now });
  return {
    db,
    config: folder.config,
    now,
    write,
    connections: new Connections(limits),
    eventStreams,
    auditFile,
    signInLimits: new SignInLimits(now, signInRulesFor(artifactKeeper.signIns)),
    directory: ldap === null ? null : new LdapDirectory(ldap),
    sendMails: mail === null ? null : openOutbox(mail, name),
    mailLimits: new MailLimits(now),
    newOrganizations: new FailureCounter(now, newOrganizationRule),
    accessRequests: new FailureCounter(now, accessRequestRule),
    unknownAddresses: new FailureCounter(now, unknownAddressRule),
    repositoryUses: new RepositoryUses(write, now),
    tokenRefusals: new FailureCounter(now, signInRules.name),
    secrets: await loadServerSecrets({ db, write, now, config: folder.config }),
    keeper: newKeeperMemory(now),
  };
}

async function serve(
  parts: Omit<ServerContext, 'origin'>,
  folder: DataFolder,
  db: Kysely<Database>,
): Promise<Omit<RunningServer, 'databaseLost'>> {
  let { origin } = folder.config;
  const context: ServerContext = {
    ...parts,
    origin: () => {
      if (origin === undefined) throw new Error('The origin is known only once the server listens.');
      return origin;
    },
  };
  const { app, routes, warnings } = await buildApp(context);
  const stop = async () => {
    await closeApp(app);
    await context.keeper.refusals.flush();
    sealMemory(context.keeper);
    await context.auditFile?.settled();
    await db.destroy();
    folder.release();
  };
  try {
    const listeningOrigin = await listen(app, folder.config);
    origin ??= listeningOrigin;
    return { context, routes, warnings, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function buildApp(
  context: ServerContext,
): Promise<{ app: FastifyInstance } & Pick<RunningServer, 'routes' | 'warnings'>> {
  const app = Fastify({
    logger: loggerOptions(context.config),
    bodyLimit,
    // More than a request line has: the handlers know what is too long, and can say of what.
    routerOptions: { maxParamLength: maxHeaderSize },
    rewriteUrl: ({ url = '' }) => foldAddress(url),
    schemaController: { compilersFactory },
    serverFactory: httpServerFactory(context),
    clientErrorHandler: (error, socket) => context.connections.refuse(error, socket),
    frameworkErrors: (error, request, reply: FastifyReply) => {
      if (isKeeperAddress(request.url)) {
        const keeperError = toKeeperError(error);
        void reply.code(400).send(keeperError.toBody());
      } else if (isRegistryAddress(request.url)) void refuseUnrouted(request, reply, routes);
      else void reply.code(400).send(toApiError(error).toBody());
    },
  });
  // Before everything else that asks for `request.ip`. Fastify's own `trustProxy` also believes a forwarded host.
  app.addHook('onRequest', (request, _reply, done) => {
    const value = clientAddress(context.config.trustedProxies, request.raw);
    Object.defineProperty(request, 'ip', { value });
    done();
  });
  takeJsonBodies(app);
  answerErrors(app);
  hangUpWhenClosing(app);
  endConnectionsInBodies(app);
  app.addHook('preClose', (done) => {
    context.eventStreams.close();
    done();
  });
  // Neither the API nor the pages take it, so it is refused by its name.
  app.removeContentTypeParser('text/plain');
  await registerSecurityHeaders(app, context.config);
  decorateFound(app);
  const routes = requireDeclarations(app);
  answerUnrouted(app, context, routes);
  await registerOpenApi(app, { name: context.config.name, origin: () => context.origin() });
  await app.register(keyholdApi, { context });
  const { rules } = context.signInLimits;
  const providers = new Providers(allProviders(context.config), () => context.now(), rules);
  const { dialects } = context.config;
  if (dialects.includes('kisenon')) await app.register(kisenonApi, { context, providers });
  // People sign in by the directory on every dialect.
  const syncs = syncDirectoryInTime(app, context);
  if (dialects.includes('artifact-keeper')) await app.register(artifactKeeperApi, { context, syncs });
  const callers = dialects.includes('tkeeper') ? await openKeeper(app, context) : null;
  if (callers !== null) await app.register(tkeeperApi, { context, callers, allRoutes: routes });
  await app.register(webPages, { context, providers, callers });
  await app.register(registryPlugin, { context, allRoutes: routes });
  return { app, routes, warnings: callers?.warnings ?? [] };
}

/** @throws ConfigError where the keys cannot be had that its tokens are signed with. */
async function openKeeper(app: FastifyInstance, context: ServerContext): Promise<KeeperCallers> {
  const callers = await KeeperCallers.open(context.config.keeper, () => context.now(), app.log);
  app.addHook('onClose', () => callers.stop());
  return callers;
}

function answerErrors(app: FastifyInstance): void {
  app.setErrorHandler((error, request, reply) => {
    const apiError = toApiError(error);
    if (apiError.status >= 500) request.log.error({ err: error }, 'request failed');
    if (apiError.status === 401) reply.header('www-authenticate', 'Bearer realm="keyhold"');
    if (apiError.retryAfterSeconds !== undefined) reply.header('retry-after', apiError.retryAfterSeconds);
    return reply.code(apiError.status).send(apiError.toBody());
  });
}

/** Refuses what has no route, before its body is read. */
function answerUnrouted(
  app: FastifyInstance,
  context: ServerContext,
  routes: readonly DeclaredRoute[],
): void {
  app.addHook('onRequest', async (request, reply) => {
    // Methods that the framework does not know count as 404 too.
    if (!request.is404) return;
    if (context.config.dialects.includes('tkeeper') && isKeeperAddress(request.url))
      return refuseUnroutedKeeper(request, reply, routes);
    if (isRegistryAddress(request.url)) return refuseUnrouted(request, reply, routes);
    const methods = methodsAt(routes, request.url);
    if (methods.length > 0) reply.header('allow', methods.join(', '));
    const error =
      methods.length > 0
        ? new ApiError('method_not_allowed', 'This address does not take that method.')
        : new ApiError('not_found', 'There is nothing at this address.');
    reply.header('cache-control', 'no-store');
    if (request.url.startsWith(`${artifactKeeperPrefix}/`)) {
      return reply.code(error.status).send(toArtifactKeeperError(error));
    }
    if (wantsHtml(request) && !request.url.startsWith('/v1/')) return sendErrorPage(context, reply, error);
    return reply.code(error.status).send(error.toBody());
  });
}

/** What the router does not take is refused before the registry's own handlers come into it. */
function refuseUnrouted(
  request: FastifyRequest,
  reply: FastifyReply,
  routes: readonly DeclaredRoute[],
): FastifyReply {
  const refusal = unroutedRefusal(request, routes);
  return reply.code(refusal.status).headers(refusal.headers).send(refusal.toBody());
}

/** While the server stops, a connection ends with the answer that was under way on it. */
function hangUpWhenClosing(app: FastifyInstance): void {
  let closing = false;
  app.addHook('preClose', (done) => {
    closing = true;
    done();
  });
  app.addHook('onResponse', (_request, _reply, done) => {
    // The connection counts as idle only after this hook.
    if (closing) setImmediate(() => app.server.closeIdleConnections());
    done();
  });
}

/**
 * A body that is refused half-way is read no further, and a large one that is refused before is not read at all; the
 * connection cannot be used again.
 */
function endConnectionsInBodies(app: FastifyInstance): void {
  app.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (!raw.complete && (raw.readableDidRead || mayBeLarge(raw))) reply.header('connection', 'close');
    done();
  });
}

function mayBeLarge({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > bodyLimit;
}

function httpServerFactory({ config, connections }: ServerContext): FastifyServerFactory {
  return (handler) => {
    const options = connections.serverOptions;
    const server =
      config.tls === undefined ? createHttpServer(options) : createHttpsServer({ ...options, ...config.tls });
    const asked = isForThisComputer(config) ? askedByOwnName(handler) : handler;
    connections.watch(server, config.trustedProxies, withSoundHead(asked));
    return server;
  };
}

/** Whether the origin is of this computer, which is known before anything is listened on. */
function isForThisComputer({ host, origin }: ServerConfig): boolean {
  return isLoopbackHost(origin === undefined ? authorityOf(host) : new URL(origin).hostname);
}

/** Listens and gives the origin that results. */
async function listen(app: FastifyInstance, { host, port, tls }: ServerConfig): Promise<string> {
  try {
    await app.listen({ host, port, listenTextResolver: (address) => `listening at ${address}` });
  } catch (error) {
    throw new ConfigError(listenProblem(error, host, port));
  }
  const address = app.server.address();
  const boundPort = typeof address === 'object' && address !== null ? address.port : port;
  return listeningOrigin({ host, port: boundPort, secure: tls !== undefined });
}

function listenProblem(error: unknown, host: string, port: number): string {
  const code = codeOf(error);
  const where = `Port ${String(port)} on ${host}`;
  if (code === 'EADDRINUSE') {
    return `${where} is already in use. Stop the other program or choose another port with --port (0 for a free one).`;
  }
  if (code === 'EACCES') return `${where} needs more rights. Choose a port above 1023 with --port.`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `${host} is not an address of this machine. Check --host.`;
  return `${where} cannot be listened on (${code}). Check --host and --port.`;
}

async function closeApp(app: FastifyInstance): Promise<void> {
  const deadline = setTimeout(() => {
    app.log.warn('connections that did not end in time are cut off');
    app.server.closeAllConnections();
  }, stopDeadline);
  await app.close();
  clearTimeout(deadline);
}
