import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import {
  oidcCallbackPaths,
  oidcLoginPath,
  ssoLoginPath,
} from '../../contracts/server-api/artifact-keeper/sso.ts';
import { takeAttempt } from '../auth/oidc/attempts.ts';
import { finishSignIn } from '../auth/oidc/code-flow.ts';
import type { OidcProvider } from '../auth/oidc/provider.ts';
import type { Providers } from '../auth/oidc/providers.ts';
import { countFailures, openSessionFrom } from '../auth/oidc/sign-in.ts';
import type { Session } from '../auth/sessions.ts';
import { ssoId } from '../config/oidc.ts';
import type { ServerContext } from '../context.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { membershipsOf } from '../identity/users.ts';
import { keysPagePath } from './keys-view.ts';
import { isOfProgram } from './error-page.ts';
import { goTo, queryOf, requireOwn, sendGoingOn } from './provider-trip.ts';
import { returnPath } from './return-to.ts';
import { sendLogin } from './send-pages.ts';
import { attemptCookie, setSessionCookie } from './web-session.ts';

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
        return await sendGoingOn(context, reply, provider.settings.name, address.href);
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
    requireOwn(context, provider, attempt, request);
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

/** Where a new person who asked for no page begins: in their organization. */
async function startOf({ db }: ServerContext, { user, orgId }: Session): Promise<string> {
  const memberships = await membershipsOf(db, user.id);
  const org = memberships.find((each) => each.orgId === orgId) ?? memberships[0];
  return org === undefined ? '/orgs' : `/orgs/${org.slug}/projects`;
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
