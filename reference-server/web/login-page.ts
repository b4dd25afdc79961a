import type { preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { loginRequestSchema } from '../../contracts/server-api/sign-in.ts';
import { closeSession, openSession } from '../auth/session-sign-in.ts';
import { endSession, findSession } from '../auth/sessions.ts';
import type { ServerContext } from '../context.ts';
import { ApiError } from '../http/errors.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { draftFor, draftNotice, noDraft, readDraft } from './draft.ts';
import { sendKeys, sendLogin } from './send-pages.ts';
import type { Notice } from './views.ts';
import { clearSessionCookie, setSessionCookie, webSessionOf } from './web-session.ts';

const startPage = '/dashboard/keys';
const csrfField = { _csrf: z.string() };
/** The draft is handed on; see `readDraft`. */
const loginFields = {
  ...csrfField,
  registration_token: z.string().optional(),
  revoke: z.string().optional(),
  user: z.string().optional(),
};

/** `/login` and `/logout`. */
export function loginPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  app.get('/login', { schema: { hide: true } }, async (request, reply) => {
    if ((await webSessionOf(context, request)) !== null) return reply.redirect(startPage);
    return sendLogin(context, reply, { notice: null, username: '', draft: noDraft });
  });

  app.post(
    '/login',
    { schema: { hide: true, body: loginRequestSchema.extend(loginFields) }, preValidation: csrf },
    async (request, reply) => {
      const { username, password } = request.body;
      const draft = readDraft(request);
      try {
        const { token } = await openSession(context, { username, password, ip: request.ip, via: 'web' });
        // A session that the browser had before ends: nobody can have planted it.
        const before = await webSessionOf(context, request);
        if (before !== null) await context.write({}, (tx) => endSession(tx, before.token));
        setSessionCookie(context, reply, token);
        const session = await findSession(context, token);
        const kept = session === null ? noDraft : draftFor(session.user, draft);
        if (session === null || (kept.registrationToken === '' && kept.revoke === ''))
          return await reply.redirect(startPage, 303);
        const notice = draftNotice('You are signed in', kept, true);
        const page = { notice, draft: kept, tokenRefused: false };
        return await sendKeys(context, reply, { ...session, token }, page);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        reply.code(error.status);
        if (error.retryAfterSeconds !== undefined) reply.header('retry-after', error.retryAfterSeconds);
        return sendLogin(context, reply, { notice: signInProblem(error), username, draft });
      }
    },
  );

  app.post(
    '/logout',
    { schema: { hide: true, body: z.strictObject(csrfField) }, preValidation: csrf },
    async (request, reply) => {
      const session = await webSessionOf(context, request);
      if (session !== null) {
        const { id, username: name } = session.user;
        await closeSession(context, session.token, { id, name, ip: request.ip });
      }
      clearSessionCookie(context, reply);
      return reply.redirect('/login', 303);
    },
  );
}

function signInProblem(error: ApiError): Notice {
  return error.code === 'rate_limited'
    ? { kind: 'error', title: 'Sign-in is paused', text: error.message }
    : { kind: 'error', title: 'You are not signed in', text: error.message };
}
