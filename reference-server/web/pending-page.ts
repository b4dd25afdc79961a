import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { callerOf } from '../access/route-access.ts';
import type { ServerContext } from '../context.ts';
import type { ZodApp } from '../http/zod-app.ts';
import { approvalOf } from '../identity/accounts.ts';
import { getUser } from '../identity/users.ts';
import { redirectDone } from './done-notice.ts';
import { pathBack, returnPath } from './return-to.ts';
import { sendPage } from './send-page.ts';
import { page } from './views.ts';
import { momentOf } from './words.ts';
import type { Moment } from './view-helpers.ts';

/** Where people wait for an operator. */
export const pendingPagePath = '/pending';

const view = page<{ email: string; since: Moment; address: string }>('pending');

/** `/pending`: for whom no operator has approved yet. Once one has, it leads on to where the person wanted to go. */
export function pendingPage(app: ZodApp, context: ServerContext): void {
  app.get(
    pendingPagePath,
    {
      config: { access: { page: 'signed-in', pending: true, beforePassword: true } },
      schema: { hide: true, querystring: z.object({ return_to: z.unknown().optional() }) },
    },
    async (request, reply) => {
      const { approved, principal } = callerOf(request);
      if (approved) {
        const path = returnPath(context.origin(), request.query.return_to) ?? '/';
        const approval = await approvalOf(context.db, principal.id);
        if (approval === null) return reply.redirect(path, 303);
        const words = approval.note === '' ? '' : `An operator wrote: “${approval.note}”`;
        return redirectDone(context, reply, path, 'Your account is approved', words);
      }
      const { email, created_at: since } = await getUser(context.db, principal.id);
      return sendPage(context, request, reply, view, {
        title: 'Your account waits for approval',
        email,
        since: momentOf(since, context.now()),
        address: request.url,
      });
    },
  );
}

/** The address of the page, which remembers what was asked for. */
export function pendingPathTo(context: ServerContext, request: FastifyRequest): string {
  return pathBack(context, pendingPagePath, request);
}
