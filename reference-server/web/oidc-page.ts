import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import {
  oidcCallbackPaths,
  oidcLoginPath,
  ssoLoginPath,
} from '../../contracts/server-api/artifact-keeper/sso.ts';
import { attemptSeconds, browserSecret, takeAttempt } from '../auth/oidc/attempts.ts';
import { beginSignIn, finishSignIn, redirectUri } from '../auth/oidc/code-flow.ts';
import type { OidcProvider } from '../auth/oidc/provider.ts';
import type { Providers } from '../auth/oidc/providers.ts';
import { countFailures, openSessionFrom } from '../auth/oidc/sign-in.ts';
import { tooManyFailures } from '../auth/password-sign-in.ts';
import type { Session } from '../auth/sessions.ts';
import { ssoId } from '../config/oidc.ts';
import type { ServerContext } from '../context.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { membershipsOf } from '../identity/users.ts';
import { keysPagePath } from './keys-view.ts';
import { isOfProgram } from './error-page.ts';
import { returnPath } from './return-to.ts';
import { sendPageTo } from './send-page.ts';
import { sendLogin } from './send-pages.ts';
import { page } from './views.ts';
import { attemptCookie, setAttemptCookie, setSessionCookie } from './web-session.ts';

const goingOnView = page<{ name: string; address: string }>('going-on');

const config = { access: { page: 'anybody', pending: true, beforePassword: true } } as const;
const params = z.strictObject({ provider: z.string().max(64) });
const body = z.strictObject({ _csrf: z.string(), return_to: z.string().optional() });
/** An address that somebody made up leads where the sign-in leads by itself. */
const loginQuery = z.object({ return_to: z.unknown().optional() });
/** The library reads the rest. */
const answerSchema = z.looseObject({ state: z.unknown().optional() });

/** Sign-in at a provider: the button of the sign-in page, and the page that the provider sends the browser back to. */
export function oidcPage(
  app: ZodApp,
  context: ServerContext,
  providers: Providers,
  csrf: preValidationHookHandler,
): void {
  app.post(
    '/login/oidc/:provider',
    { config, schema: { hide: true, params, body }, preValidation: csrf },
    async (request, reply) => {
      const provider = requireProvider(providers, request.params.provider);
      const returnTo = returnPath(context.origin(), request.body.return_to) ?? keysPagePath;
      try {
        const address = await goTo(context, providers, provider, { request, reply, returnTo });
        // A redirect would be part of sending the form, which the browser then checks against what our own policy lets
        // forms be sent to, all the way through the provider's pages (CSP 3, form-action).
        reply.header('refresh', `0;url=${address.href}`);
        const { name } = provider.settings;
        const data = { title: `Going on to ${name}`, name, address: address.href };
        return await sendPageTo(context, reply, { user: null, org: null }, goingOnView, data);
      } catch (error) {
        return sendProblem(context, request, reply, error, returnTo);
      }
    },
  );

  app.get(
    '/login/oidc/:provider/callback',
    { config, schema: { hide: true, params, querystring: answerSchema } },
    (request, reply) => {
      const provider = requireProvider(providers, request.params.provider);
      return comeBack(context, providers, { provider, state: request.query.state }, request, reply);
    },
  );
}

/** The same under Artifact Keeper's addresses: those that lead to a provider, and back from the one of the `oidc` settings. */
export function ssoPages(app: ZodApp, context: ServerContext, providers: Providers): void {
  const leadThere = async (id: string, page: unknown, request: FastifyRequest, reply: FastifyReply) => {
    const provider = requireProvider(providers, id);
    const returnTo = returnPath(context.origin(), page) ?? keysPagePath;
    // Any site can lead somebody here: it ends no session.
    if (request.caller !== null) return reply.redirect(returnTo, 303);
    try {
      const address = await goTo(context, providers, provider, { request, reply, returnTo });
      return await reply.redirect(address.href, 307);
    } catch (error) {
      return sendProblem(context, request, reply, error, returnTo);
    }
  };

  app.get(oidcLoginPath, { config, schema: { hide: true, querystring: loginQuery } }, (request, reply) =>
    leadThere(ssoId, request.query.return_to, request, reply),
  );

  app.get(
    ssoLoginPath(':provider'),
    { config, schema: { hide: true, params, querystring: loginQuery } },
    (request, reply) => leadThere(request.params.provider, request.query.return_to, request, reply),
  );

  for (const path of oidcCallbackPaths) {
    app.get(path, { config, schema: { hide: true, querystring: answerSchema } }, (request, reply) =>
      comeBack(
        context,
        providers,
        { provider: requireProvider(providers, ssoId), state: request.query.state },
        request,
        reply,
      ),
    );
  }
}

/** @throws ApiError 404 */
function requireProvider(providers: Providers, id: string): OidcProvider {
  const provider = providers.find(id);
  if (provider === null) throw notFound('A provider of that name');
  return provider;
}

/** Begins a sign-in in a browser. @returns The provider's page to go to. @throws ApiError */
async function goTo(
  context: ServerContext,
  providers: Providers,
  provider: OidcProvider,
  { request, reply, returnTo }: { request: FastifyRequest; reply: FastifyReply; returnTo: string },
): Promise<URL> {
  requireRoom(providers, request.ip);
  const browser = browserSecret(attemptCookie(context, request));
  const address = await beginSignIn(context, provider, { browser, returnTo });
  setAttemptCookie(context, reply, browser, attemptSeconds);
  return address;
}

/** Takes a provider's answer, with which a browser came back from there: signs it in, or says what is wrong. */
async function comeBack(
  context: ServerContext,
  providers: Providers,
  { provider, state }: { provider: OidcProvider; state: unknown },
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const attempt = await takeAttempt(context, attemptCookie(context, request), state);
  const returnTo = attempt?.returnTo ?? keysPagePath;
  try {
    // What one provider answers is never taken for another's, nor at another address (RFC 9700, section 4.4).
    if (attempt?.provider !== provider.settings.id || !isAt(redirectUri(context, provider), request)) {
      throw notBegun();
    }
    const { ip } = request;
    const via = 'web';
    const { token, session, isNew } = await countFailures(
      context,
      providers,
      { provider, ip, via },
      async () => {
        const signIn = await finishSignIn(context, provider, attempt, queryOf(request));
        // A session that the browser had before ends: nobody can have planted it.
        const before = request.caller?.credential.id ?? null;
        return openSessionFrom(context, provider, signIn, { ip, via, before });
      },
    );
    setSessionCookie(context, reply, token);
    const to = isNew && returnTo === keysPagePath ? await startOf(context, session) : returnTo;
    return await reply.redirect(to, 303);
  } catch (error) {
    return sendProblem(context, request, reply, error, returnTo);
  }
}

function isAt(address: string, { url }: FastifyRequest): boolean {
  return new URL(address).pathname === url.split('?')[0];
}

/** Where a new person who asked for no page begins: in their organization. */
async function startOf({ db }: ServerContext, { user, orgId }: Session): Promise<string> {
  const memberships = await membershipsOf(db, user.id);
  const org = memberships.find((each) => each.orgId === orgId) ?? memberships[0];
  return org === undefined ? '/orgs' : `/orgs/${org.slug}/projects`;
}

/** As it was sent: the framework's own reading takes one of two for a list. */
function queryOf({ url }: FastifyRequest): URLSearchParams {
  return new URLSearchParams(url.split('?').slice(1).join('?'));
}

/** @throws ApiError 429 */
function requireRoom({ begun }: Providers, ip: string): void {
  const network = networkOf(ip);
  const seconds = begun.pausedFor(network);
  if (seconds !== null) throw tooManyFailures(seconds);
  begun.add(network);
}

function notBegun(): ApiError {
  return new ApiError(
    'invalid_grant',
    'This sign-in was not begun in this browser, is finished already or took longer than ten minutes. Begin it once more.',
  );
}

/** The sign-in page with what went wrong; a program gets an error. */
function sendProblem(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  returnTo: string,
): Promise<FastifyReply> {
  if (!(error instanceof ApiError) || isOfProgram(request)) throw error;
  if (error.status >= 500) request.log.error({ err: error }, 'sign-in at a provider failed');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  const notice = { tone: 'error', title: 'You are not signed in', text: error.message } as const;
  return sendLogin(context, reply.code(error.status), { notice, username: '', returnTo });
}
