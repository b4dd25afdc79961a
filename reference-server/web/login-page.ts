import type { preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import type { ApiErrorCode } from '../../contracts/server-api/errors.ts';
import { loginRequestSchema } from '../../contracts/server-api/sign-in.ts';
import { actorOf } from '../access/route-access.ts';
import { closeSession, openSession } from '../auth/session-sign-in.ts';
import { endSession } from '../auth/sessions.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/api-error.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { keysPagePath } from './keys-view.ts';
import { signInReason } from './sign-in-reason.ts';
import { returnPath, signInPath } from './return-to.ts';
import { formBody } from './forms.ts';
import { sendLogin } from './send-pages.ts';
import type { Notice } from './views.ts';
import { clearSessionCookie, setSessionCookie } from './web-session.ts';

const config = { access: { page: 'anybody', pending: true, beforePassword: true } } as const;
const loginFields = { _csrf: z.string(), return_to: z.string().optional() };

/** An address that somebody made up leads where the sign-in leads by itself. */
const querystring = z.object({ return_to: z.unknown().optional() });

/** `/login` and `/logout`. */
export function loginPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  const destination = (address: unknown): string => returnPath(context.origin(), address) ?? keysPagePath;

  app.get('/login', { config, schema: { hide: true, querystring } }, async (request, reply) => {
    const returnTo = destination(request.query.return_to);
    if (request.caller !== null) return reply.redirect(returnTo);
    const notice = signInReason(returnTo);
    return sendLogin(context, reply, { notice, username: '', returnTo });
  });

  app.post(
    '/login',
    { config, schema: { hide: true, body: loginRequestSchema.extend(loginFields) }, preValidation: csrf },
    async (request, reply) => {
      const { username, password } = request.body;
      const returnTo = destination(request.body.return_to);
      try {
        const { token } = await openSession(context, {
          username,
          password,
          ip: request.ip,
          via: 'web',
        });
        // A session that the browser had before ends: nobody can have planted it.
        const before = request.caller?.credential.id;
        if (before !== undefined) await context.write({}, (tx) => endSession(tx, before));
        setSessionCookie(context, reply, token);
        return await reply.redirect(returnTo, 303);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        reply.code(error.status);
        if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
        return sendLogin(context, reply, { notice: signInProblem(error), username, returnTo });
      }
    },
  );

  app.post(
    '/logout',
    {
      config,
      schema: { hide: true, body: formBody({ return_to: z.string().optional() }) },
      preValidation: csrf,
    },
    async (request, reply) => {
      if (request.caller !== null)
        await closeSession(context, request.caller.credential.id, actorOf(request));
      clearSessionCookie(context, reply);
      // Who was the wrong person for a page comes back to it as another.
      return reply.redirect(signInPath(context.origin(), request.body.return_to), 303);
    },
  );
}

function signInProblem(error: ApiError): Notice {
  const titles: Partial<Record<ApiErrorCode, string>> = {
    rate_limited: 'Sign-in is paused',
    email_not_allowed: 'You cannot sign in here',
  };
  return { tone: 'error', title: titles[error.code] ?? 'You are not signed in', text: error.message };
}
