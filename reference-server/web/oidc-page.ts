import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { attemptSeconds, browserSecret, takeAttempt } from '../auth/oidc/attempts.ts';
import { beginSignIn, callbackPath, finishSignIn } from '../auth/oidc/code-flow.ts';
import type { OidcProvider } from '../auth/oidc/provider.ts';
import type { Providers } from '../auth/oidc/providers.ts';
import { countFailures, openSessionFrom } from '../auth/oidc/sign-in.ts';
import { tooManyFailures } from '../auth/password-sign-in.ts';
import type { ServerContext } from '../context.ts';
import { ApiError, notFound } from '../http/api-error.ts';
import { networkOf } from '../http/client-address.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { keysPagePath } from './keys-view.ts';
import { returnPath } from './return-to.ts';
import { sendPageTo } from './send-page.ts';
import { sendLogin } from './send-pages.ts';
import { page } from './views.ts';
import { attemptCookie, setAttemptCookie, setSessionCookie } from './web-session.ts';

const goingOnView = page<{ name: string; address: string }>('going-on');

const config = { access: { page: 'anybody', pending: true } } as const;
const params = z.strictObject({ provider: z.string().max(64) });
const body = z.strictObject({ _csrf: z.string(), return_to: z.string().optional() });
/** The library reads the rest. */
const answerSchema = z.looseObject({ state: z.unknown().optional() });

/** Sign-in at a provider: the button of the sign-in page, and the page that the provider sends the browser back to. */
export function oidcPage(
  app: ZodApp,
  context: ServerContext,
  providers: Providers,
  csrf: preValidationHookHandler,
): void {
  const require = (id: string): OidcProvider => {
    const provider = providers.find(id);
    if (provider === null) throw notFound('A provider of that name');
    return provider;
  };

  app.post(
    '/login/oidc/:provider',
    { config, schema: { hide: true, params, body }, preValidation: csrf },
    async (request, reply) => {
      const provider = require(request.params.provider);
      const returnTo = returnPath(context.origin(), request.body.return_to) ?? keysPagePath;
      try {
        requireRoom(providers, request.ip);
        const browser = browserSecret(attemptCookie(context, request));
        const address = await beginSignIn(context, provider, { browser, returnTo });
        setAttemptCookie(context, reply, browser, attemptSeconds);
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
    callbackPath(':provider'),
    { config, schema: { hide: true, params, querystring: answerSchema } },
    async (request, reply) => {
      const provider = require(request.params.provider);
      const attempt = await takeAttempt(context, attemptCookie(context, request), request.query.state);
      const returnTo = attempt?.returnTo ?? keysPagePath;
      try {
        // What one provider answers is never taken for another's (RFC 9700, section 4.4).
        if (attempt?.provider !== provider.settings.id) throw notBegun();
        const { ip } = request;
        const via = 'web';
        const { token } = await countFailures(context, providers, { provider, ip, via }, async () => {
          const signIn = await finishSignIn(context, provider, attempt, queryOf(request));
          // A session that the browser had before ends: nobody can have planted it.
          const before = request.caller?.credential.id ?? null;
          return openSessionFrom(context, provider, signIn, { ip, via, before });
        });
        setSessionCookie(context, reply, token);
        return await reply.redirect(returnTo, 303);
      } catch (error) {
        return sendProblem(context, request, reply, error, returnTo);
      }
    },
  );
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

/** The sign-in page with what went wrong. */
function sendProblem(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  error: unknown,
  returnTo: string,
): Promise<FastifyReply> {
  if (!(error instanceof ApiError)) throw error;
  if (error.status >= 500) request.log.error({ err: error }, 'sign-in at a provider failed');
  if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
  const notice = { tone: 'error', title: 'You are not signed in', text: error.message } as const;
  return sendLogin(context, reply.code(error.status), { notice, username: '', returnTo });
}
