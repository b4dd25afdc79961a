import cookie from '@fastify/cookie';
import csrfProtection from '@fastify/csrf-protection';
import formbody from '@fastify/formbody';
import type { FastifyPluginAsync, FastifyRequest, preValidationHookHandler } from 'fastify';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { browserAccessAt } from '../access/browser-access.ts';
import { toArtifactKeeperError } from '../api/artifact-keeper/error-form.ts';
import type { KeeperCallers } from '../auth/keeper/callers.ts';
import type { Providers } from '../auth/oidc/providers.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import { csrfError, toApiError } from '../http/to-api-error.ts';
import { isHttps } from '../http/security-headers.ts';
import { apiKeysPage } from './api-keys-page.ts';
import { assetRoutes } from './asset-routes.ts';
import { authorizePage } from './authorize-page.ts';
import { isOfProgram, sendErrorPage } from './error-page.ts';
import { eventsPage } from './events-page.ts';
import { invitationPage } from './invitation-page.ts';
import { invitationsPage } from './invitations-page.ts';
import { keeperPage } from './keeper-page.ts';
import { keysPage } from './keys-page.ts';
import { keysPagePath } from './keys-view.ts';
import { loginPage } from './login-page.ts';
import { oidcPage, ssoPages } from './oidc-page.ts';
import { membersPage } from './members-page.ts';
import { newApiKeyPage } from './new-api-key-page.ts';
import { operatorPage } from './operator-page.ts';
import { orgSettingsPage } from './org-settings-page.ts';
import { orgsPage } from './orgs-page.ts';
import { pageGuard } from './page-guard.ts';
import { passwordPage } from './password-page.ts';
import { pendingPage } from './pending-page.ts';
import { projectPage } from './project-page.ts';
import { projectsPage } from './projects-page.ts';
import { sendPageAnew } from './send-pages.ts';

/** Values are taken as they are: with percent signs decoded, a session would have many spellings. */
const cookieOptions = { path: '/', decode: (value: string) => value };

interface Options {
  context: ServerContext;
  providers: Providers;
  /** Who uses the keeper; null where there is none. */
  callers: KeeperCallers | null;
}

/** The pages for people: sign-in and the dashboard. */
export const webPages: FastifyPluginAsync<Options> = async (app, { context, providers, callers }) => {
  await app.register(cookie, { parseOptions: cookieOptions });
  await app.register(csrfProtection, {
    // Over TLS of this very host, as the session's.
    cookieKey: isHttps(context.config) ? '__Host-keyhold_csrf' : 'keyhold_csrf',
    cookieOpts: { path: '/', httpOnly: true, sameSite: 'strict', secure: isHttps(context.config) },
  });
  await app.register(formbody);
  const isFromOwnPage = ownPages(context);
  app.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    if (request.method === 'POST' && !isFromOwnPage(request)) throw csrfError();
  });
  app.setErrorHandler((error, request, reply) => {
    // An address that cannot be one is that of no page.
    const apiError = isOfAddress(error)
      ? new ApiError('not_found', 'There is nothing at this address.')
      : toApiError(error);
    // A form of our own page, which the browser says it is: what was typed is not lost. From elsewhere nothing is shown.
    if (apiError.code === 'csrf_failed' && request.headers.origin !== undefined && isFromOwnPage(request))
      return sendPageAnew(context, request, reply);
    if (apiError.status >= 500) request.log.error({ err: error }, 'page failed');
    if (!isOfProgram(request)) return sendErrorPage(context, reply, apiError);
    if (apiError.retryAfterSeconds !== undefined) reply.header('retry-after', apiError.retryAfterSeconds);
    return reply.code(apiError.status).send(toArtifactKeeperError(apiError));
  });
  app.addHook('preHandler', pageGuard(context));
  app.get('/', { config: { access: 'public' }, schema: { hide: true } }, (_request, reply) =>
    reply.redirect(keysPagePath),
  );
  const csrf: preValidationHookHandler = (request, reply, done) => {
    // Gives the reply when it refuses, which is a promise to the framework: where the client hangs up before the refusal
    // is sent, it would take that for the hook's end and let the handler do what was asked.
    app.csrfProtection(request, reply, done);
  };
  const pages = app.withTypeProvider<ZodTypeProvider>();
  loginPage(pages, context, csrf);
  oidcPage(pages, context, providers, csrf);
  if (context.config.dialects.includes('artifact-keeper')) ssoPages(pages, context, providers);
  keysPage(pages, context, csrf);
  if (browserAccessAt(context.config.dialects).length > 0) authorizePage(pages, context, csrf);
  eventsPage(pages, context);
  pendingPage(pages, context);
  passwordPage(pages, context, csrf);
  orgsPage(pages, context, csrf);
  projectsPage(pages, context, csrf);
  projectPage(pages, context, csrf);
  apiKeysPage(pages, context, csrf);
  newApiKeyPage(pages, context, csrf);
  membersPage(pages, context, csrf);
  invitationsPage(pages, context, csrf);
  orgSettingsPage(pages, context, csrf);
  invitationPage(pages, context, csrf);
  operatorPage(pages, context, csrf);
  if (callers !== null) keeperPage(pages, context, { callers, providers }, csrf);
  await app.register(assetRoutes);
};

/** Whether a request was refused for what stands in its path. */
function isOfAddress(error: unknown): boolean {
  return error instanceof Error && 'validationContext' in error && error.validationContext === 'params';
}

/**
 * Whether a form was sent from a page of ours, as browsers name it; one from elsewhere is refused before the token is
 * looked at. Where our pages have TLS, one of the same name without it is anybody's on the network.
 */
function ownPages({ config }: ServerContext): (request: FastifyRequest) => boolean {
  return ({ headers: { origin }, host }) => {
    if (origin === undefined) return true;
    if (!URL.canParse(origin)) return false;
    const page = new URL(origin);
    return page.host === host && (page.protocol === 'https:' || !isHttps(config));
  };
}
