import type { FastifyReply, FastifyRequest, preValidationHookHandler } from 'fastify';
import { z } from 'zod';
import { changePasswordRequestSchema } from '../../contracts/server-api/artifact-keeper/session.ts';
import { actorOf, callerOf } from '../access/route-access.ts';
import { changeOwnPassword } from '../auth/change-password.ts';
import { openSession } from '../auth/session-sign-in.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { redirectDone } from './done-notice.ts';
import { formBody, readFields, textField, tryForm } from './forms.ts';
import type { Problem } from './forms.ts';
import { keysPagePath } from './keys-view.ts';
import { pathBack, returnPath } from './return-to.ts';
import { sendPage } from './send-page.ts';
import { page } from './views.ts';
import { setSessionCookie } from './web-session.ts';

/** Where people choose a password. */
export const passwordPagePath = '/password';

const view = page<{ returnTo: string; errors: Problem['errors'] }>('password');
const config = { access: { page: 'signed-in', beforePassword: true } } as const;
const querystring = z.object({ return_to: z.unknown().optional() });
const body = formBody({
  current_password: textField,
  new_password: textField,
  return_to: z.string().optional(),
});

/** `/password`: who has a password that was given to them chooses one, and goes on to where they wanted. */
export function passwordPage(app: ZodApp, context: ServerContext, csrf: preValidationHookHandler): void {
  const destination = (address: unknown): string => returnPath(context.origin(), address) ?? keysPagePath;

  app.get(passwordPagePath, { config, schema: { hide: true, querystring } }, (request, reply) => {
    const returnTo = destination(request.query.return_to);
    if (!callerOf(request).mustChangePassword) return reply.redirect(returnTo, 303);
    return sendForm(context, request, reply, returnTo, null);
  });

  app.post(
    passwordPagePath,
    { config, schema: { hide: true, body }, preValidation: csrf },
    async (request, reply) => {
      const { return_to: address, current_password, new_password } = request.body;
      const returnTo = destination(address);
      const { name: username } = callerOf(request).principal;
      const { done, problem } = await tryForm(reply, 'The password was not changed', async () => {
        const typed = { current_password, new_password };
        const { current_password: current, new_password: chosen } = readFields(
          changePasswordRequestSchema,
          typed,
        );
        await changeOwnPassword(context, actorOf(request), { current, chosen });
        // It ended all sessions, this one as well.
        return openSession(context, { username, password: chosen, ip: request.ip, via: 'web' });
      });
      if (problem !== null) return sendForm(context, request, reply, returnTo, problem);
      setSessionCookie(context, reply, done.token);
      return redirectDone(context, reply, returnTo, 'Your password is changed');
    },
  );
}

function sendForm(
  context: ServerContext,
  request: FastifyRequest,
  reply: FastifyReply,
  returnTo: string,
  problem: Problem | null,
): Promise<FastifyReply> {
  return sendPage(context, request, reply, view, {
    title: 'Choose a password',
    returnTo,
    notice: problem?.notice ?? null,
    errors: problem?.errors ?? {},
  });
}

/** The address of the page, which remembers what was asked for. */
export function passwordPathTo(context: ServerContext, request: FastifyRequest): string {
  return pathBack(context, passwordPagePath, request);
}
