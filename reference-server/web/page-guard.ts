import type { preHandlerAsyncHookHandler } from 'fastify';
import { requireRight } from '../access/require-right.ts';
import { admit } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import { passwordPathTo } from './password-page.ts';
import { pendingPathTo } from './pending-page.ts';
import { signInPath } from './return-to.ts';
import { sendSignInAgain } from './send-pages.ts';
import { browserCaller } from './web-session.ts';

/**
 * The hook that guards the pages: the cookie tells who it is; without one, a page may lead to the sign-in. Whom no operator
 * has approved yet, waits on a page of their own, and who has to choose a password does so on another.
 */
export function pageGuard(context: ServerContext): preHandlerAsyncHookHandler {
  return async (request, reply) => {
    const { access } = request.routeOptions.config;
    if (typeof access !== 'object' || !('page' in access)) return;
    const caller = await browserCaller(context, request);
    if (caller?.approved === false && access.pending !== true) {
      return reply.redirect(pendingPathTo(context, request), 303);
    }
    if (caller?.mustChangePassword === true && access.beforePassword !== true) {
      return reply.redirect(passwordPathTo(context, request), 303);
    }
    if (caller !== null || access.page === 'anybody') {
      if (caller !== null && access.may !== undefined)
        await requireRight(context, request, caller, access.may);
      admit(request, caller);
      return;
    }
    return request.method === 'POST'
      ? sendSignInAgain(context, request, reply)
      : reply.redirect(signInPath(context.origin(), request.url));
  };
}
